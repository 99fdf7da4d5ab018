package dev.jevent.select;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.sys.Epoll;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.PollCalls;
import dev.jevent.internal.sys.Scratch;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The targets of an {@link EpollSet}: which of them the kernel watches, and what is known of the
 * others.
 *
 * <p>The kernel forgets a descriptor that is closed, and tells nobody. Of our own the {@link
 * Descriptor} tells it. Channels of the JDK and bare numbers are looked at, four times a second as
 * long as somebody waits.
 *
 * <p>Locks, in the order in which they are taken: {@code changes}; that of the target's descriptor;
 * that of the epoll descriptor, under which alone its number may be used; {@code lock}.
 */
abstract class EpollTargets implements PollSet {

    static final Duration BETWEEN_CHECKS = Duration.ofMillis(250);
    private static final HubAccess HUBS = HubAccess.get();
    private static final int FEW = 64; // that are looked at each time
    private static final int INVALID = Ready.INVALID.bit();
    private static final int EPERM = 1;
    private static final int EBADF = 9;
    private static final int EEXIST = 17;
    private static final int EINVAL = 22;

    final Descriptor epoll;

    // guarded by changes, which is held by who registers or unregisters
    private final Object changes = new Object();
    private final Map<Key, Watched> byTarget = new HashMap<>();
    private final Set<Watched> loose = new LinkedHashSet<>(); // whose close nobody tells us
    private long checked;
    volatile boolean anyLoose;

    // guarded by lock, and so are the fields of Watched
    final SpinLock lock = new SpinLock();
    final Map<Integer, Watched> byNumber = new HashMap<>(); // that the kernel watches
    final Set<Watched> standing = new LinkedHashSet<>(); // that it does not watch
    private int tags;

    final List<Watched> buffering = new CopyOnWriteArrayList<>(); // seldom any

    EpollTargets() throws IOException {
        int fd = PollCalls.create(PollRound.scratch());
        if (fd < 0) {
            throw new IOException("cannot make a Poll: " + Errno.text(-fd));
        }
        epoll = Descriptor.of(fd, false, "Poll");
    }

    private void checkOpen() throws SocketException {
        if (epoll.isClosed()) {
            throw new SocketException("Poll closed");
        }
    }

    @Override
    public void register(Object object, int wanted) throws IOException {
        synchronized (changes) {
            if (modify(object, wanted)) {
                return;
            }
            var w = new Watched(this, Target.of(object), wanted);
            boolean done = false;
            try {
                enter(w);
                watch(w, PollCalls.ADD);
                done = true;
            } finally {
                if (!done) {
                    remove(w);
                }
            }
        }
    }

    private void enter(Watched w) {
        byTarget.put(new Key(w.target.object()), w);
        if (w.target.isLoose()) {
            loose.add(w);
            anyLoose = true;
        }
        if (w.target.object() instanceof HasDescriptor.Buffering) {
            buffering.add(w);
        }
        Descriptor d = w.target.descriptor();
        if (d != null) {
            boolean ignored = d.onClose(w); // if it is closed, that will be found
        }
    }

    @Override
    public boolean modify(Object object, int wanted) throws IOException {
        synchronized (changes) {
            checkOpen();
            Watched w = byTarget.get(new Key(object));
            if (w == null) {
                return false;
            }
            w.wanted = wanted;
            watch(w, PollCalls.MODIFY);
            return true;
        }
    }

    /** Has the kernel watch it, or finds out why it cannot. */
    private void watch(Watched w, int operation) throws IOException {
        int result = control(w, operation);
        if (result == -Errno.ENOENT) { // a number that is another file's by now
            result = control(w, PollCalls.ADD);
        } else if (result == -EEXIST) {
            checkNotTaken(w);
            result = control(w, PollCalls.MODIFY);
        }
        switch (-result) {
            case 0 -> {}
            case EPERM -> stand(w, w.wanted); // a plain file, always ready
            case EBADF -> stand(w, INVALID);
            default -> {
                checkOpen();
                throw failed(w, -result);
            }
        }
    }

    private int control(Watched w, int operation) {
        if (w.target.isClosed()) {
            return -EBADF;
        }
        Descriptor d = w.target.descriptor();
        try {
            // under the lock of its descriptor, lest it is closed meanwhile
            return d == null
                    ? controlNow(w, operation)
                    : d.call((s, fd) -> controlNow(w, operation));
        } catch (SocketException e) {
            return -EBADF; // closed
        }
    }

