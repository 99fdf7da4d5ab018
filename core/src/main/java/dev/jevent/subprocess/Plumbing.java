package dev.jevent.subprocess;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.PipeCalls;
import dev.jevent.internal.sys.Scratch;
import dev.jevent.internal.sys.Spawn;
import dev.jevent.internal.sys.SpawnFiles;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The three streams of a child that is about to be started. The child's ends of pipes block and
 * ours do not: they are two open files, and each has its own say in that. All are close-on-exec, so
 * that a child that another thread starts meanwhile does not get them. On a worker.
 */
final class Plumbing {

    private static final String[] NAMES = {"standard input", "standard output", "standard error"};
    private static final int NONE = -1;
    private static final int KIND = 0xF000; // of a file's mode, and two kinds
    private static final int FIFO = 0x1000;
    private static final int CHARACTERS = 0x2000;

    private final Command command;
    private final int[] child = {Spawn.SAME, Spawn.SAME, Spawn.SAME};
    private final int[] ours = {NONE, NONE, NONE};
    private final List<Integer> toClose = new ArrayList<>(); // when the child has them
    private final List<Closeable> givenAway = new ArrayList<>();
    private final List<Integer> blocking = new ArrayList<>(); // made so, for the child

    private final int[] passed;

    private Plumbing(Command command) {
        this.command = command;
        this.passed = command.passFds.clone();
    }

    /** Opens everything, or nothing. */
    static Plumbing open(Command command) throws IOException {
        var plumbing = new Plumbing(command);
        boolean done = false;
        try {
            plumbing.connect(0, (Target) command.stdin);
            plumbing.connect(1, (Target) command.stdout);
            plumbing.connect(2, (Target) command.stderr);
            plumbing.letBlock();
            plumbing.uncross();
            done = true;
            return plumbing;
        } finally {
            if (!done) {
                plumbing.closeAll();
            }
        }
    }

    /** What the child gets as its 0, 1 and 2. */
    void copyTo(int[] standard) {
        System.arraycopy(child, 0, standard, 0, 3);
    }

    private void connect(int number, Target target) throws IOException {
        switch (target) {
            case Target.Standard.INHERIT -> child[number] = Spawn.SAME;
            case Target.Standard.STDOUT -> child[number] = child[1] == Spawn.SAME ? 1 : child[1];
            case Target.Standard.DEVNULL -> child[number] = opened(number, "/dev/null", null);
            case Target.Standard.PIPE -> pipe(number);
            case Target.OfFile f -> child[number] = opened(number, f.file().toString(), f.use());
            case Target.OfNumber n -> child[number] = n.number();
            case Target.OfDescriptor d -> child[number] = number(number, d.descriptor());
            case Target.OfStream s -> give(number, s.stream());
        }
    }

    private int opened(int number, String file, Target.@Nullable Use use) throws IOException {
        int how =
                switch (use) {
                    case null -> SpawnFiles.READ_WRITE;
                    case READ -> SpawnFiles.READ;
                    case WRITE -> SpawnFiles.WRITE;
                    case APPEND -> SpawnFiles.APPEND;
                };
        int fd = check(SpawnFiles.open(file, how), "open " + file + " for", number);
        toClose.add(fd);
        return fd;
    }

    private int number(int number, FileDescriptor descriptor) throws IOException {
        int fd = SpawnFiles.number(descriptor);
        if (fd < 0) {
            throw new IOException(failure("use a closed file for", number));
        }
        return fd;
    }

    private void pipe(int number) throws IOException {
        Scratch scratch = Scratch.ofThread();
        check(Fd.pipe(scratch), "make a pipe for", number);
        int reads = Fd.first(scratch);
        int writes = Fd.second(scratch);
        int its = number == 0 ? reads : writes;
        ours[number] = number == 0 ? writes : reads;
        child[number] = its;
        toClose.add(its);
        check(Fd.nonBlocking(scratch, its, false), "make a pipe for", number);
    }

    /** A duplicate: nobody can close it between here and the start. */
    private void give(int number, Closeable stream) throws IOException {
        Descriptor.Call duplicate = (scratch, fd) -> SpawnFiles.duplicate(fd);
        Descriptor from =
                switch (stream) {
                    case PipeReader r -> r.descriptor();
                    case PipeWriter w -> w.descriptor();
                    default -> throw new IOException(failure("use " + stream + " for", number));
                };
        int fd = check(from.call(duplicate), "use the pipe of another child for", number);
        toClose.add(fd);
        child[number] = fd;
        check(Fd.nonBlocking(Scratch.ofThread(), fd, false), "use a pipe for", number);
        blocking.add(fd);
        givenAway.add(stream);
    }

