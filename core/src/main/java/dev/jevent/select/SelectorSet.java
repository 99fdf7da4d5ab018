package dev.jevent.select;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Jevent;
import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * In the portable mode: a {@link Selector}, which selects in a thread of the pool while a greenlet
 * waits. It knows channels that are not blocking and nothing else. A channel that is closed wakes
 * nobody, and is looked for four times a second.
 */
final class SelectorSet implements PollSet {

    private static final int READ = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    private static final int WRITE = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;
    private static final long BETWEEN_CHECKS = 250;

    private final Selector selector;
    private final Map<Key, SelectableChannel> channels = new LinkedHashMap<>(); // guarded by itself
    private final AtomicBoolean polling = new AtomicBoolean();

    SelectorSet() throws IOException {
        selector = Selector.open();
    }

    private void checkOpen() throws SocketException {
        if (!selector.isOpen()) {
            throw new SocketException("Poll closed");
        }
    }

    @Override
    public void register(Object object, int wanted) throws IOException {
        checkOpen();
        SelectableChannel channel = channel(object);
        synchronized (channels) {
            if (modify(object, wanted)) {
                return;
            }
            if (channels.containsValue(channel)) {
                throw new IllegalArgumentException(
                        "cannot register " + object + ": its channel is registered already");
            }
            if (channel.isOpen()) {
                register(object, channel, wanted);
            }
            channels.put(new Key(object), channel);
        }
        selector.wakeup(); // a selection under way does not see what is new
    }

    private void register(Object object, SelectableChannel channel, int wanted) throws IOException {
        if (channel.isBlocking()) {
            throw new IllegalArgumentException(
                    "the portable mode can only poll channels that are not blocking: " + channel);
        }
        try {
            channel.register(selector, operations(channel, wanted), object);
        } catch (CancelledKeyException e) {
            selector.selectNow(); // it was unregistered a moment ago, which takes effect now
            channel.register(selector, operations(channel, wanted), object);
        } catch (ClosedChannelException e) {
            // as if it had been closed before
        }
    }

    static SelectableChannel channel(Object object) {
        try {
            return Target.channel(object);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the portable mode can only poll channels of the JDK, not " + object, e);
        }
    }

    private static int operations(SelectableChannel channel, int wanted) {
        int read = (wanted & Ready.READ.bit()) != 0 ? READ : 0;
        int write = (wanted & Ready.WRITE.bit()) != 0 ? WRITE : 0;
        return channel.validOps() & (read | write);
    }

    @Override
    public boolean modify(Object object, int wanted) throws IOException {
        checkOpen();
        synchronized (channels) {
            SelectableChannel channel = channels.get(new Key(object));
            if (channel == null) {
                return false;
            }
            SelectionKey key = channel.keyFor(selector);
            if (key != null && key.isValid()) {
                key.interestOps(operations(channel, wanted));
            }
        }
        selector.wakeup();
        return true;
    }

    @Override
    public boolean unregister(Object object) {
        synchronized (channels) {
            SelectableChannel channel = channels.remove(new Key(object));
            SelectionKey key = channel == null ? null : channel.keyFor(selector);
            if (key != null) {
                key.cancel();
            }
            return channel != null;
        }
    }

    @Override
    public List<Event> look() throws IOException {
        return select(0);
    }

    @Override
    public List<Event> poll(@Nullable Deadline deadline) throws IOException {
        if (!polling.compareAndSet(false, true)) {
            throw new ConcurrentObjectUseError("another greenlet already waits in this poll");
        }
        try {
            for (; ; ) {
                List<Event> found = select(millis(deadline));
                if (!found.isEmpty() || millis(deadline) == 0) {
                    return found;
                }
            }
        } finally {
            polling.set(false);
        }
    }

    /** Until it is over, rounded up, but not longer than until the next check. */
    private static long millis(@Nullable Deadline deadline) {
        try {
            return deadline == null
                    ? BETWEEN_CHECKS
                    : Math.min(BETWEEN_CHECKS, (deadline.left() + 999_999) / 1_000_000);
        } catch (SocketTimeoutException e) {
            return 0; // that is how it says that it is over
        }
    }

    private List<Event> select(long millis) throws IOException {
        List<Event> found = closed();
        try {
            if (millis == 0 || !found.isEmpty()) {
                selectNow(found);
                return found;
            }
            return Jevent.blocking(() -> selectOnWorker(millis));
        } catch (ClosedSelectorException e) {
            throw new SocketException("Poll closed");
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e); // nothing else is thrown in there
        }
    }

    private List<Event> closed() {
        var found = new ArrayList<Event>();
        synchronized (channels) {
            for (var e : channels.entrySet()) {
                if (!e.getValue().isOpen()) {
                    found.add(new Event(e.getKey().target(), Ready.of(Ready.INVALID.bit())));
                }
            }
        }
        return found;
    }

    private List<Event> selectOnWorker(long millis) throws IOException {
        var found = new ArrayList<Event>();
        synchronized (selector) { // one who was killed may have left a worker that selects
            selector.select(millis);
            collect(found);
        }
        return found;
    }

    private void selectNow(List<Event> found) throws IOException {
        selector.wakeup(); // in case of the same
        synchronized (selector) {
            selector.selectNow();
            collect(found);
        }
    }

    private void collect(List<Event> found) {
        for (SelectionKey key : selector.selectedKeys()) {
            try {
                int ready = key.readyOps();
                int read = (ready & READ) != 0 ? Ready.READ.bit() : 0;
                int write = (ready & WRITE) != 0 ? Ready.WRITE.bit() : 0;
                found.add(new Event(key.attachment(), Ready.of(read | write)));
            } catch (CancelledKeyException e) {
                // unregistered or closed meanwhile: not ready any more
            }
        }
        selector.selectedKeys().clear();
    }

    @Override
    public int size() {
        synchronized (channels) {
            return channels.size();
        }
    }

    @Override
    public boolean isClosed() {
        return !selector.isOpen();
    }

    @Override
    public void close() {
        synchronized (channels) {
            channels.clear();
        }
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never seen: it only closes descriptors
        }
    }
}
