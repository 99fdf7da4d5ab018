package dev.jevent.subprocess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What to run, and how: made by {@link Popen#of}, started by {@link #start} or {@link #run}, as
 * often as one likes. The options are those of Python's {@code Popen} and {@code run}, under the
 * same names where Java has no others.
 *
 * <pre>{@code
 * Popen ls = Popen.of("ls", "-l").cwd(folder).stdout(PIPE).start();
 * String text = Popen.of("wc", "-l").input(lines).captureOutput().check().run().text();
 * }</pre>
 *
 * <p>A name without a slash is looked for in the {@code PATH} of the child's environment; a
 * relative one with a slash in the child's folder. A script without {@code #!} is run by {@code
 * /bin/sh}. Unless it is told otherwise, the child has the standard streams, environment and folder
 * of this process, belongs to its process group, and has no other open descriptor of it. Signals do
 * in it what they do by default; only if this process ignores HUP, INT or QUIT, as under {@code
 * nohup}, so does the child.
 *
 * <p>For one thread at a time.
 */
public final class Command {

    private static final long OUTPUT_LIMIT = 64L << 20;
    private static final long MOST_OUTPUT = Integer.MAX_VALUE - 16; // of an array

    final List<String> args;
    Redirect stdin = Redirect.INHERIT;
    Redirect stdout = Redirect.INHERIT;
    Redirect stderr = Redirect.INHERIT;
    @Nullable Path cwd;
    private @Nullable Map<String, String> environment;
    @Nullable String arg0;
    boolean processGroup;
    boolean newSession;
    boolean closeFds = true;
    int[] passFds = {};
    Charset charset = StandardCharsets.UTF_8;
    byte @Nullable [] input; // these three for run
    @Nullable Duration timeout;
    boolean check;
    long outputLimit = OUTPUT_LIMIT;

    Command(List<String> args) {
        this.args = List.copyOf(args);
        if (args.isEmpty()) {
            throw new IllegalArgumentException("nothing to run: no program is named");
        }
        for (String arg : this.args) {
            checked(arg, "an argument");
        }
        if (this.args.getFirst().isEmpty()) {
            throw new IllegalArgumentException("nothing to run: the program has no name");
        }
    }

    /** As it is now; what is changed later does not touch this. */
    Command(Command c) {
        args = c.args;
        stdin = c.stdin;
        stdout = c.stdout;
        stderr = c.stderr;
        cwd = c.cwd;
        environment = new TreeMap<>(c.environment == null ? System.getenv() : c.environment);
        environment.forEach(Command::checkVariable);
        arg0 = c.arg0;
        processGroup = c.processGroup;
        newSession = c.newSession;
        closeFds = c.closeFds;
        passFds = c.passFds.clone();
        charset = c.charset;
        input = c.input;
        timeout = c.timeout;
        check = c.check;
        outputLimit = c.outputLimit;
    }

    private static String checked(String text, String what) {
        if (text.indexOf(0) >= 0) {
            throw new IllegalArgumentException(
                    what
                            + " of a program ends at a NUL character, so none may be in it: "
                            + text.replace("\0", "\\0"));
        }
        return text;
    }

    private static void checkVariable(String name, String value) {
        checked(name, "the name of a variable");
        checked(value, "the value of a variable");
        if (name.isEmpty() || name.indexOf('=', 1) >= 0) {
            throw new IllegalArgumentException("no variable can be called \"" + name + "\"");
        }
    }

    /** The program and its arguments. */
    public List<String> args() {
        return args;
    }

    // ---- the three streams

    /** What the child reads; {@link Redirect#INHERIT} if nothing is said. */
    public Command stdin(Redirect redirect) {
        if (redirect == Redirect.STDOUT) {
            throw new IllegalArgumentException("STDOUT is for the standard error only");
        }
        stdin = direction(redirect, Target.Use.READ);
        return this;
    }

    /** Where the child's output goes; {@link Redirect#INHERIT} if nothing is said. */
    public Command stdout(Redirect redirect) {
        if (redirect == Redirect.STDOUT) {
            throw new IllegalArgumentException("STDOUT is for the standard error only");
        }
        stdout = direction(redirect, Target.Use.WRITE);
        return this;
    }

    /** Where the child's errors go; {@link Redirect#INHERIT} if nothing is said. */
    public Command stderr(Redirect redirect) {
        stderr = direction(redirect, Target.Use.WRITE);
        return this;
    }

    private static Redirect direction(Redirect redirect, Target.Use use) {
        Objects.requireNonNull(redirect, "redirect");
        boolean reads = use == Target.Use.READ;
        boolean wrong =
                switch ((Target) redirect) {
                    case Target.OfFile f -> (f.use() == Target.Use.READ) != reads;
                    case Target.OfStream s -> s.stream() instanceof ChildOutput != reads;
                    default -> false;
                };
        if (wrong) {
            throw new IllegalArgumentException(
                    redirect + (reads ? " cannot be read from" : " cannot be written to"));
        }
        return redirect;
    }

    /** Output and errors go to pipes, to be read, or to be collected by {@link #run}. */
    public Command captureOutput() {
        return stdout(Redirect.PIPE).stderr(Redirect.PIPE);
    }

