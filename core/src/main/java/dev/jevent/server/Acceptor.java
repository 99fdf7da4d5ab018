package dev.jevent.server;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Waiter;
import dev.jevent.internal.CallerAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * The greenlet that takes from one listener what comes, and has it done. Everything here but {@link
 * #wake} is called in it, on the hub's thread.
 */
final class Acceptor {

    private static final long FIRST_DELAY_MILLIS = 10;
    private static final long LAST_DELAY_MILLIS = 1000;

    private final BaseServer<?> server;
    private final Endpoint endpoint;
    private final Hub hub;
    private final Waiter<Void> stopped = new Waiter<>(); // between two attempts
    private final Calm calm = new Calm();
    private final Greenlet<Void> greenlet;
    // loaded now: when it is needed there may be no descriptor left to read a class with
    private final CallerAccess access;
    private boolean wakeable; // it waits, and is to be killed when the server stops
    private boolean woken;

    private Acceptor(BaseServer<?> server, Endpoint endpoint, Hub hub) {
        access = CallerAccess.get();
        this.server = server;
        this.endpoint = endpoint;
        this.hub = hub;
        greenlet = hub.spawn((Action) this::run);
        greenlet.name("acceptor of " + endpoint.address());
    }

    static Acceptor start(BaseServer<?> server, Endpoint endpoint, Hub hub) {
        return new Acceptor(server, endpoint, hub);
    }

    Greenlet<Void> greenlet() {
        return greenlet;
    }

    /** The server was stopped: it ends soon, unless it runs a handler. Any thread. */
    void wake() {
        stopped.switchTo(null);
        access.onLoop(hub, this::wakeInLoop);
    }

    private void wakeInLoop() {
        // else it will see by itself that the server is closed
        if (wakeable && !woken) {
            woken = true;
            greenlet.killLater();
        }
    }

    private void run() {
        try {
            long delay = 0;
            int inARow = 0;
            while (!server.closed()) {
                Throwable failure = takeOne();
                if (failure != null) {
                    delay = backOff(delay, failure);
                    continue;
                }
                delay = 0;
                if (++inARow >= server.maxAccept()) {
                    inARow = 0;
                    Jevent.sleep(0);
                }
            }
        } finally {
            server.acceptorEnded(); // killed, perhaps
        }
    }

    /** What went wrong and may go right next time. */
    private @Nullable Throwable takeOne() {
        Job job;
        try {
            if (server.isBounded() && !awaitBoth()) {
                return null;
            }
            job = next();
        } catch (SocketTimeoutException e) {
            return null; // the listener was given to us with a timeout
        } catch (IOException | OutOfMemoryError | LinkageError e) {
            // without descriptors or memory classes cannot be loaded either
            return server.closed() || endsServer(e) ? null : e;
        }
        return job == null ? null : begin(job);
    }

    private @Nullable Job next() throws IOException {
        if (!endpoint.staysOpen()) {
            return endpoint.next();
        }
        wakeable = true;
        try {
            return server.closed() ? null : endpoint.next();
        } finally {
            wakeable = false;
        }
    }

    private boolean endsServer(Throwable e) {
        if (!endpoint.isClosed() && !isFatal(e)) {
            return false;
        }
        server.stop();
        if (wasInterrupted(e)) {
            return true; // it was killed, and in the portable mode that closes its listener
        }
        var end =
                new SocketException(
                        "the listener of "
                                + endpoint.address()
                                + " was closed underneath its server, which has stopped: "
                                + e.getMessage());
        end.initCause(e);
        access.report(hub, server, end);
        return true;
    }

    private boolean wasInterrupted(Throwable e) {
        String message = e.getMessage();
        return access.isInterruption(e)
                || message != null && message.startsWith("Closed by interrupt");
    }

    /** EBADF, EINVAL, ENOTSOCK: no attempt will ever succeed. */
    private static boolean isFatal(Throwable e) {
        String message = e.getMessage();
        return e instanceof SocketException
                && message != null
                && (message.startsWith("Bad file descriptor")
                        || message.startsWith("Invalid argument")
                        || message.startsWith("Socket operation on non-socket"));
    }

    private @Nullable Throwable begin(Job job) {
        server.begins(job);
        if (server.closed()) {
            job.cancel(); // who stops waits for what has begun: nothing begins after that
            return null;
        }
        boolean spawned = false;
        try {
            if (server.isBounded()) {
                takePlace(job);
            }
            server.spawn().spawn(this, job);
            spawned = true;
            return null;
        } catch (RejectedExecutionException e) {
            job.cancel();
            return server.refuses() ? null : e;
        } catch (Exception | OutOfMemoryError | LinkageError e) {
            job.cancel();
            if (access.isInterruption(e)) { // who interrupts the acceptor wants it to end
                throw CallerAccess.<RuntimeException>sneaky(e);
            }
            return e;
        } finally {
            if (!spawned) {
                job.cancel();
            }
        }
    }

    // ---- places

    /**
     * Waits for a place and for a connection, at the same moment, so that none is accepted for
     * which there is no place: another acceptor, or another user of the pool, may have taken it
     * while this one waited for a connection.
     *
     * @return false if the server was stopped
     */
    private boolean awaitBoth() throws IOException {
        do {
            while (server.full()) {
                if (!waiting(server::awaitPlace)) {
                    return false;
                }
            }
            endpoint.awaitOne();
        } while (server.full());
        return true;
    }

    /** Where one cannot wait for a connection without taking it, it may have to wait here. */
    private void takePlace(Job job) throws Exception {
        var places = server.places();
        if (places == null) {
            return;
        }
        if (!places.tryAcquire() && !waiting(places::acquire)) {
            throw new RejectedExecutionException("stopped");
        }
        job.hasPlace = true;
    }

    /**
     * Does what waits for a place, unless the server was stopped.
     *
     * @return false if it was
     */
    boolean waiting(Runnable wait) {
        wakeable = true;
        try {
            if (server.closed()) {
                return false;
            }
            wait.run();
            return !server.closed();
        } finally {
            wakeable = false;
        }
    }

    // ---- failures

    private long backOff(long lastDelay, Throwable failure) {
        if (calm.ends()) {
            access.report(hub, server, failure);
        }
        long delay =
                lastDelay == 0 ? FIRST_DELAY_MILLIS : Math.min(2 * lastDelay, LAST_DELAY_MILLIS);
        stopped.await(Duration.ofMillis(delay));
        return delay;
    }
}
