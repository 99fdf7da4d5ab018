package dev.jevent.subprocess;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.io.DaemonLoop;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.FdHandler;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;
import dev.jevent.internal.sys.SpawnWait;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * A child of posix_spawn. One loop of the process watches the descriptors of all children and
 * collects each when it ends, whether somebody waits for it or not: none stays a zombie. The JDK
 * collects only the children that it has started, by their numbers, so that the two do not meet.
 *
 * <p>The lock is held over each signal and over the collecting: until it is collected the number of
 * a child is not given to another process. A group keeps its number while it has members, which may
 * be longer; for that time the descriptor stays open, which tells it from a later one.
 *
 * <p>Where the kernel has no such descriptors, a thread waits for each child.
 */
final class SpawnedChild extends Child implements FdHandler {

    /** For tests: as if the kernel were old. */
    static volatile boolean withPidfd = SpawnWait.hasPidfd();

    private static final int NONE = -1;

    private final SpinLock lock = new SpinLock();
    private final int pid;
    private final @Nullable ProcessHandle handle;
    private int pidfd; // guarded by lock
    private boolean collected; // guarded by lock
    private boolean groupGone; // guarded by lock
    private boolean released; // guarded by lock

    /** To be called before a child is started: what fails here leaves none. */
    static void prepare() {
        if (withPidfd) {
            var ignored = DaemonLoop.get();
        }
    }

    /** One that nobody has waited for. */
    SpawnedChild(int pid, boolean leadsGroup) {
        super(leadsGroup);
        this.pid = pid;
        this.pidfd = withPidfd ? Math.max(NONE, SpawnWait.open(Scratch.ofThread(), pid)) : NONE;
        this.handle = ProcessHandle.of(pid).orElse(null); // at worst it is a zombie
        this.groupGone = !leadsGroup;
    }

    /** Has it collected when it ends. */
    void watch() {
        if (pidfd == NONE) {
            watchByThread();
            return;
        }
        EventLoop loop = DaemonLoop.get();
        int fd = pidfd;
        loop.submit(
                (Runnable)
                        () -> {
                            try {
                                ((EpollPoll) loop.poll()).attach(fd, this);
                            } catch (IOException e) {
                                watchByThread(); // too many watches; the other way needs none
                            }
                        });
    }

    private void watchByThread() {
        new OwnThread(
                        "jevent-child-" + pid,
                        256 * 1024,
                        () -> {
                            Enduring.insist(() -> SpawnWait.awaitEnd(pid));
                            Enduring.insist(this::collect);
                        })
                .start();
    }

    @Override
    public void ready(int events) {
        collect();
    }

    private void collect() {
        Scratch scratch = Scratch.ofThread();
        int code = SpawnWait.RUNS;
        int fd = NONE;
        lock.lock();
        try {
            if (!collected) {
                fd = pidfd;
                code = SpawnWait.collect(scratch, fd, pid);
            }
            if (code == SpawnWait.RUNS) {
                return;
            }
            collected = true;
            groupGone = !leadsGroup || released || !SpawnWait.hasMembers(scratch, fd, pid);
            if (groupGone) {
                closeDescriptor();
            }
        } finally {
            lock.unlock();
        }
        if (fd != NONE && DaemonLoop.get().inLoop()) {
            ((EpollPoll) DaemonLoop.get().poll()).detach(fd, this);
        }
        exit.ended(code);
    }

    /** Under the lock. */
    private void closeDescriptor() {
        if (pidfd != NONE) {
            Fd.close(pidfd);
            pidfd = NONE;
        }
    }

    @Override
    long pid() {
        return pid;
    }

    @Override
    ProcessHandle handle() {
        if (handle == null) {
            throw new UnsupportedOperationException("the system does not show process " + pid);
        }
        return handle;
    }

    @Override
    boolean signal(int signal) throws IOException {
        Scratch scratch = Scratch.ofThread();
        int result;
        lock.lock();
        try {
            if (collected) {
                return false;
            }
            result =
                    pidfd != NONE
                            ? SpawnWait.signal(scratch, pidfd, signal)
                            : SpawnWait.kill(scratch, pid, signal);
        } finally {
            lock.unlock();
        }
        return sent(result, signal, "process ");
    }

    @Override
    boolean signalGroup(int signal) throws IOException {
        Scratch scratch = Scratch.ofThread();
        int result;
        lock.lock();
        try {
            if (groupGone) {
                return false;
            }
            result = SpawnWait.signalGroup(scratch, pidfd, pid, signal);
            if (collected && SpawnWait.isNobody(result)) {
                groupGone = true;
                closeDescriptor();
            }
        } finally {
            lock.unlock();
        }
        return sent(result, signal, "the group of process ");
    }

    private boolean sent(int result, int signal, String whom) throws IOException {
        if (result < 0 && !SpawnWait.isNobody(result)) {
            throw new IOException(
                    "cannot send "
                            + Signals.name(signal)
                            + " to "
                            + whom
                            + pid
                            + ": "
                            + Errno.text(-result));
        }
        return result == 0;
    }

    @Override
    void release() {
        lock.lock();
        try {
            released = true;
            if (collected) {
                groupGone = true;
                closeDescriptor();
            }
        } finally {
            lock.unlock();
        }
    }
}
