package dev.jevent.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Waiter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

class StatTest {

    private static final Duration SHORT = Duration.ofMillis(2);

    private final Hub hub = Hub.get();
    private final Loop loop = hub.loop();
    @TempDir Path directory;
    private Path file;
    private Stat stat;

    @BeforeEach
    void watch() {
        file = directory.resolve("file");
        stat = loop.stat(file, SHORT);
    }

    @AfterEach
    void destroy() {
        hub.destroy();
    }

    private static void awaitChange(Stat stat, ThrowingRunnable change) throws IOException {
        var waiter = new Waiter<Void>();
        stat.start(() -> waiter.switchTo(null));
        change.run();
        waiter.get();
    }

    private interface ThrowingRunnable {
        void run() throws IOException;
    }

    @Test
    void seesAFileAppearGrowAndGo() throws IOException {
        assertEquals(file, stat.path());
        awaitChange(stat, () -> Files.writeString(file, ""));
        assertNull(stat.previous());
        assertNotNull(stat.attributes());

        awaitChange(stat, () -> Files.writeString(file, "abc"));
        assertEquals(0, stat.previous().size());
        assertEquals(3, stat.attributes().size());

        awaitChange(stat, () -> Files.delete(file));
        assertEquals(3, stat.previous().size());
        assertNull(stat.attributes());
        stat.stop();
    }

    @Test
    void seesWhatChangesRightAfterTheStart() throws IOException {
        for (int i = 0; i < 50; i++) {
            Path other = directory.resolve("file" + i);
            Stat watcher = loop.stat(other, SHORT);
            awaitChange(watcher, () -> Files.writeString(other, "x"));
            watcher.stop();
        }
    }

    @Test
    void doesNotCallBackWhenNothingChangesOrTheFileIsOnlyRead() throws IOException {
        Files.writeString(file, "abc");
        List<String> events = new ArrayList<>();
        stat.start(() -> events.add("called"));
        for (int i = 0; i < 5; i++) {
            assertEquals("abc", Files.readString(file));
            Jevent.sleep(4);
        }

        assertEquals(List.of(), events);
        assertEquals(3, stat.attributes().size());
    }

    @Test
    void keepsTheLoopAliveUntilItIsStopped() {
        stat.start(() -> {});
        assertFalse(hub.join(Duration.ofMillis(10)));
        stat.stop();
        assertTrue(hub.join(Duration.ofSeconds(10)));
    }

    @Test
    void manyFilesAreWatchedAtOnce() throws IOException {
        List<Path> changed = new ArrayList<>();
        var all = new Waiter<Void>();
        List<Stat> stats =
                IntStream.range(0, 100)
                        .mapToObj(i -> loop.stat(directory.resolve("n" + i), SHORT))
                        .toList();
        for (Stat s : stats) {
            s.start(
                    () -> {
                        changed.add(s.path());
                        s.stop();
                        if (changed.size() == stats.size()) {
                            all.switchTo(null);
                        }
                    });
        }
        for (Stat s : stats) {
            Files.writeString(s.path(), "x");
        }
        all.get();

        assertEquals(100, changed.stream().distinct().count());
    }

    @Test
    void theIntervalIsFiveSecondsUnlessItIsSaid() {
        assertEquals(Duration.ofSeconds(5), loop.stat(file, Duration.ZERO).interval());
        assertEquals(SHORT, stat.interval());
        assertThrows(IllegalArgumentException.class, () -> loop.stat(file, Duration.ofMillis(-1)));
    }
}