    /** How text for the child and from it is encoded; UTF-8 if nothing is said. */
    public Command charset(Charset charset) {
        this.charset = Objects.requireNonNull(charset);
        return this;
    }

    // ---- its surroundings

    /** The folder in which it runs. */
    public Command cwd(Path folder) {
        checked(folder.toString(), "the folder");
        cwd = folder;
        return this;
    }

    /** The whole environment of the child. */
    public Command env(Map<String, String> variables) {
        environment = new TreeMap<>(variables);
        environment.forEach(Command::checkVariable);
        return this;
    }

    /** Adds a variable to the environment, or changes it. */
    public Command env(String name, String value) {
        checkVariable(name, value);
        environment().put(name, value);
        return this;
    }

    /** The child's environment, to be changed; at first it is that of this process. */
    public Map<String, String> environment() {
        if (environment == null) {
            environment = new TreeMap<>(System.getenv());
        }
        return environment;
    }

    /** What the program sees as its own name, {@code argv[0]}; not in the portable mode. */
    public Command arg0(String name) {
        arg0 = checked(name, "an argument");
        return this;
    }

    /**
     * It leads a process group of its own, with which {@link Popen#signalGroup} reaches its
     * children too, and which a Ctrl-C in the terminal does not reach. In the portable mode that is
     * a session of its own, by the program {@code setsid}.
     */
    public Command processGroup() {
        processGroup = true;
        return this;
    }

    /** It leads a session of its own, without a terminal, and so a process group. */
    public Command newSession() {
        newSession = true;
        return this;
    }

    /**
     * Whether all descriptors but the three standard ones are closed in the child; they are if
     * nothing is said. False leaves those open that are not close-on-exec; all that jevent opens
     * are. Not in the portable mode.
     */
    public Command closeFds(boolean close) {
        closeFds = close;
        return this;
    }

    /** Descriptors that the child has, too, under the same numbers; not in the portable mode. */
    public Command passFds(int... numbers) {
        for (int fd : numbers) {
            if (fd < 3) {
                throw new IllegalArgumentException(
                        "only descriptors from 3 on can be passed, not " + fd);
            }
        }
        passFds = numbers.clone();
        return this;
    }

    /**
     * How many bytes of the output, and how many of the errors, {@link #run} and {@link
     * Popen#communicate()} collect; 64 MiB if nothing is said. A child that writes more is not read
     * on, and {@link OutputTooLarge} is thrown; {@code run} has killed it by then. What is larger
     * is better read from {@link Popen#getInputStream}, or written to a file.
     *
     * @throws IllegalArgumentException if it is negative, or more than fits into an array
     */
    public Command outputLimit(long bytes) {
        if (bytes < 0 || bytes > MOST_OUTPUT) {
            throw new IllegalArgumentException(
                    "an output limit is between 0 and " + MOST_OUTPUT + " bytes, not " + bytes);
        }
        outputLimit = bytes;
        return this;
    }

    // ---- for run

    /** For {@link #run}: what the child reads, through a pipe. */
    public Command input(byte[] bytes) {
        input = bytes.clone();
        return this;
    }

    /** As {@link #input(byte[])}, in the charset that was set before. */
    public Command input(String text) {
        input = text.getBytes(charset);
        return this;
    }

    /** For {@link #run}: after which the child is killed. */
    public Command timeout(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + duration);
        }
        timeout = duration;
        return this;
    }

    /** For {@link #run}: it throws {@link CalledProcessError} unless the child returns 0. */
    public Command check() {
        check = true;
        return this;
    }

    // ---- go

    /**
     * Starts it. The caller gives way until it runs; if he is killed, timed out or interrupted
     * meanwhile, the child is killed if there is one, and nothing is left of it.
     *
     * @throws IOException if there is no such program or folder, or the system refuses
     * @throws IllegalStateException if {@code input}, {@code timeout} or {@code check} is set
     * @throws UnsupportedOperationException in the portable mode, for what cannot be done there
     */
    public Popen start() throws IOException {
        if (input != null || timeout != null || check) {
            throw new IllegalStateException(
                    "input, timeout and check are for run(); a started child is told them by"
                            + " communicate(…) and await(…)");
        }
        return new Launch(new Command(this)).start();
    }

    /**
     * Starts it and waits for its end; see {@link Subprocess#run(Command)}.
     *
     * @throws TimeoutExpired if it was killed because its time was over
     * @throws CalledProcessError if that was asked for, and it failed
     * @throws OutputTooLarge if it was killed because it wrote more than {@link #outputLimit}
     * @throws IOException as {@link #start} does
     */
    public CompletedProcess run() throws IOException {
        return Running.run(new Command(this));
    }

    // ---- for who starts it

    boolean leadsGroup() {
        return processGroup || newSession;
    }

    /** Of a copy: complete, and its own. */
    Map<String, String> variables() {
        return environment == null ? System.getenv() : Collections.unmodifiableMap(environment);
    }

    /** {@code "ls" in /tmp}. */
    String describe() {
        return "\"" + args.getFirst() + "\"" + (cwd == null ? "" : " in " + cwd);
    }

    @Override
    public String toString() {
        return String.join(" ", args) + (cwd == null ? "" : " in " + cwd);
    }
}
