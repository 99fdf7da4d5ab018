package dev.jevent.subprocess;

import java.io.Closeable;
import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Starts children by the JDK, in the portable mode. What the JDK cannot do is refused, except for
 * groups and sessions, where there is a program {@code setsid}. On a worker.
 */
final class JdkLauncher {

    // "error=2, No such file or directory", "error: 2 (No such file or directory)"
    private static final Pattern REASON = Pattern.compile("error[=:] ?(\\d+),? \\(?([^)]*)");

    private JdkLauncher() {}

    static Popen start(Command command) throws IOException {
        checkPossible(command);
        String program = Program.find(command); // says what setsid would not
        List<String> args = new ArrayList<>();
        if (command.leadsGroup()) {
            args.add(setsid(command));
        }
        args.add(program);
        args.addAll(command.args.subList(1, command.args.size()));
        var builder = new ProcessBuilder(args);
        builder.environment().clear();
        builder.environment().putAll(command.variables());
        if (command.cwd != null) {
            builder.directory(command.cwd.toFile());
        }
        redirect(builder, command);
        checkOpen(command, command.stdin);
        checkOpen(command, command.stdout);
        checkOpen(command, command.stderr);
        return popen(command, process(builder, command, program));
    }

    private static void checkOpen(Command command, Redirect redirect) throws IOException {
        boolean closed =
                redirect instanceof Target.OfStream(Closeable stream)
                        && (stream instanceof WorkerWriter w && w.isClosed()
                                || stream instanceof WorkerReader r && r.isClosed());
        if (closed) {
            throw new IOException(
                    "cannot run " + command.describe() + ": a pipe that it is given is closed");
        }
    }

    private static Process process(ProcessBuilder builder, Command command, String program)
            throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            String text = String.valueOf(e.getMessage());
            var reason = REASON.matcher(text);
            boolean known = reason.find();
            throw new IOException(
                    "cannot run "
                            + command.describe()
                            + ": "
                            + (known ? reason.group(2) : text)
                            + Program.hint(command, program, known && reason.group(1).equals("2")),
                    e);
        }
    }

    private static void checkPossible(Command c) {
        if (c.arg0 != null) {
            throw impossible("to give a program another name than its own (arg0)");
        }
        if (!c.closeFds || c.passFds.length > 0) {
            throw impossible("to leave descriptors open in a child (closeFds, passFds)");
        }
    }

    private static UnsupportedOperationException impossible(String what) {
        return new UnsupportedOperationException("in the portable mode it is not possible " + what);
    }

    private static String setsid(Command command) {
        for (String folder : List.of("/usr/bin/setsid", "/bin/setsid")) {
            if (new File(folder).canExecute()) {
                return folder;
            }
        }
        throw impossible(
                "to give "
                        + command.describe()
                        + " a process group of its own, for there is no program setsid");
    }

    private static void redirect(ProcessBuilder b, Command c) {
        b.redirectInput(redirect(0, (Target) c.stdin));
        b.redirectOutput(redirect(1, (Target) c.stdout));
        if (c.stderr == Redirect.STDOUT || isOneStream(c)) {
            b.redirectErrorStream(true);
        } else {
            b.redirectError(redirect(2, (Target) c.stderr));
        }
    }

    private static ProcessBuilder.Redirect redirect(int number, Target target) {
        return switch (target) {
            case Target.Standard.INHERIT, Target.Standard.STDOUT -> ProcessBuilder.Redirect.INHERIT;
            case Target.Standard.PIPE -> ProcessBuilder.Redirect.PIPE;
            case Target.Standard.DEVNULL ->
                    number == 0
                            ? ProcessBuilder.Redirect.from(new File("/dev/null"))
                            : ProcessBuilder.Redirect.DISCARD;
            case Target.OfFile f ->
                    switch (f.use()) {
                        case READ -> ProcessBuilder.Redirect.from(f.file().toFile());
                        case WRITE -> ProcessBuilder.Redirect.to(f.file().toFile());
                        case APPEND -> ProcessBuilder.Redirect.appendTo(f.file().toFile());
                    };
            case Target.OfNumber n -> sameNumber(number, n.number() == number);
            case Target.OfDescriptor d ->
                    sameNumber(
                            number,
                            d.descriptor()
                                    == switch (number) {
                                        case 0 -> FileDescriptor.in;
                                        case 1 -> FileDescriptor.out;
                                        default -> FileDescriptor.err;
                                    });
            case Target.OfStream s -> ProcessBuilder.Redirect.PIPE;
        };
    }

    private static ProcessBuilder.Redirect sameNumber(int number, boolean same) {
        if (!same) {
            throw impossible("to give a child an open descriptor as its number " + number);
        }
        return ProcessBuilder.Redirect.INHERIT;
    }

    private static Popen popen(Command c, Process process) {
        var child = new JdkChild(process, c.leadsGroup());
        ChildInput stdin = isPipe(c.stdin) ? new WorkerWriter(process.getOutputStream()) : null;
        ChildOutput stdout = isPipe(c.stdout) ? new WorkerReader(process.getInputStream()) : null;
        ChildOutput stderr = isPipe(c.stderr) ? new WorkerReader(process.getErrorStream()) : null;
        if (c.stdin instanceof Target.OfStream s && stdin != null) {
            copy(((WorkerReader) s.stream()).giveAway(), stdin);
            stdin = null;
        }
        if (c.stdout instanceof Target.OfStream s && stdout != null) {
            copy(stdout, ((WorkerWriter) s.stream()).giveAway());
            stdout = null;
        }
        if (c.stderr instanceof Target.OfStream s && stderr != null) {
            if (!isOneStream(c)) {
                copy(stderr, ((WorkerWriter) s.stream()).giveAway());
            }
            stderr = null;
        }
        return new Popen(child, c, stdin, stdout, stderr);
    }

    /** Whether the child's output and its errors go into one pipe of another. */
    private static boolean isOneStream(Command c) {
        return c.stdout instanceof Target.OfStream(Closeable out)
                && c.stderr instanceof Target.OfStream(Closeable err)
                && out == err;
    }

    private static boolean isPipe(Redirect redirect) {
        return redirect == Redirect.PIPE || redirect instanceof Target.OfStream;
    }

    /** What another child's pipe is in the normal mode; it ends when one of the two does. */
    private static void copy(ChildOutput from, ChildInput to) {
        Thread ignored =
                Thread.startVirtualThread(
                        () -> {
                            try (from;
                                    to) {
                                from.transferTo(to);
                            } catch (IOException e) {
                                // one of the two has gone, and the other one is told so by the end
                            }
                        });
    }
}
