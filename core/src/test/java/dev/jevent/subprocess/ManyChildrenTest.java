package dev.jevent.subprocess;

import static dev.jevent.subprocess.Redirect.PIPE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.pool.Pool;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many at once. */
class ManyChildrenTest extends ChildScenario {

    @AfterEach
    void theKernelIsNewAgain() {
        SpawnedChild.withPidfd = dev.jevent.internal.sys.SpawnWait.hasPidfd();
        SpawnLauncher.closesFrom = dev.jevent.internal.sys.Spawn.CLOSES_FROM;
    }

    private static void runMany(int n, int atOnce) throws Exception {
        var pool = new Pool(atOnce);
        List<Greenlet<Integer>> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int code = i % 100;
            all.add(pool.spawn(() -> Popen.shell("exit " + code).run().returncode()));
        }
        for (int i = 0; i < n; i++) {
            assertEquals(i % 100, all.get(i).get());
        }
        pool.join();
    }

    @Test
    @Timeout(120)
    void aThousandFiftyAtATime() throws Exception {
        runMany(50, 50);
        int before = openDescriptors();
        boolean[] end = new boolean[1];
        var ticks = ticker(end);
        runMany(isPortable() ? 200 : 1000, 50);
        end[0] = true;
        assertTrue(ticks.get() > 10, "the hub has turned all the time");
        assertTrue(openDescriptors() <= before + 5, "left: " + (openDescriptors() - before));
    }

    @Test
    @Timeout(120)
    void twoHundredTalkAtOnce() throws Exception {
        List<Popen> cats = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            cats.add(started(Popen.of("cat").stdin(PIPE).stdout(PIPE)));
        }
        List<Greenlet<Void>> talks = new ArrayList<>();
        for (Popen cat : cats) {
            talks.add(
                    Jevent.spawn(
                            () -> {
                                for (int i = 0; i < 10; i++) {
                                    String text = cat.pid() + " says " + i;
                                    cat.getOutputStream()
                                            .write((text + "\n").getBytes(StandardCharsets.UTF_8));
                                    assertEquals(text, line(cat.getInputStream()));
                                }
                                cat.getOutputStream().close();
                                assertEquals(-1, cat.getInputStream().read());
                                assertEquals(0, cat.await());
                            }));
        }
        Jevent.joinAllOrThrow(talks);
    }

    @Test
    void descriptorsAreGivenBack() throws Exception {
        Popen.of("cat").input("x").captureOutput().run();
        int before = openDescriptors();
        for (int i = 0; i < 300; i++) {
            switch (i % 3) {
                case 0 -> Popen.of("echo", "x").stdin(PIPE).captureOutput().run();
                case 1 -> {
                    try (Popen child = Popen.of("true").stdin(PIPE).captureOutput().start()) {
                        assertEquals(0, child.await());
                    }
                }
                default -> {
                    Popen child = Popen.of("cat").stdin(PIPE).captureOutput().start();
                    child.communicate("hello");
                }
            }
        }
        until(() -> openDescriptors() <= before + 3);
    }

    @Test
    void severalHubsAtOnce() throws Exception {
        try (var one = new OtherHub();
                var two = new OtherHub()) {
            List<Greenlet<Void>> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(one.spawn(() -> runMany(10, 5)));
                all.add(two.spawn(() -> runMany(10, 5)));
                all.add(Jevent.spawn(() -> runMany(10, 5)));
            }
            for (Greenlet<Void> g : all) {
                g.get();
            }
        }
    }

    @Test
    void oldKernelWithoutDescriptorsForProcesses() throws Exception {
        notInThePortableMode("they are not used");
        SpawnedChild.withPidfd = false;
        runMany(50, 20);
        Popen child = started(Popen.of("sleep", "100").processGroup());
        assertTrue(child.signalGroup("USR1"));
        assertEquals(-10, child.await());
        Popen other = started(Popen.of("sleep", "100"));
        assertTrue(other.kill());
        assertEquals(-9, other.await());
    }

    @Test
    void oldLibraryThatCannotCloseFromANumberOn() throws Exception {
        notInThePortableMode("it is not used");
        SpawnLauncher.closesFrom = false;
        try (var socket = new java.net.ServerSocket(0)) {
            assertTrue(socket.isBound());
            String list = Popen.of("ls", "/proc/self/fd").stdout(PIPE).run().text();
            assertEquals("0\n1\n2\n3\n", list);
        }
        runMany(20, 10);
    }
}
