package dev.jevent.resolver;

import dev.jevent.Jevent;
import dev.jevent.event.AsyncResult;
import dev.jevent.internal.CallerAccess;

import org.jspecify.annotations.Nullable;

import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets those who ask the same thing at the same time share one question. The first one asks, the
 * others wait for what comes out of it. One who is killed, timed out or interrupted goes alone: if
 * it is the first, its question goes on without it when it is under way on a worker; else one of
 * the others asks anew.
 *
 * <p>All methods may be called from any thread.
 */
final class Flights {

    private record Outcome(@Nullable Object value, @Nullable Throwable error) {}

    /** The one who asked gave up; nothing is known. */
    private static final Outcome ABANDONED = new Outcome(null, null);

    private static final class Flight {
        final Thread leader = Thread.currentThread();
        final AsyncResult<Outcome> outcome = new AsyncResult<>();
        // to be begun by the worker or abandoned by the leader: one of them only
        final AtomicBoolean taken = new AtomicBoolean();
    }

    private final boolean onWorkers;
    private final ConcurrentHashMap<Object, Flight> flights = new ConcurrentHashMap<>();

    /**
     * None yet.
     *
     * @param onWorkers whether the questions truly block and go to the workers of the hub; a caller
     *     that has none asks in place
     */
    Flights(boolean onWorkers) {
        this.onWorkers = onWorkers;
    }

    /** Asks the question, or waits for the answer to the same one. */
    <T> T once(Object key, Callable<T> question) throws Exception {
        if (onWorkers ? !Callers.haveHub() : !Callers.isOpen()) {
            return question.call();
        }
        Thread me = Thread.currentThread();
        for (; ; ) {
            var mine = new Flight();
            Flight other = flights.putIfAbsent(key, mine);
            if (other == null) {
                return onWorkers ? send(key, mine, question) : fly(key, mine, question);
            }
            if (other.leader == me) {
                return question.call(); // it asks itself: waiting would be for ever
            }
            other.outcome.await();
            Outcome outcome = other.outcome.value();
            if (outcome != ABANDONED) {
                return result(outcome);
            }
        }
    }

    /** In place. */
    private <T> T fly(Object key, Flight mine, Callable<T> question) throws Exception {
        Outcome outcome = ABANDONED;
        try {
            T value = question.call();
            outcome = new Outcome(value, null);
            return value;
        } catch (Exception e) {
            if (!CallerAccess.get().isInterruption(e)) {
                outcome = new Outcome(null, e);
            }
            throw e;
        } finally {
            end(key, mine, outcome);
        }
    }

    /** On a worker. */
    private <T> T send(Object key, Flight mine, Callable<T> question) throws Exception {
        try {
            Jevent.blocking(() -> perform(key, mine, question));
        } finally {
            if (mine.taken.compareAndSet(false, true)) {
                end(key, mine, ABANDONED); // no worker has begun it, and now none will
            }
        }
        return result(mine.outcome.value());
    }

    private void perform(Object key, Flight mine, Callable<?> question) {
        if (!mine.taken.compareAndSet(false, true)) {
            return;
        }
        Outcome outcome = ABANDONED;
        try {
            outcome = new Outcome(question.call(), null);
        } catch (Throwable e) {
            outcome = new Outcome(null, e); // the leader throws it, unless it has gone
        } finally {
            end(key, mine, outcome);
        }
    }

    /** Off the map first, so that who asks from now on begins anew. */
    private void end(Object key, Flight mine, Outcome outcome) {
        flights.remove(key, mine);
        mine.outcome.set(outcome);
    }

    @SuppressWarnings("unchecked")
    private static <T> T result(Outcome outcome) {
        if (outcome.error != null) {
            throw CallerAccess.<RuntimeException>sneaky(forTheCaller(outcome.error));
        }
        return (T) outcome.value;
    }

    /** The error belongs to another thread: with its stack trace alone nobody finds the caller. */
    private static Throwable forTheCaller(Throwable error) {
        if (!(error instanceof UnknownHostException)) {
            return error;
        }
        var copy = new UnknownHostException(error.getMessage());
        copy.initCause(error);
        return copy;
    }

    /** How many questions are under way. */
    int size() {
        return flights.size();
    }
}
