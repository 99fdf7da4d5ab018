package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code jevent run}: how a program ends. */
class ProgramLifeTest {

    @TempDir Path dir;

    private static final String IMPORTS =
            "import dev.jevent.*;\nimport dev.jevent.lock.*;\nimport dev.jevent.server.*;\n";

    private Cli start(String program) throws Exception {
        Files.writeString(dir.resolve("P.java"), IMPORTS + program);
        return Cli.start(dir, "run", "P.java");
    }

    private Cli.Result run(String program) throws Exception {
        try (Cli cli = start(program)) {
            return cli.await();
        }
    }

    private static void assertEnd(int exit, String out, String err, Cli.Result result) {
        assertEquals(out, result.out(), result.err());
        assertEquals(err, result.err());
        assertEquals(exit, result.exit());
    }

    // ---- exceptions

    @Test
    void anExceptionInMainIsReportedAsJavaDoesAndEndsWith1() throws Exception {
        Cli.Result r =
                run(
                        """
                        class P {
                            public static void main(String[] args) {
                                try {
                                    inner();
                                } catch (Exception e) {
                                    throw new IllegalStateException("outer", e);
                                }
                            }

                            static void inner() throws Exception {
                                throw new Exception("inner");
                            }
                        }
                        """);
        String expected =
                """
                Exception in thread "main" java.lang.IllegalStateException: outer
                \tat P.main(P.java:9)
                Caused by: java.lang.Exception: inner
                \tat P.inner(P.java:14)
                \tat P.main(P.java:7)
                """;
        assertEnd(1, "", expected, r);
    }

    @Test
    void anExceptionInAStaticInitialiserIsReportedAsJavaDoes() throws Exception {
        Cli.Result r =
                run("class P { static int i = 1 / 0; public static void main(String[] a) {} }");
        String expected =
                """
                Exception in thread "main" java.lang.ExceptionInInitializerError
                Caused by: java.lang.ArithmeticException: / by zero
                \tat P.<clinit>(P.java:4)
                """;
        assertEnd(1, "", expected, r);
    }

