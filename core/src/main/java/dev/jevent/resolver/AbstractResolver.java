package dev.jevent.resolver;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Waiter;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Share;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * What all resolvers have in common: literals are never asked for, and those who ask the same at
 * the same time share one question. One of them who is killed, timed out or interrupted goes alone.
 * Follows {@code gevent.resolver.AbstractResolver}.
 *
 * <p>The methods to be written are called by any thread, by many at a time, and may block as a
 * greenlet may.
 */
public abstract class AbstractResolver implements Resolver {

    private record ByName(String name, Families families) {}

    /** With the scope, which the equality of {@link InetAddress} passes over. */
    private record ByAddress(InetAddress address, int scope) {}

    private final Flights flights;

    /** One that asks in the greenlet or thread that wants to know. */
    protected AbstractResolver() {
        this(false);
    }

    AbstractResolver(boolean onWorkers) {
        flights = new Flights(onWorkers);
    }

    @Override
    public final List<InetAddress> lookup(String name, Families families)
            throws UnknownHostException {
        Objects.requireNonNull(name, "a name to look up");
        Objects.requireNonNull(families, "families");
        List<InetAddress> literal = Literals.of(name, families);
        if (literal != null) {
            return literal;
        }
        String key = name.toLowerCase(Locale.ROOT);
        return once(new ByName(key, families), () -> List.copyOf(ask(name, families)));
    }

    @Override
    public final String reverse(InetAddress address) throws UnknownHostException {
        Objects.requireNonNull(address, "an address");
        int scope = address instanceof Inet6Address six ? six.getScopeId() : 0;
        return once(new ByAddress(address, scope), () -> askReverse(address));
    }

    /**
     * Looks it up.
     *
     * @param name neither a literal nor empty
     * @return those of the families, in their order; at least one
     * @throws UnknownHostException as {@link #lookup} throws it
     */
    protected abstract List<InetAddress> ask(String name, Families families)
            throws UnknownHostException;

    /**
     * Looks it up.
     *
     * @throws UnknownHostException as {@link #reverse} throws it
     */
    protected abstract String askReverse(InetAddress address) throws UnknownHostException;

    /**
     * Asks, or waits for the answer to a question with an equal key that is asked already.
     *
     * @throws UnknownHostException if the question does; with the one who asked as the cause
     */
    protected final <T> T once(Object key, Callable<T> question) throws UnknownHostException {
        if (Callers.isOpen()) {
            Share.take(1); // the answer may be at hand
        }
        try {
            return flights.once(key, question);
        } catch (UnknownHostException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw CallerAccess.<RuntimeException>sneaky(e); // an interrupt, in its many faces
        }
    }

    /**
     * Does it so that blocking calls of the JDK do not hold up the caller's hub: in the caller, or,
     * if that is the root of a hub, in a greenlet of that hub. What happens to the caller ends it.
     */
    protected static <T> T inGreenlet(Callable<T> task) throws UnknownHostException {
        try {
            if (!Callers.areRoot()) {
                return task.call();
            }
            Greenlet<Attempt<T>> greenlet = Jevent.spawn(() -> attempt(task));
            try {
                greenlet.join();
            } finally {
                if (!greenlet.ready()) {
                    Jevent.kill(greenlet);
                }
            }
            Attempt<T> done = greenlet.get();
            if (done.error == null) {
                return done.value;
            }
            throw done.error;
        } catch (UnknownHostException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw CallerAccess.<RuntimeException>sneaky(e); // an interrupt, in its many faces
        }
    }

    private record Attempt<T>(@Nullable T value, @Nullable Exception error) {}

    /** A failure is for the one who waits, and not for the hub's error handler. */
    private static <T> Attempt<T> attempt(Callable<T> task) {
        try {
            return new Attempt<>(task.call(), null);
        } catch (Exception e) {
            return new Attempt<>(null, e);
        }
    }

    /** How many questions are under way. */
    protected final int underWay() {
        return flights.size();
    }

    /** The clock that the caller's waits follow, in nanoseconds. */
    protected static long nanoTime() {
        return Callers.isOpen() ? HubAccess.get().nanoTime() : System.nanoTime();
    }

    /**
     * The same error, if it tells of the network. If it is what the JDK says to one who is killed,
     * timed out or interrupted, that is thrown instead.
     */
    protected static <E extends IOException> E undisturbed(E error) {
        if (Callers.isOpen() && CallerAccess.get().isInterruption(error)) {
            Thread.currentThread().interrupt();
            boolean ignored = new Waiter<Void>().await(Duration.ZERO); // throws what it stands for
        }
        return error;
    }
}
