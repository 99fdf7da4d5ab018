package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.cli.Main;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The standard input of programs that know nothing of {@link Stdio}. */
class JdkInputTest {

    /** Reads a line in the way that is asked for, while another greenlet waits for its turn. */
    public static final class Reader {
        private Reader() {}

        public static void main(String[] args) throws Exception {
            for (String how : args) {
                Callable<String> way = way(how);
                Greenlet<String> killed = Jevent.spawn(way::call);
                Jevent.sleep(1);
                killed.kill();
                Greenlet<String> reader = Jevent.spawn(way::call);
                Jevent.sleep(1);
                System.out.println(how + " waits"); // before the test says anything
                System.out.println(how + " read " + reader.get());
            }
        }

        private static Callable<String> way(String how) {
            return switch (how) {
                case "System.in" -> () -> line(System.in);
                case "FileDescriptor.in" -> () -> line(new FileInputStream(FileDescriptor.in));
                case "/dev/tty" ->
                        () -> {
                            try (var in = new FileInputStream("/dev/tty")) {
                                return line(in);
                            }
                        };
                case "nio" ->
                        () -> {
                            try (var in = Files.newInputStream(Path.of("/dev/stdin"))) {
                                return line(in);
                            }
                        };
                default -> () -> System.console().readLine();
            };
        }

        /** Unbuffered, but for what a reader takes: the test says one line at a time. */
        private static String line(InputStream in) throws IOException {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        }
    }

    /** Uses something for the first time; that alone is told from what comes before and after. */
    public static final class First {
        private First() {}

        public static void main(String[] args) throws Exception {
            for (String what : args) {
                boolean[] over = new boolean[1];
                Greenlet<Integer> other =
                        Jevent.spawn(
                                () -> {
                                    int turns = 0;
                                    while (!over[0]) {
                                        turns++;
                                        Jevent.sleep(1);
                                    }
                                    return turns;
                                });
                Jevent.sleep(0);
                Greenlet<Boolean> first =
                        Jevent.spawn(
                                () -> {
                                    use(what);
                                    over[0] = true;
                                    return true;
                                });
                first.get();
                System.out.println(what + (other.get() > 1 ? " gave way" : " held the hub"));
            }
        }

        private static void use(String what) throws Exception {
            if (what.equals("System.in")) {
                int ignored = System.in.read(); // there is something
            } else {
                new ProcessBuilder("true").start();
            }
        }
    }

    private static List<String> command(Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String open : List.of("java.lang", "sun.nio.ch")) {
            command.add("--add-opens=java.base/" + open + "=ALL-UNNAMED");
        }
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        String poller = System.getProperty("jevent.poller");
        if (poller != null) {
            command.add("-Djevent.poller=" + poller);
        }
        String classPath = System.getProperty("surefire.test.class.path");
        command.add("-cp");
        command.add(classPath != null ? classPath : System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(args));
        return command;
    }

    private static void talk(List<String> command, String... ways) throws Exception {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var out = p.getOutputStream()) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8));
            for (String way : ways) {
                expect(way + " waits", in);
                out.write(("line for " + way + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                expect(way + " read line for " + way, in);
            }
            assertTrue(p.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, p.exitValue());
        } finally {
            p.descendants().forEach(ProcessHandle::destroyForcibly);
            p.destroyForcibly();
        }
    }

    /** A terminal says again what was typed. */
    private static void expect(String line, BufferedReader in) throws IOException {
        var before = new StringBuilder();
        String said = in.readLine();
        while (said != null && !said.strip().equals(line)) {
            before.append(said).append('\n');
            said = in.readLine();
        }
        assertTrue(said != null, "not said: " + line + "; but\n" + before);
    }

    private static String[] with(String first, String... more) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void aPipeIsReadGreen() throws Exception {
        String[] ways = {"System.in", "FileDescriptor.in", "nio"};
        talk(command(Reader.class, ways), ways);
    }

    @Test
    void soItIsUnderJeventRun() throws Exception {
        String[] ways = {"FileDescriptor.in", "nio"};
        talk(command(Main.class, with("run", with(Reader.class.getName(), ways))), ways);
    }

    @Test
    void theFirstUseOfAllHoldsUpNobody() throws Exception {
        assertEquals("System.in gave way\n", said(command(First.class, "System.in")));
        assertEquals("process gave way\n", said(command(First.class, "process")));
        String first = First.class.getName();
        assertEquals("System.in gave way\n", said(command(Main.class, "run", first, "System.in")));
    }

    private static String said(List<String> command) throws Exception {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            p.getOutputStream().write("there\n".getBytes(StandardCharsets.UTF_8));
            p.getOutputStream().flush();
            return new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            p.destroyForcibly();
        }
    }

    @Test
    void aTerminalIsReadGreen() throws Exception {
        Path script = Path.of("/usr/bin/script");
        Assumptions.assumeTrue(Files.isExecutable(script), "there is no script(1) here");
        String[] ways = {"Console", "FileDescriptor.in", "/dev/tty"};
        List<String> words = new ArrayList<>();
        for (String word : command(Reader.class, ways)) {
            words.add("'" + word + "'");
        }
        talk(List.of(script.toString(), "-qec", String.join(" ", words), "/dev/null"), ways);
    }
}