    /**
     * What does not block here, as nothing of jevent's does, has to block in the child, whose
     * programs know nothing else and take {@code EAGAIN} for a failure. That it does not block
     * belongs to the open file, so the child is given one of its own.
     */
    private void letBlock() throws IOException {
        Map<Integer, Integer> own = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            int fd = child[i] == Spawn.SAME ? i : child[i];
            int blocks = blocking(fd, own, NAMES[i]);
            if (blocks != fd) {
                child[i] = blocks;
            }
        }
        for (int i = 0; i < passed.length; i++) {
            passed[i] = blocking(passed[i], own, "descriptor " + passed[i]);
        }
    }

    private int blocking(int fd, Map<Integer, Integer> own, String what) throws IOException {
        Integer before = own.get(fd);
        if (before != null) {
            return before;
        }
        int result = fd;
        if (!toClose.contains(fd) && Fd.isNonBlocking(Scratch.ofThread(), fd)) {
            result = openAgain(fd, what);
        }
        own.put(fd, result);
        return result;
    }

    /**
     * Another open file for the same pipe or terminal. A socket has only one, which blocks from now
     * on: jevent's own calls ask not to wait each time. But one that listens is for a program that
     * knows what it gets.
     */
    private int openAgain(int fd, String what) throws IOException {
        Scratch scratch = Scratch.ofThread();
        if (Net.getOption(scratch, fd, Net.SOL_SOCKET, Net.SO_TYPE) == 0) {
            boolean connected =
                    Net.value(scratch) == Net.SOCK_STREAM
                            && Net.getOption(scratch, fd, Net.SOL_SOCKET, Net.SO_ACCEPTCONN) == 0
                            && Net.value(scratch) == 0;
            if (connected && fd > 2) { // those of this process belong to others, too
                blocking.add(fd);
                int ignored = Fd.nonBlocking(scratch, fd, false);
            }
            return fd;
        }
        int kind = kind(fd);
        if (kind != FIFO && kind != CHARACTERS) {
            return fd; // it never waits
        }
        int again = PipeCalls.open("/proc/self/fd/" + fd, Fd.direction(scratch, fd));
        if (again == -PipeCalls.ENXIO) {
            return fd; // nobody reads it any more: no write waits
        }
        if (again < 0) {
            throw new IOException(
                    "cannot run "
                            + command.describe()
                            + ": cannot open its "
                            + what
                            + " again, which does not block here: "
                            + Errno.text(-again));
        }
        toClose.add(again);
        int ignored = Fd.nonBlocking(scratch, again, false);
        return again;
    }

    private static int kind(int fd) throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:mode") & KIND;
    }

    /** What stands here for each descriptor that is passed. */
    int[] passed() {
        return passed;
    }

    /**
     * The child copies them to their places one after the other, and none may be overwritten before
     * its turn: what stands in another's place is moved away first.
     */
    private void uncross() throws IOException {
        for (int i = 0; i < 3; i++) {
            if (child[i] >= 0 && child[i] < 3 && child[i] != i) {
                int fd = check(SpawnFiles.duplicate(child[i]), "use descriptor for", i);
                toClose.add(fd);
                child[i] = fd;
            }
        }
    }

    private int check(int result, String what, int number) throws IOException {
        if (result < 0) {
            throw new IOException(failure(what, number) + ": " + Errno.text(-result));
        }
        return result;
    }

    private String failure(String what, int number) {
        return "cannot run " + command.describe() + ": cannot " + what + " its " + NAMES[number];
    }

    /** The child has what it needs. */
    void started() throws IOException {
        closeChildEnds();
        for (Closeable stream : givenAway) {
            stream.close();
        }
    }

    /** There is no child. */
    void closeAll() {
        for (int fd : blocking) {
            int ignored = Fd.nonBlocking(Scratch.ofThread(), fd, true); // it stays with its owner
        }
        closeChildEnds();
        for (int i = 0; i < 3; i++) {
            if (ours[i] != NONE) {
                Fd.close(ours[i]);
                ours[i] = NONE;
            }
        }
    }

    private void closeChildEnds() {
        toClose.forEach(Fd::close);
        toClose.clear();
    }

    /** Our ends: the child's input, or null. */
    @Nullable PipeWriter input() {
        return ours[0] == NONE ? null : new PipeWriter(ours[0]);
    }

    /** What the child writes to its output (1) or error (2), or null. */
    @Nullable PipeReader output(int number) {
        return ours[number] == NONE ? null : new PipeReader(ours[number]);
    }
}
