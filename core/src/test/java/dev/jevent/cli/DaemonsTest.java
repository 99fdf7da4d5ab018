package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jevent.ChildJvm;
import dev.jevent.Jevent;
import dev.jevent.event.Event;
import dev.jevent.internal.agent.Agent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Which threads keep a program alive under {@code jevent run}: those that do with {@code java}. */
class DaemonsTest {

    /** {@code jevent run} of the class that the system property names, as the jar does it. */
    static final class Command {
        public static void main(String[] args) {
            Main.main(new String[] {"run", System.getProperty("program")});
        }
    }

    private static void assertSays(String output, Class<?> program, String... more)
            throws Exception {
        List<String> options = new ArrayList<>(List.of(more));
        options.add("-Dprogram=" + program.getName());
        ChildJvm.Result result = ChildJvm.run(Command.class, options);
        assertEquals(output, result.output());
        assertEquals(0, result.exit());
    }

    private static void forever() {
        for (; ; ) {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                // goes on
            }
        }
    }

    /** Leaves one of each behind. */
    public static final class LeavesVirtualThreads {
        private LeavesVirtualThreads() {}

        public static void main(String[] args) throws Exception {
            Thread.startVirtualThread(DaemonsTest::forever);
            Thread.startVirtualThread(LockSupport::park);
            Thread.startVirtualThread(() -> Jevent.sleep(60_000)); // a greenlet in all but name
            Thread.startVirtualThread(
                    () -> {
                        for (; ; ) {
                            Thread.yield();
                        }
                    });
            var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            Thread.startVirtualThread(
                    () -> {
                        try (server) {
                            server.accept();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
            var executor = Executors.newVirtualThreadPerTaskExecutor();
            var ignored = executor.submit(DaemonsTest::forever);
            Jevent.sleep(10); // all of them have begun
            Jevent.spawn(
                    () -> {
                        Jevent.sleep(10);
                        System.out.println("the last greenlet");
                    });
            System.out.println("main");
        }
    }

    @Test
    void virtualThreadsOfTheProgramDoNotKeepItAlive() throws Exception {
        assertSays("main\nthe last greenlet\n", LeavesVirtualThreads.class);
    }

    /** What a greenlet waits for may come from one. */
    public static final class IsWoken {
        private IsWoken() {}

        public static void main(String[] args) {
            var event = new Event();
            Jevent.spawn(
                    () -> {
                        event.await();
                        System.out.println("woken");
                    });
            Thread.startVirtualThread(
                    () -> {
                        try {
                            Thread.sleep(50);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        event.set();
                    });
            Thread.startVirtualThread(DaemonsTest::forever);
            Jevent.spawnLater(Duration.ofMillis(100), () -> System.out.println("later"));
        }
    }

    @Test
    void whatTheyDoForAGreenletIsAwaited() throws Exception {
        assertSays("woken\nlater\n", IsWoken.class);
    }

    /** Says what threads made here and there are. */
    public static final class MakesThreads {
        private MakesThreads() {}

        public static void main(String[] args) throws Exception {
            say("main");
            Jevent.spawn(() -> say("greenlet")).join();
            Thread virtual = Thread.startVirtualThread(() -> say("virtual"));
            virtual.join();
            Thread adopted =
                    Thread.startVirtualThread(
                            () -> {
                                Jevent.sleep(1);
                                say("virtual");
                            });
            adopted.join();
            Thread daemon = new Thread(() -> say("daemon"));
            daemon.setDaemon(true);
            daemon.start();
            daemon.join();
        }

        private static void say(String where) {
            System.out.println(where + " " + new Thread(() -> {}).isDaemon());
        }
    }

    @Test
    void newThreadsAreDaemonsWhereTheyAreWithJava(@TempDir Path folder) throws Exception {
        // given an agent, as the jar is one; the class path has its class
        var manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", Agent.class.getName());
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        manifest.getMainAttributes().putValue("Can-Redefine-Classes", "true");
        Path jar = folder.resolve("agent.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        String output =
                """
                main false
                greenlet false
                virtual true
                virtual true
                daemon true
                """;
        assertSays(output, MakesThreads.class, "-javaagent:" + jar);
    }
}