    private int controlNow(Watched w, int operation) {
        try {
            return epoll.call((s, fd) -> control(s, fd, w, operation));
        } catch (SocketException e) {
            return -EINVAL; // the poll is closed, as will be found
        }
    }

    private int control(Scratch s, int epfd, Watched w, int operation) {
        int number = w.target.number();
        lock.lock();
        try {
            Watched other = byNumber.get(number);
            if (operation == PollCalls.MODIFY && other != null && other != w) {
                return -EBADF; // the number is another target's by now
            }
            if (operation == PollCalls.ADD) {
                w.tag = ++tags;
            }
            int result = PollCalls.control(s, epfd, operation, number, w.wanted, w.tag);
            if (result == 0) {
                byNumber.put(number, w);
                stands(w, 0);
                if (other != null && other != w) {
                    stands(other, INVALID); // for its file must be gone
                }
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    private void checkNotTaken(Watched w) {
        lock.lock();
        try {
            Watched other = byNumber.get(w.target.number());
            if (other != null && other != w && !other.target.isClosed()) {
                throw new IllegalArgumentException(
                        "cannot register "
                                + w.target.object()
                                + ": its descriptor is registered already, as "
                                + other.target.object());
            }
            if (other != null && other != w) {
                byNumber.remove(w.target.number());
                stands(other, INVALID);
            }
        } finally {
            lock.unlock();
        }
    }

    private static IOException failed(Watched w, int errno) {
        String why =
                errno == EINVAL
                        ? "500 polls wait for it already, which is as many as Linux allows"
                        : Errno.text(errno);
        return new IOException("cannot register " + w.target.object() + ": " + why);
    }

    private void stand(Watched w, int ready) {
        lock.lock();
        try {
            byNumber.remove(w.target.number(), w);
            stands(w, ready);
        } finally {
            lock.unlock();
        }
        epoll.ready(Epoll.IN); // the kernel does not wake who polls
    }

    private void stands(Watched w, int ready) {
        w.standing = ready;
        if (ready != 0 && !w.gone) {
            standing.add(w);
        } else {
            standing.remove(w);
        }
    }

    @Override
    public boolean unregister(Object object) {
        synchronized (changes) {
            Watched w = byTarget.get(new Key(object));
            if (w != null) {
                remove(w);
            }
            return w != null;
        }
    }

    private void remove(Watched w) {
        byTarget.remove(new Key(w.target.object()));
        loose.remove(w);
        anyLoose = !loose.isEmpty();
        buffering.remove(w);
        if (w.target.descriptor() != null) {
            w.target.descriptor().forget(w);
        }
        unwatch(w, true);
    }

    private void unwatch(Watched w, boolean gone) {
        try {
            epoll.call((s, fd) -> unwatch(s, fd, w, gone));
        } catch (SocketException e) {
            // the poll is closed: nothing is registered any more
        }
    }

    private int unwatch(Scratch s, int epfd, Watched w, boolean gone) {
        lock.lock();
        try {
            w.gone |= gone;
            stands(w, INVALID);
            return byNumber.remove(w.target.number(), w)
                    ? PollCalls.control(s, epfd, PollCalls.DELETE, w.target.number(), 0, 0)
                    : 0;
        } finally {
            lock.unlock();
        }
    }

    /** Its descriptor is being closed; a duplicate that somebody else has might keep it ready. */
    void closing(Watched w) {
        unwatch(w, false);
        epoll.ready(Epoll.IN); // the kernel does not wake who polls
    }

    /** Finds out which of those that tell nobody are closed; if they are many, not each time. */
    final void check() throws IOException {
        if (!anyLoose) {
            return;
        }
        synchronized (changes) {
            checkOpen();
            long now = HUBS.nanoTime();
            if (loose.size() > FEW && Math.abs(now - checked) < BETWEEN_CHECKS.toNanos()) {
                return;
            }
            checked = now;
            for (Watched w : loose) {
                if (w.target.isClosed()) {
                    stand(w, INVALID);
                } else if (w.target.channel() == null) {
                    watch(w, PollCalls.MODIFY);
                }
            }
        }
    }

    // ---- the end

    @Override
    public int size() {
        synchronized (changes) {
            return byTarget.size();
        }
    }

    @Override
    public boolean isClosed() {
        return epoll.isClosed();
    }

    @Override
    public void close() {
        synchronized (changes) {
            epoll.close();
            for (Watched w : byTarget.values()) {
                if (w.target.descriptor() != null) {
                    w.target.descriptor().forget(w);
                }
            }
            byTarget.clear();
            loose.clear();
            anyLoose = false;
            buffering.clear();
        }
    }
}
