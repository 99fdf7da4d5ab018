package dev.jevent.select;

import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Share;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.PollCalls;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An epoll instance of its own, in which the targets are registered level-triggered. It is a
 * descriptor itself, readable when one of the targets is ready, and so it is waited for in the
 * epoll of the caller's hub. What hubs have registered of the same targets is left alone, and a
 * call costs nothing for those that are not ready.
 *
 * <p>Linux lets at most 500 epolls that are waited for in others wait for one and the same file.
 * When a hub cannot wait for this one, it looks a hundred times a second instead.
 */
final class EpollSet extends EpollTargets {

    private static final HubAccess HUBS = HubAccess.get();
    private static final long PAUSE = 10_000_000; // nanoseconds
    private static final int MOST_EVENTS = 4096;

    private int[] events = PollCalls.newEvents(64); // guarded by lock

    EpollSet() throws IOException {}

    @Override
    public List<Event> look() throws IOException {
        Share.take(1);
        check();
        var found = new ArrayList<Event>();
        List<Watched> buffered = buffered();
        checkAnswer(epoll.call((s, fd) -> look(s, fd, found)));
        for (Watched w : buffered) {
            addRead(found, w);
        }
        return found;
    }

    private static void addRead(List<Event> found, Watched w) {
        for (int i = 0; i < found.size(); i++) {
            Event e = found.get(i);
            if (e.target() == w.target.object()) {
                found.set(i, w.event(Ready.bits(e.ready()) | Ready.READ.bit()));
                return;
            }
        }
        found.add(w.event(Ready.READ.bit()));
    }

    /** Those that can be read without the kernel. Under no lock: it is others' code. */
    private List<Watched> buffered() {
        return buffering.isEmpty()
                ? List.of()
                : buffering.stream()
                        .filter(w -> (w.wanted & Ready.READ.bit()) != 0 && w.target.hasBuffered())
                        .toList();
    }

    @Override
    public List<Event> poll(@Nullable Deadline deadline) throws IOException {
        while (!isOver(deadline)) {
            check();
            if (!buffered().isEmpty()) {
                return look();
            }
            var found = new ArrayList<Event>();
            try {
                checkAnswer(epoll.input((s, fd) -> look(s, fd, found), turn(deadline)));
                return found;
            } catch (SocketTimeoutException e) {
                // it is over, or time to check again
            } catch (SocketException e) {
                throw e;
            } catch (IOException e) {
                pause(deadline); // the hub cannot wait for this: too many wait for one file
            }
        }
        return look();
    }

    private static void checkAnswer(int result) throws SocketException {
        if (result < 0 && result != -Errno.EAGAIN) {
            throw new SocketException("cannot poll: " + Errno.text(-result));
        }
    }

    private int look(Scratch s, int epfd, List<Event> found) {
        lock.lock();
        try {
            for (Watched w : standing) {
                found.add(w.event(w.standing));
            }
            int room = PollCalls.capacity(events);
            if (room < byNumber.size() && room < MOST_EVENTS) {
                events = PollCalls.newEvents(Math.min(2 * byNumber.size(), MOST_EVENTS));
            }
            int n = PollCalls.look(s, epfd, events);
            for (int i = 0; i < n; i++) {
                Watched w = byNumber.get(PollCalls.fd(events, i));
                // the kernel goes on with a number that was closed while its file has another one
                if (w != null && w.tag == PollCalls.tag(events, i)) {
                    found.add(w.event(PollCalls.ready(events, i)));
                }
            }
            boolean failed = n < 0 && n != -Errno.EINTR;
            return failed ? n : found.isEmpty() ? -Errno.EAGAIN : found.size();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Deadline turn(@Nullable Deadline deadline) throws SocketTimeoutException {
        if (!anyLoose) {
            return deadline;
        }
        Duration most = BETWEEN_CHECKS;
        if (deadline != null && deadline.left() < most.toNanos()) {
            return deadline;
        }
        return Deadline.of(most, "");
    }

    private static boolean isOver(@Nullable Deadline deadline) {
        try {
            return deadline != null && deadline.left() <= 0;
        } catch (SocketTimeoutException e) {
            return true; // that is how it says so
        }
    }

    private static void pause(@Nullable Deadline deadline) throws SocketTimeoutException {
        long left = deadline == null || isOver(deadline) ? PAUSE : deadline.left();
        boolean ignored = HUBS.await(new Waiter<Void>(), Math.min(left, PAUSE));
    }
}
