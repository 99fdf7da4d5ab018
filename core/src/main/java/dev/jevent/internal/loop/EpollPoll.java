package dev.jevent.internal.loop;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.sys.Epoll;
import dev.jevent.internal.sys.Scratch;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One epoll instance for everything a hub waits for. A descriptor has one of two users:
 *
 * <ul>
 *   <li>a <b>handler</b> (jevent's sockets): registered once, edge-triggered, until it is closed;
 *   <li>the <b>JDK's</b> blocking calls and the public {@code io} watchers: armed while somebody
 *       waits. Without watchers a registration is good for one event, so that a wait costs one
 *       system call, as with the JDK's own poller.
 * </ul>
 *
 * The kernel forgets a descriptor when it is closed, and its number may come back for another file.
 * Therefore nothing here believes that a descriptor is still registered, and whoever is woken must
 * look for himself: an event may be late and stand for a file that is gone.
 */
public final class EpollPoll implements Poll {

    private static final int MOST_FAILURES = 100;
    private static final int READABLE = Epoll.IN | Epoll.RDHUP | Epoll.HUP | Epoll.ERR;
    private static final int WRITABLE = Epoll.OUT | Epoll.HUP | Epoll.ERR;

    private static final class Slot {
        boolean read; // a thread waits in the JDK
        boolean write;
        boolean selector;
        FdHandler[] watchers = NONE; // level-triggered
        int[] interests = {};

        int interest() {
            int all = (read || selector ? Epoll.IN : 0) | (write ? Epoll.OUT : 0);
            for (int i : interests) {
                all |= i;
            }
            return watchers.length == 0 ? all | Epoll.ONESHOT : all;
        }
    }

    private static final FdHandler[] NONE = {};

    private final Jdk jdk = Jdk.get();
    private final Consumer<Thread> waker;
    private final Epoll epoll = new Epoll();
    final int eventFd = epoll.eventFd();
    private final Scratch scratch = new Scratch();
    private FdHandler[] handlers = new FdHandler[64]; // edge-triggered users; by descriptor
    private Slot[] slots = new Slot[64]; // the other ones
    private int found; // by the last await, not delivered yet
    private int failures; // loop thread: to deliver one event, for want of memory

    @SuppressWarnings({"unused", "UnusedVariable"}) // what is read has to go somewhere
    private int prefetched;

    private volatile boolean closed;

    /**
     * An epoll of its own.
     *
     * @param waker continues a thread that waited in a call of the JDK's
     */
    public EpollPoll(Consumer<Thread> waker) {
        this.waker = waker;
    }

    private void wake(int fd, long direction) {
        Thread waiting = jdk.ready(fd, direction);
        if (waiting != null) {
            waker.accept(waiting);
        }
    }

    @Override
    public boolean isReady() {
        return epoll.hasEvents();
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public void close() {
        closed = true;
        for (int fd = 0; fd < slots.length; fd++) {
            Slot slot = slots[fd];
            if (slot != null) {
                forgetWaits(fd, slot); // of threads that are never continued
            }
        }
        for (FdHandler handler : handlers) {
            if (handler != null) {
                handler.loopEnded();
            }
        }
        epoll.close();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** The JDK keeps one who waits by the number, which may be another file's tomorrow. */
    private void forgetWaits(int fd, Slot slot) {
        if (slot.read) {
            jdk.ready(fd, Jdk.READ);
        }
        if (slot.write) {
            jdk.ready(fd, Jdk.WRITE);
        }
        if (slot.selector) {
            jdk.ready(fd, Jdk.SELECTOR);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the hub was destroyed: nothing can wait in it");
        }
    }

    private Slot slot(int fd) {
        if (fd >= slots.length) {
            slots = Arrays.copyOf(slots, Math.max(slots.length * 2, fd + 1));
        }
        Slot slot = slots[fd];
        if (slot == null) {
            slot = new Slot();
            slots[fd] = slot;
        }
        return slot;
    }

    /** For a user of the second kind: if there is a handler, its descriptor has been closed. */
    private Slot slotOfNew(int fd) {
        if (hasHandler(fd)) {
            handlers[fd] = null;
        }
        return slot(fd);
    }

    private boolean hasHandler(int fd) {
        return fd < handlers.length && handlers[fd] != null;
    }

    /** Memory for the system calls of this loop's greenlets. */
    public Scratch scratch() {
        return scratch;
    }

    /** Tells the handler of every change of the descriptor from now on, until {@link #detach}. */
    public void attach(int fd, FdHandler handler) throws IOException {
        checkOpen();
        if (fd >= handlers.length) {
            handlers = Arrays.copyOf(handlers, Math.max(handlers.length * 2, fd + 1));
        }
        handlers[fd] = handler;
        int failure = epoll.add(fd, Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.EDGE);
        if (failure != 0) {
            handlers[fd] = null;
            throw failed(fd, failure);
        }
    }

    /**
     * Forgets the handler, whose descriptor is closed. The kernel forgets it by itself, and the
     * number may belong to another user already: this may come late, and does no harm then.
     */
    public void detach(int fd, FdHandler handler) {
        if (hasHandler(fd) && handlers[fd] == handler) {
            handlers[fd] = null;
        }
    }

    /**
     * Has the kernel forget the descriptor, before it is closed; needed if somebody else has the
     * same open file, for then a close alone does not end its registration. Any thread.
     */
    public void forget(int fd) {
        epoll.removeFromOutside(fd);
    }

    /** Begins the wait of a thread in the JDK. */
    public void beginWait(int fd, long direction) throws IOException {
        checkOpen();
        Slot slot = slotOfNew(fd);
        if (direction == Jdk.READ) {
            slot.read = true;
        } else if (direction == Jdk.WRITE) {
            slot.write = true;
        } else {
            slot.selector = true;
        }
        int failure = epoll.modify(fd, slot.interest());
        if (failure != 0) {
            endWait(fd, direction);
            throw failed(fd, failure);
        }
    }

    /** Ends it, for whatever reason. What is still armed fires once into the void. */
    public void endWait(int fd, long direction) {
        Slot slot = slot(fd);
        if (direction == Jdk.READ) {
            slot.read = false;
        } else if (direction == Jdk.WRITE) {
            slot.write = false;
        } else {
            slot.selector = false;
        }
    }

    /** Adds a watcher that is called as long as the descriptor is ready. */
    public void watch(int fd, int interest, FdHandler watcher) throws IOException {
        checkOpen();
        Slot slot = slotOfNew(fd);
        int n = slot.watchers.length;
        slot.watchers = Arrays.copyOf(slot.watchers, n + 1);
        slot.interests = Arrays.copyOf(slot.interests, n + 1);
        slot.watchers[n] = watcher;
        slot.interests[n] = interest;
        int failure = epoll.modify(fd, slot.interest());
        if (failure != 0) {
            unwatch(fd, watcher);
            throw failed(fd, failure);
        }
    }

    /** Takes a watcher away; the descriptor may be closed already. */
    public void unwatch(int fd, FdHandler watcher) {
        Slot slot = slot(fd);
        int n = slot.watchers.length;
        for (int i = 0; i < n; i++) {
            if (slot.watchers[i] == watcher) {
                var watchers = slot.watchers.clone();
                var interests = slot.interests.clone();
                System.arraycopy(watchers, i + 1, watchers, i, n - i - 1);
                System.arraycopy(interests, i + 1, interests, i, n - i - 1);
                slot.watchers = Arrays.copyOf(watchers, n - 1);
                slot.interests = Arrays.copyOf(interests, n - 1);
                int interest = slot.interest();
                if (hasHandler(fd) || closed) {
                    return; // the file is gone; the registration is another one's
                }
                if ((interest & ~Epoll.ONESHOT) == 0) {
                    epoll.remove(fd);
                } else {
                    epoll.modify(fd, interest);
                }
                return;
            }
        }
    }

    /** Who watches the descriptor now. */
    public List<FdHandler> watchers(int fd) {
        return fd < slots.length && slots[fd] != null ? List.of(slots[fd].watchers) : List.of();
    }

    @Override
    public void await(long nanos) {
        found = epoll.await(nanos);
    }

    @Override
    public void deliver() {
        int n = found;
        found = 0;
        if (n == Epoll.MOST_EVENTS) {
            prefetched = prefetch(n);
        }
        for (int i = 0; i < n; ) {
            i = deliver(i, n);
        }
    }

    /** The events from that one on. The next one to be delivered: again the same, perhaps. */
    private int deliver(int first, int n) {
        int i = first;
        try {
            for (; i < n; i++) {
                int fd = epoll.fd(i);
                if (fd != eventFd) {
                    fire(fd, epoll.ready(i));
                }
            }
            failures = 0;
        } catch (OutOfMemoryError e) {
            if (++failures > MOST_FAILURES) {
                throw e;
            }
            Enduring.moment(); // the kernel does not tell it twice: so it is delivered again
        }
        return i;
    }

    /**
     * With more busy connections than one look can tell of, the memory of each is not in the
     * processor's cache any more. With 1,000, an echo takes about 2 % less for this; with 64 it
     * would take 1 % more.
     */
    private int prefetch(int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            int fd = epoll.fd(i);
            FdHandler handler = fd < handlers.length ? handlers[fd] : null;
            if (handler != null) {
                sum += handler.prefetch();
            }
        }
        return sum;
    }

    private void fire(int fd, int events) {
        FdHandler handler = fd < handlers.length ? handlers[fd] : null;
        if (handler != null) {
            handler.ready(events);
        } else if (fd < slots.length && slots[fd] != null) {
            fire(fd, slots[fd], events);
        }
    }

    private void fire(int fd, Slot slot, int events) {
        if ((events & READABLE) != 0) {
            if (slot.read) {
                wake(fd, Jdk.READ); // may find no memory, and is tried again then
                slot.read = false;
            }
            if (slot.selector) {
                wake(fd, Jdk.SELECTOR);
                slot.selector = false;
            }
        }
        if ((events & WRITABLE) != 0 && slot.write) {
            wake(fd, Jdk.WRITE);
            slot.write = false;
        }
        FdHandler[] watchers = slot.watchers;
        if (watchers.length == 0) {
            if (slot.read || slot.write || slot.selector) {
                epoll.modify(fd, slot.interest()); // one of two was served
            }
            return;
        }
        int[] interests = slot.interests;
        for (int i = 0; i < watchers.length; i++) {
            int always = Epoll.HUP | Epoll.ERR;
            if ((events & (interests[i] | always)) != 0) {
                watchers[i].ready(events);
            }
        }
        int unwanted = events & (Epoll.IN | Epoll.OUT) & ~slot.interest();
        if (unwanted != 0 && slot.watchers.length > 0 && !hasHandler(fd)) {
            // A thread of the JDK waits no more for this, and nobody else asked for it: without
            // this the loop would not sleep until somebody reads.
            epoll.modify(fd, slot.interest());
        }
    }

    private static IOException failed(int fd, int errno) {
        return new IOException(
                "cannot wait for descriptor " + fd + ": epoll_ctl failed with errno " + errno);
    }
}
