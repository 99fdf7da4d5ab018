package dev.jevent.socket;

import dev.jevent.Jevent;
import dev.jevent.Waiter;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * One connection to any of several addresses, the way of RFC 8305 ("happy eyeballs"): the attempts
 * begin one after the other, {@link #DELAY} apart or as soon as one has failed, and run beside each
 * other; the first that succeeds wins, and all others are closed.
 *
 * <p>Each attempt has a helper: a greenlet of the caller's hub, or a virtual thread of the JDK if
 * the caller has none. The helpers only connect and report; the caller waits for the reports and
 * for the time. Whatever ends its wait, a kill or a timeout too, it closes every socket but the
 * winner's, which ends the helpers.
 */
final class Connecting {

    /** RFC 8305, section 5: the connection attempt delay. */
    static final long DELAY = 250_000_000; // nanoseconds

    private record Outcome(SocketAddress to, Socket socket, @Nullable IOException failure) {}

    private final Queue<SocketAddress> left;
    private final @Nullable SocketAddress from;
    private final @Nullable Deadline deadline;
    private final String target;
    private final List<Socket> sockets = new ArrayList<>(); // the caller's
    private final IOException[] failures; // in the order of the addresses
    private final List<SocketAddress> begun = new ArrayList<>();
    private final Queue<Outcome> outcomes = new ArrayDeque<>(); // guarded by this
    private @Nullable Waiter<Void> waiter; // guarded by this
    private boolean over; // guarded by this

    private Connecting(
            List<SocketAddress> all,
            @Nullable SocketAddress from,
            @Nullable Deadline deadline,
            String target) {
        this.left = new ArrayDeque<>(all);
        this.from = from;
        this.deadline = deadline;
        this.target = target;
        this.failures = new IOException[all.size()];
    }

    /**
     * Connects.
     *
     * @param from what to bind to before, null for what the system chooses
     * @param timeout for all of it; zero for none
     */
    static Socket to(SocketAddress address, @Nullable SocketAddress from, Duration timeout)
            throws IOException {
        String target = Addresses.text(address);
        Deadline given = Deadline.of(timeout, "Connect timed out: " + target);
        Deadline deadline = timeout.isZero() ? null : given;
        List<SocketAddress> all = Addresses.candidates(address, from, timeout);
        return all.size() == 1
                ? connected(Sockets.socketFor(address), all.getFirst(), from, deadline)
                : new Connecting(all, from, deadline, target).race();
    }

    private static Socket connected(
            Socket socket,
            SocketAddress to,
            @Nullable SocketAddress from,
            @Nullable Deadline deadline)
            throws IOException {
        boolean done = false;
        try {
            if (from != null) {
                socket.bind(from);
            }
            if (socket instanceof StreamSocket own) {
                own.connect(to, deadline);
            } else {
                socket.connect(to, deadline == null ? 0 : millis(deadline));
                boolean ignored =
                        CallerAccess.get().keepOpen(socket); // jevent's, and not a library's
            }
            done = true;
            return socket;
        } catch (IOException e) {
            throw named(e, to);
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private static int millis(Deadline deadline) throws SocketTimeoutException {
        return (int) Math.min(Integer.MAX_VALUE, (deadline.left() + 999_999) / 1_000_000);
    }

    /** The JDK's own sockets do not say whom they could not reach. */
    private static IOException named(IOException e, SocketAddress to) {
        String text = Addresses.text(to);
        String message = String.valueOf(e.getMessage());
        if (message.contains(text)) {
            return e;
        }
        message += ": " + text;
        IOException named =
                switch (e) {
                    case ConnectException c -> new ConnectException(message);
                    case NoRouteToHostException n -> new NoRouteToHostException(message);
                    case BindException b -> new BindException(message);
                    case SocketException s -> new SocketException(message);
                    case SocketTimeoutException t -> new SocketTimeoutException(message);
                    default -> e;
                };
        if (named != e) {
            named.initCause(e);
        }
        return named;
    }

    // ---- the caller

    private Socket race() throws IOException {
        Socket winner = null;
        try {
            int running = 0;
            while (running > 0 || !left.isEmpty()) {
                if (!left.isEmpty()) {
                    begin(left.remove());
                    running++;
                }
                Outcome outcome = next();
                if (outcome == null) {
                    continue; // the delay is over
                }
                if (outcome.failure == null) {
                    winner = outcome.socket;
                    return winner;
                }
                running--;
                failures[begun.indexOf(outcome.to)] = outcome.failure;
            }
            throw failure();
        } catch (SocketTimeoutException e) {
            addTo(e);
            throw e;
        } finally {
            end(winner);
        }
    }

    private void begin(SocketAddress to) throws IOException {
        Socket socket = Sockets.socketFor(to);
        sockets.add(socket);
        begun.add(to);
        if (HubAccess.get().currentLoop() != null) {
            Jevent.spawnRaw(() -> attempt(socket, to));
        } else {
            Thread.ofVirtual().name("jevent-connect").start(() -> attempt(socket, to));
        }
    }

    /** What has ended next; null if it is time to begin the next attempt. */
    private @Nullable Outcome next() throws SocketTimeoutException {
        long nanos = left.isEmpty() ? -1 : DELAY;
        Waiter<Void> w = new Waiter<>();
        synchronized (this) {
            if (!outcomes.isEmpty()) {
                return outcomes.remove();
            }
            waiter = w;
        }
        if (deadline != null) {
            nanos = nanos < 0 ? deadline.left() : Math.min(nanos, deadline.left());
        }
        boolean woken = HubAccess.get().await(w, nanos);
        if (!woken && deadline != null) {
            long ignored = deadline.left(); // throws if that was it
        }
        synchronized (this) {
            return outcomes.poll();
        }
    }

    private IOException failure() {
        IOException first = failures[0];
        addTo(first);
        return first;
    }

    private void addTo(IOException first) {
        for (IOException e : failures) {
            if (e != null && e != first) {
                first.addSuppressed(e);
            }
        }
    }

    private void end(@Nullable Socket winner) throws IOException {
        synchronized (this) {
            over = true;
        }
        for (Socket socket : sockets) {
            if (socket != winner) {
                socket.close();
            }
        }
    }

    // ---- the helpers

    private void attempt(Socket socket, SocketAddress to) {
        IOException failure = null;
        try {
            Socket ignored = connected(socket, to, from, null);
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException("cannot connect to " + target, e);
        }
        Waiter<Void> w;
        synchronized (this) {
            if (over) {
                return; // the caller has closed the socket
            }
            outcomes.add(new Outcome(to, socket, failure));
            w = waiter;
        }
        if (w != null) {
            w.switchTo(null);
        }
    }

    // ---- the order

    /** RFC 8305, section 4: the families take turns, beginning with that of the first address. */
    static List<InetAddress> interleaved(List<InetAddress> addresses) {
        var same = new ArrayDeque<InetAddress>();
        var other = new ArrayDeque<InetAddress>();
        for (InetAddress a : addresses) {
            (a.getClass() == addresses.getFirst().getClass() ? same : other).add(a);
        }
        List<InetAddress> all = new ArrayList<>();
        while (!same.isEmpty() || !other.isEmpty()) {
            if (!same.isEmpty()) {
                all.add(same.remove());
            }
            if (!other.isEmpty()) {
                all.add(other.remove());
            }
        }
        return all;
    }

    static SocketAddress withPort(InetAddress address, int port) {
        return new InetSocketAddress(address, port);
    }
}