    @Test
    void theDefaultHandlerOfUncaughtExceptionsIsAsked() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() {
                            Thread.setDefaultUncaughtExceptionHandler(
                                    (t, e) -> IO.println(t.getName() + ": " + e.getMessage()));
                            throw new IllegalStateException("mine");
                        }
                        """);
        assertEnd(1, "main: mine\n", "", r);
    }

    @Test
    void afterAnExceptionInMainTheOthersGoOn() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() {
                            Jevent.spawn(() -> { Jevent.sleep(100); IO.println("on"); });
                            throw new IllegalStateException();
                        }
                        """);
        assertEquals("on\n", r.out());
        assertEquals(1, r.exit());
    }

    @Test
    void anExceptionInAnotherGreenletDoesNotEndTheProgram() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() {
                            var g = Jevent.spawn(() -> { throw new Exception("in a greenlet"); });
                            g.join();
                            IO.println(g.exception().getMessage());
                        }
                        """);
        assertEquals("in a greenlet\n", r.out());
        assertTrue(r.err().contains("java.lang.Exception: in a greenlet"), r.err());
        assertEquals(0, r.exit());
    }

    @Test
    void aMainThatIsKilledEndsQuietly() throws Exception {
        assertEnd(0, "", "", run("void main() { Jevent.getCurrent().killLater(); }"));
    }

    // ---- what is left when main ends

    @Test
    void greenletsOutliveMain() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() {
                            Jevent.spawn(() -> {
                                Jevent.sleep(200);
                                IO.println("greenlet");
                                Jevent.spawn(() -> IO.println("and another"));
                            });
                            Jevent.spawn(() -> new Semaphore(0).acquire()); // nothing can wake it
                            IO.println("main");
                        }
                        """);
        assertEnd(0, "main\ngreenlet\nand another\n", "", r);
    }

    @Test
    void aServerThatWasStartedOutlivesMain() throws Exception {
        String program =
                """
                void main() throws Exception {
                    var s = new StreamServer(0, c -> c.getOutputStream().write('x'));
                    s.start();
                    IO.println("it listens on port " + s.address().getPort());
                }
                """;
        try (Cli cli = start(program)) {
            int port = cli.awaitPort();
            for (int i = 0; i < 2; i++) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    assertEquals('x', socket.getInputStream().read());
                }
            }
            cli.signal("TERM");
            assertEquals(143, cli.await().exit());
        }
    }

    @Test
    void nonDaemonThreadsOutliveMainAndDaemonThreadsDoNot() throws Exception {
        Cli.Result r =
                run(
                        """
                        static void later(Thread before, int millis, String text) {
                            try {
                                before.join();
                                Thread.sleep(millis);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            IO.println(text);
                        }

                        void main() {
                            Thread none = new Thread();
                            Thread first = new Thread(() -> later(none, 200, "new Thread"));
                            first.start();
                            Thread.ofPlatform().start(() -> later(first, 50, "ofPlatform"));
                            Thread daemon = new Thread(() -> later(none, 20_000, "daemon"));
                            daemon.setDaemon(true);
                            daemon.start();
                        }
                        """);
        assertEnd(0, "new Thread\nofPlatform\n", "", r);
    }

    @Test
    void aThreadMayWakeAGreenletWhenMainHasEnded() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() {
                            var s = new Semaphore(0);
                            Jevent.spawn(() -> {
                                s.acquire();
                                Jevent.sleep(50);
                                IO.println("woken");
                            });
                            Thread t = new Thread(() -> {
                                try { Thread.sleep(200); } catch (InterruptedException e) { }
                                s.release();
                            });
                            t.setDaemon(true);
                            t.start();
                        }
                        """);
        assertEnd(0, "woken\n", "", r);
    }

    /** The thread acts at about the time when the hub looks for the threads that live. */
    @Test
    void whatTheLastThreadDidBeforeItWasGoneIsNotLost() throws Exception {
        Cli.Result r =
                run(
                        """
                        static int woken;

                        void main() {
                            for (int i = 0; i < 20; i++) {
                                var semaphore = new Semaphore(0);
                                Jevent.spawn(() -> {
                                    semaphore.acquire();
                                    if (++woken == 20) {
                                        IO.println("all were woken");
                                    }
                                });
                                int millis = i;
                                Thread last = new Thread(() -> {
                                    try { Thread.sleep(millis); } catch (InterruptedException e) { }
                                    semaphore.release();
                                });
                                last.setDaemon(true);
                                last.start();
                            }
                        }
                        """);
        assertEnd(0, "all were woken\n", "", r);
    }

    @Test
    void mainMayJoinManyThreads() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() throws Exception {
                            for (int i = 0; i < 500; i++) {
                                Thread t = new Thread(() -> {});
                                t.start();
                                t.join();
                            }
                            IO.println("joined");
                        }
                        """);
        assertEnd(0, "joined\n", "", r);
    }

    @Test
    void aWaitThatCanNeverEndIsExplained() throws Exception {
        Cli.Result r = run("void main() { new Semaphore(0).acquire(); }");
        assertTrue(r.err().startsWith("jevent: This wait would never end"), r.err());
        assertTrue(r.err().contains("  main waits at "), r.err());
        assertEquals(1, r.exit());
    }

    // ---- exits and signals

    private static final String HOOK =
            """
            static void hook(Hub hub) {
                // a greenlet has to do its part while the hook runs
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    var answer = new Waiter<String>();
                    hub.spawn(() -> {
                        Jevent.sleep(50);
                        answer.switchTo("hook");
                    });
                    IO.println(answer.get());
                }));
            }
            """;

    @Test
    void exitInMainRunsTheHooks() throws Exception {
        Cli.Result r = run("void main() { hook(Hub.get()); System.exit(3); }\n" + HOOK);
        assertEnd(3, "hook\n", "", r);
    }

    @Test
    void exitInAGreenletEndsAtOnce() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() {
                            hook(Hub.get());
                            Jevent.spawn(() -> System.exit(7));
                            Jevent.sleep(30_000);
                        }
                        """
                                + HOOK);
        assertEnd(7, "hook\n", "", r);
    }

    @Test
    void exitInAThreadEndsAtOnce() throws Exception {
        Cli.Result r =
                run(
                        """
                        void main() {
                            hook(Hub.get());
                            new Thread(() -> System.exit(8)).start();
                            Jevent.sleep(30_000);
                        }
                        """
                                + HOOK);
        assertEnd(8, "hook\n", "", r);
    }

    @Test
    void hooksRunAtTheNormalEndToo() throws Exception {
        assertEnd(0, "hook\n", "", run("void main() { hook(Hub.get()); }\n" + HOOK));
    }

    @Test
    void sigtermEndsWith143() throws Exception {
        endsBySignal("TERM", 143);
    }

    @Test
    void ctrlCEndsWith130() throws Exception {
        endsBySignal("INT", 130);
    }

    private void endsBySignal(String signal, int code) throws Exception {
        String program =
                """
                void main() {
                    hook(Hub.get());
                    IO.println("ready");
                    Jevent.sleep(30_000);
                }
                """
                        + HOOK;
        try (Cli cli = start(program)) {
            cli.awaitLine("ready");
            if (signal.equals("INT")) {
                assumeTrue(listensToCtrlC(cli), "these tests run where SIGINT is ignored");
            }
            cli.signal(signal);
            assertEnd(code, "ready\nhook\n", "", cli.await());
        }
    }

    /** A shell's background jobs inherit that they ignore it, and the JVM respects that. */
    private static boolean listensToCtrlC(Cli cli) throws Exception {
        Path status = Path.of("/proc/" + cli.process().pid() + "/status");
        return !Files.exists(status)
                || Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                        .noneMatch(mask -> (mask & 2) != 0);
    }

    // ---- who else may wake it

    /** Started with java: under jevent run there is always a thread that might wake it. */
    @Test
    void aProgramMayWaitForAChildOfTheJdkAndNothingElse() throws Exception {
        Path source = dir.resolve("P.java");
        Files.writeString(
                source,
                """
                import dev.jevent.Jevent;

                class P {
                    public static void main(String[] args) throws Exception {
                        var child = new ProcessBuilder("sleep", "0.3").start();
                        System.out.println("exit " + Jevent.spawn(() -> child.waitFor()).get());
                    }
                }
                """);
        Cli.compile(dir, source);
        List<String> java =
                List.of(
                        "-javaagent:" + Cli.jar(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        dir.toString(),
                        "P");
        try (Cli cli = Cli.startJava(dir, java)) {
            assertEnd(0, "exit 0\n", "", cli.await());
        }
    }
}
