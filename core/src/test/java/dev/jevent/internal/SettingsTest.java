package dev.jevent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.cli.Main;
import dev.jevent.file.FileObject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A setting is read in one way, and one that makes no sense is told of. */
class SettingsTest {

    private String set;

    private void set(String property, String value) {
        set = property;
        System.setProperty(property, value);
    }

    @AfterEach
    void clear() {
        if (set != null) {
            System.clearProperty(set);
        }
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "jevent.threadpool,0",
                "jevent.threadpool,-3",
                "jevent.threadpool,many",
                "jevent.threadpool,0x10",
                "jevent.threadpool,''",
                "jevent.threadpool,1.5",
                "jevent.threadpool,4294967297",
                "jevent.grace,soon",
                "jevent.grace,-1",
                "jevent.grace,8s",
                "jevent.grace,99999999999999999999",
                "jevent.monitor,true",
                "jevent.monitor,-5",
                "jevent.monitor.print,no",
                "jevent.jfr,False",
                "jevent.poller,JDK",
                "jevent.poller,''",
                "jevent.switch,fast",
                "jevent.streams,green",
                "jevent.loopExit,sometimes"
            })
    void oneThatMakesNoSenseIsAnErrorWhenAHubIsMade(String property, String value)
            throws Exception {
        set(property, value);
        var thrown = new AtomicReference<Throwable>();
        for (int i = 0; i < 2; i++) {
            Thread thread = new Thread(Hub::get);
            thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
            thread.start();
            thread.join();
            var e = assertInstanceOf(IllegalArgumentException.class, thrown.getAndSet(null));
            assertTrue(
                    e.getMessage().startsWith("-D" + property + "=" + value + ": it has to be "),
                    e.getMessage());
        }
    }

    @Test
    void spacesAroundAreNotPartOfIt() {
        set("jevent.threadpool", " 7 ");
        assertEquals(7, Settings.threads());
        Settings.check();
    }

    @Test
    void longestGraceIsOne() {
        set("jevent.grace", "" + Long.MAX_VALUE);
        assertEquals(Duration.ofSeconds(Long.MAX_VALUE), Settings.grace());
        set("jevent.grace", "0");
        assertEquals(Duration.ZERO, Settings.grace());
    }

    /** How many files are opened at once, and how many tasks are done at once. */
    public static final class Threads {
        public static void main(String[] args) throws Exception {
            var now = new AtomicInteger();
            var most = new AtomicInteger();
            for (int i = 0; i < 5; i++) {
                Jevent.spawn(
                        () ->
                                Jevent.blocking(
                                        () -> {
                                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                                            Thread.sleep(20);
                                            now.decrementAndGet();
                                        }));
            }
            var path = Files.createTempFile("jevent", ".txt");
            Jevent.spawn(() -> FileObject.readAllBytes(path)).get();
            Files.delete(path);
            Hub.get().join();
            System.out.println(most + " " + maxOfFiles());
        }

        private static int maxOfFiles() throws Exception {
            Class<?> op = Class.forName("dev.jevent.file.Op");
            var field = op.getDeclaredField("FILES");
            field.setAccessible(true);
            return ((Workers) field.get(null)).maxSize();
        }
    }

    @Test
    void filesAndBlockingReadTheNumberOfThreadsInTheSameWay() throws Exception {
        var two = ChildJvm.run(Threads.class, List.of("-Djevent.threadpool= 2 "));
        assertEquals("2 2\n", two.output());
    }

    @Test
    void commandLineSaysItInOneLine() throws Exception {
        var result = ChildJvm.run(RunsItself.class, List.of("-Djevent.threadpool=none"));
        assertEquals(
                "jevent: -Djevent.threadpool=none: it has to be a number of threads, 1 or more\n",
                result.output());
        assertEquals(2, result.exit());
    }

    /** {@code jevent run}, of itself. */
    public static final class RunsItself {
        public static void main(String[] args) {
            Main.main(new String[] {"run", "dev.jevent.internal.SettingsTest$Threads"});
        }
    }
}
