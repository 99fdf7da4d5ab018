package dev.jevent.select;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Share;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.PollCalls;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One {@code select}. It asks by poll(2), one system call for all, which is nearly all that there
 * is to do when something is ready; only to wait does it need a {@link PollSet}.
 */
final class PollRound {

    private static final int READABLE = Ready.READ.bit() | Ready.HANG_UP.bit() | Ready.ERROR.bit();
    private static final int WRITABLE = Ready.WRITE.bit() | Ready.ERROR.bit();

    private final Target[] targets;
    private final int readers; // the first so many; the others are writers
    private final boolean[] ready;

    private PollRound(List<?> read, List<?> write) {
        readers = read.size();
        targets = new Target[readers + write.size()];
        ready = new boolean[targets.length];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = Target.of(i < readers ? read.get(i) : write.get(i - readers));
        }
    }

    /** Which of them are ready, those to be read first. */
    static boolean[] run(List<?> read, List<?> write, @Nullable Deadline deadline)
            throws IOException {
        var round = new PollRound(read, write);
        if (!round.look() && !isOver(deadline)) {
            round.await(deadline);
        }
        return round.ready;
    }

    private static boolean isOver(@Nullable Deadline deadline) {
        try {
            return deadline != null && deadline.left() <= 0;
        } catch (SocketTimeoutException e) {
            return true; // that is how it says so
        }
    }

    private int wanted(int i) {
        return i < readers ? Ready.READ.bit() : Ready.WRITE.bit();
    }

    private boolean look() throws IOException {
        Share.take(1);
        var polled = new int[2 * targets.length];
        for (int i = 0; i < targets.length; i++) {
            if (targets[i].isClosed()) {
                throw closed(targets[i]);
            }
            polled[2 * i] = targets[i].number();
            polled[2 * i + 1] = wanted(i);
        }
        int n = PollCalls.poll(scratch(), polled);
        if (n < 0 && n != -Errno.EINTR) {
            throw new IOException("cannot select: " + Errno.text(-n));
        }
        boolean any = false;
        for (int i = 0; i < targets.length; i++) {
            int found = polled[2 * i + 1] >>> 16;
            if ((found & Ready.INVALID.bit()) != 0) {
                throw closed(targets[i]);
            }
            ready[i] =
                    (found & (i < readers ? READABLE : WRITABLE)) != 0
                            || (i < readers && targets[i].hasBuffered());
            any |= ready[i];
        }
        return any;
    }

    private static SocketException closed(Target target) {
        return new SocketException("cannot select what is closed: " + target.object());
    }

    static Scratch scratch() {
        EventLoop loop = HubAccess.get().currentLoop();
        return loop != null && loop.inLoop()
                ? ((EpollPoll) loop.poll()).scratch()
                : Scratch.ofThread();
    }

    private void await(@Nullable Deadline deadline) throws IOException {
        Map<Integer, Integer> wanted = new HashMap<>(); // two of them may have one descriptor
        for (int i = 0; i < targets.length; i++) {
            wanted.merge(targets[i].number(), wanted(i), (a, b) -> a | b);
        }
        PollSet set = new EpollSet();
        try {
            for (Target target : targets) {
                Integer bits = wanted.remove(target.number());
                if (bits != null) {
                    set.register(target.object(), bits);
                }
            }
            do {
                set.poll(deadline);
            } while (!look() && !isOver(deadline));
        } finally {
            set.close();
        }
    }
}
