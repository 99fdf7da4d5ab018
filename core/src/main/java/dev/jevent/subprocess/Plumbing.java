package dev.jevent.subprocess;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;
import dev.jevent.internal.sys.Spawn;
import dev.jevent.internal.sys.SpawnFiles;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The three streams of a child that is about to be started. The child's ends of pipes block and
 * ours do not: they are two open files, and each has its own say in that. All are close-on-exec, so
 * that a child that another thread starts meanwhile does not get them. On a worker.
 */
final class Plumbing {

    private static final String[] NAMES = {"standard input", "standard output", "standard error"};
    private static final int NONE = -1;

    private final Command command;
    private final int[] child = {Spawn.SAME, Spawn.SAME, Spawn.SAME};
    private final int[] ours = {NONE, NONE, NONE};
    private final List<Integer> toClose = new ArrayList<>(); // when the child has them
    private final List<Closeable> givenAway = new ArrayList<>();
    private final List<Integer> blocking = new ArrayList<>(); // duplicates of those

    private Plumbing(Command command) {
        this.command = command;
    }

    /** Opens everything, or nothing. */
    static Plumbing open(Command command) throws IOException {
        var plumbing = new Plumbing(command);
        boolean done = false;
        try {
            plumbing.connect(0, (Target) command.stdin);
            plumbing.connect(1, (Target) command.stdout);
            plumbing.connect(2, (Target) command.stderr);
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
