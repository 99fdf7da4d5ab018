package dev.jevent.resolver.dns;

import dev.jevent.Jevent;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What a file says, read again when it has changed; whether it has is looked at every five seconds
 * at most. A file that is not there is an empty one; of one that cannot be read the last content
 * counts. A greenlet gives way while it is read. Any thread.
 *
 * @param <T> what it says
 */
final class WatchedFile<T> {

    private static final long INTERVAL_NANOS = 5_000_000_000L;

    private record Stamp(FileTime modified, long size, @Nullable Object key) {}

    private record State<T>(T value, @Nullable Stamp stamp, long checked) {}

    private final Path path;
    private final Function<List<String>, T> parser;
    private final LongSupplier clock;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable State<T> state;

    WatchedFile(Path path, Function<List<String>, T> parser, LongSupplier clock) {
        this.path = path;
        this.parser = parser;
        this.clock = clock;
    }

    T get() {
        State<T> s = state;
        if (s != null && (isFresh(s) || !reading.tryLock())) {
            return s.value; // somebody else looks at the file just now
        }
        if (s == null) {
            reading.lock();
        }
        try {
            s = state;
            if (s == null || !isFresh(s)) {
                State<T> before = s;
                s = Jevent.blocking(() -> check(before));
                state = new State<>(s.value, s.stamp, clock.getAsLong());
            }
            return s.value;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot read " + path, e); // check() throws none
        } finally {
            reading.unlock();
        }
    }

    private boolean isFresh(State<T> s) {
        long age = clock.getAsLong() - s.checked;
        return age >= 0 && age < INTERVAL_NANOS; // hubs may have clocks of their own
    }

    /** On a worker. */
    private State<T> check(@Nullable State<T> before) {
        try {
            var a = Files.readAttributes(path, BasicFileAttributes.class);
            var stamp = new Stamp(a.lastModifiedTime(), a.size(), a.fileKey());
            if (before != null && stamp.equals(before.stamp)) {
                return before;
            }
            List<String> lines = Files.readAllLines(path, StandardCharsets.ISO_8859_1);
            return new State<>(parser.apply(lines), stamp, 0);
        } catch (NoSuchFileException e) {
            return new State<>(parser.apply(List.of()), null, 0);
        } catch (IOException | UncheckedIOException e) {
            return before != null ? before : new State<>(parser.apply(List.of()), null, 0);
        }
    }
}
