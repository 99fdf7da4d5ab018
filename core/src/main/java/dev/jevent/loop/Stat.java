package dev.jevent.loop;

import dev.jevent.internal.loop.TimerEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.Objects;

/**
 * Calls back when the attributes of a file have changed, when it appears and when it is gone. It
 * looks from time to time, so that it sees also what changes on network file systems. That a file
 * is read is no change. What cannot be looked at counts as absent.
 *
 * <p>A file system may hang: the looks are taken by helper threads, and a new one only after the
 * last has come back. {@link #start} takes the first one, with which the later are compared, and
 * waits for it a few milliseconds at most; if it takes longer, what changes meanwhile goes
 * unnoticed.
 */
public final class Stat extends Watcher {

    /** How often it looks unless something else is asked for. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

    private static final long FIRST_LOOK_NANOS = 20_000_000;

    private final Path path;
    private final Duration interval;
    private @Nullable BasicFileAttributes attributes;
    private @Nullable BasicFileAttributes previous;
    private @Nullable Look first; // of the current start
    private boolean compares; // the first look has come
    private final TimerEntry entry =
            new TimerEntry(false) {
                @Override
                protected void due() {
                    Helpers.run(new Look(Objects.requireNonNull(first)));
                }
            };

    /** One look at the file. */
    private final class Look implements Runnable {
        final Look first;
        private @Nullable BasicFileAttributes found; // before done
        private volatile boolean done;

        Look(@Nullable Look first) {
            this.first = first == null ? this : first;
        }

        @Override
        public void run() {
            found = read(path);
            done = true;
            loop.core.submit((Runnable) () -> looked(this));
        }
    }

    Stat(Loop loop, Path path, Duration interval) {
        super(loop);
        if (interval.isNegative()) {
            throw new IllegalArgumentException("negative interval: " + interval);
        }
        this.path = Objects.requireNonNull(path, "path");
        this.interval = interval.isZero() ? DEFAULT_INTERVAL : interval;
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** How long it waits between two looks. */
    public Duration interval() {
        return interval;
    }

    /** What the last look has found; null if the file is absent. */
    public @Nullable BasicFileAttributes attributes() {
        return attributes;
    }

    /** What was there before the last change; null if the file was absent. */
    public @Nullable BasicFileAttributes previous() {
        return previous;
    }

    @Override
    void begin() {
        var look = new Look(null);
        first = look;
        compares = false;
        previous = null;
        Helpers.run(look);
        // A greenlet would give way in any other way of waiting, and start() must not.
        for (long end = System.nanoTime() + FIRST_LOOK_NANOS;
                !look.done && System.nanoTime() - end < 0; ) {
            Thread.onSpinWait();
        }
        if (look.done) {
            attributes = look.found;
        }
    }

    private void looked(Look look) {
        if (look.first != first || !active()) {
            return; // stopped meanwhile
        }
        loop.core.start(entry, Loop.nanos(interval));
        BasicFileAttributes before = attributes;
        attributes = look.found;
        if (compares && !same(before, look.found)) {
            previous = before;
            fire();
        }
        compares = true;
    }

    @Override
    void end() {
        first = null;
        loop.core.stop(entry);
    }

    private static @Nullable BasicFileAttributes read(Path path) {
        try {
            boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
            Class<? extends BasicFileAttributes> type =
                    posix ? PosixFileAttributes.class : BasicFileAttributes.class;
            return Files.readAttributes(path, type);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static boolean same(@Nullable BasicFileAttributes a, @Nullable BasicFileAttributes b) {
        if (a == null || b == null) {
            return a == b;
        }
        return a.size() == b.size()
                && a.lastModifiedTime().equals(b.lastModifiedTime())
                && a.creationTime().equals(b.creationTime())
                && a.isDirectory() == b.isDirectory()
                && a.isRegularFile() == b.isRegularFile()
                && Objects.equals(a.fileKey(), b.fileKey())
                && sameOwner(a, b);
    }

    private static boolean sameOwner(BasicFileAttributes a, BasicFileAttributes b) {
        return !(a instanceof PosixFileAttributes x && b instanceof PosixFileAttributes y)
                || x.permissions().equals(y.permissions())
                        && x.owner().equals(y.owner())
                        && x.group().equals(y.group());
    }
}
