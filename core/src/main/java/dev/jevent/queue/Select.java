package dev.jevent.queue;

import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Does exactly one of several gets and puts, whichever can be done first.
 *
 * <pre>{@code
 * String what = new Select<String>()
 *         .get(requests, r -> "request " + r)
 *         .put(answers, "hello", () -> "answered")
 *         .await();
 * }</pre>
 *
 * If several can be done at once, it is the first one in the order given. Otherwise it waits in all
 * queues and channels at the same time, in its turn as everybody; a select may meet another one. A
 * clause's function runs after its get or put, in the greenlet that selects, and gives the result.
 *
 * <p>Any greenlet or thread may select. When it is killed, times out or is interrupted while it
 * waits, none of the clauses has happened. Where a clause meets an end marker, this throws {@link
 * QueueEnd}; a clause on something that is shut down, and has nothing left, throws {@link
 * ShutDown}. A select can be used again, by several at once too, once all clauses are added.
 *
 * @param <R> the type of the result
 */
public final class Select<R> {

    /** A get, or the put of an item. */
    private record Clause<R>(
            Exchange exchange,
            Object source,
            @Nullable Object item,
            Function<Object, ? extends R> then) {

        /** Under the lock; null if it cannot be done now. */
        @Nullable Object attempt() {
            if (item == null) {
                return exchange.take();
            }
            Object outcome = exchange.admit(item);
            return outcome == Exchange.FULL ? null : outcome == null ? DONE : outcome;
        }

        /** Under the lock: whether it can be done now. Asks no comparator. */
        boolean isReady() {
            return item == null ? exchange.isReady() : exchange.hasRoom();
        }

        WaitQueue<Object> queue() {
            return item == null ? exchange.getters : exchange.putters;
        }

        /** Its end, without locks: throws, or answers the result. */
        R finish(@Nullable Object outcome) {
            if (item == null) {
                return then.apply(Outcomes.item(outcome, source));
            }
            Outcomes.put(outcome == DONE ? null : outcome, source, null);
            return then.apply(item);
        }
    }

    /**
     * A clause that stands in its queue. All of one select share a waiter: whoever decides that
     * first, by one compare-and-set, has the select, and the other clauses have given up by it.
     */
    private static final class Place extends Stand {
        private final Waiting<Object> shared;
        private final Clause<?> clause;
        private final Happened<?> result; // made before, so that what was taken is not lost

        Place(Clause<?> clause, Waiting<Object> shared) {
            super(clause.item, false);
            this.shared = shared;
            this.clause = clause;
            this.result = new Happened<>(clause);
        }

        @Override
        @Nullable Object decide(@Nullable Object outcome) {
            result.outcome = outcome;
            return HUBS.decide(shared, this);
        }

        @Override
        boolean isWaiting() {
            return HUBS.isAwaited(shared);
        }
    }

    private static final Object DONE = new Object(); // a put was done
    private static final long WITHOUT_END = -1;

    private final List<Clause<R>> clauses = new ArrayList<>(4);
    private Exchange[] exchanges = new Exchange[4]; // of the clauses, as they are locked
    private int count; // of the exchanges

    /** One without clauses. */
    public Select() {}

    /** To get an item; the function makes the result of it. */
    public <T> Select<R> get(SimpleQueue<T> queue, Function<? super T, ? extends R> then) {
        return get(queue.stock, queue, then);
    }

    /** To get an item; the function makes the result of it. */
    public <T> Select<R> get(Channel<T> channel, Function<? super T, ? extends R> then) {
        return get(channel.exchange, channel, then);
    }

    @SuppressWarnings("unchecked")
    private <T> Select<R> get(
            Exchange exchange, Object source, Function<? super T, ? extends R> then) {
        if (then == null) {
            throw new NullPointerException("a get clause needs a function for the item");
        }
        return add(new Clause<>(exchange, source, null, item -> then.apply((T) item)));
    }

    /** To put the item; the supplier gives the result then. */
    public <T> Select<R> put(SimpleQueue<T> queue, T item, Supplier<? extends R> then) {
        return put(queue.stock, queue, item, then);
    }

    /** To put the item; the supplier gives the result then. */
    public <T> Select<R> put(Channel<T> channel, T item, Supplier<? extends R> then) {
        return put(channel.exchange, channel, item, then);
    }

    private Select<R> put(
            Exchange exchange, Object source, Object item, Supplier<? extends R> then) {
        if (then == null) {
            throw new NullPointerException("a put clause needs a supplier of the result");
        }
        Outcomes.notNull(item);
        return add(new Clause<>(exchange, source, item, ignored -> then.get()));
    }

    private Select<R> add(Clause<R> clause) {
        clauses.add(clause);
        if (count == exchanges.length) {
            exchanges = Arrays.copyOf(exchanges, 2 * count);
        }
        count = Locks.insert(exchanges, count, clause.exchange);
        return this;
    }

    /**
     * Waits until one clause has happened.
     *
     * @return what its function answered
     */
    public R await() {
        Happened<R> happened = select(WITHOUT_END);
        return happened.clause.finish(happened.outcome);
    }

    /**
     * Waits until one clause has happened, but not longer than the time.
     *
     * @return what its function answered; empty if none happened, or if the answer was null
     */
    public Optional<R> await(Duration timeout) {
        return result(select(Stand.HUBS.nanos(timeout)));
    }

    /**
     * Does one clause if that can be done now.
     *
     * @return as {@link #await(Duration)}
     */
    public Optional<R> tryNow() {
        return result(select(0));
    }

    private Optional<R> result(@Nullable Happened<R> happened) {
        return happened == null
                ? Optional.empty()
                : Optional.ofNullable(happened.clause.finish(happened.outcome));
    }

    private static final class Happened<R> {
        private final Clause<R> clause;
        private @Nullable Object outcome; // written under the lock, before it is decided

        Happened(Clause<R> clause) {
            this.clause = clause;
        }
    }

    /** Null if the time is over. */
    private @Nullable Happened<R> select(long nanos) {
        if (clauses.isEmpty()) {
            throw new IllegalStateException("a select without clauses would wait for ever");
        }
        StackRoom.operation();
        Place[] places;
        Waiting<Object> shared;
        var locks = new Locks(exchanges, count);
        try {
            Happened<R> happened = attempt(locks);
            if (happened != null || nanos == 0) {
                return happened;
            }
            shared = Waiting.ofTheCaller(); // may throw what is pending for the caller
            places = stand(shared);
        } finally {
            locks.release();
        }
        Place happened = null;
        try {
            if (nanos >= 0 && !Stand.HUBS.await(shared, nanos)) {
                return null;
            }
            happened = (Place) shared.get();
            return happened(happened);
        } finally {
            // All others, and all if it gave up. Their places meant nothing since it was decided.
            for (Place place : places) {
                if (place != happened) { // that one was taken out by who decided
                    place.clause.exchange.leave(place.clause.queue(), place);
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <R> Happened<R> happened(Place place) {
        return (Happened<R>) place.result;
    }

    /**
     * The first clause that can be done. It stands nowhere yet, so nobody can decide about it
     * meanwhile, and it cannot meet itself.
     */
    private @Nullable Happened<R> attempt(Locks locks) {
        for (int i = 0; i < clauses.size(); i++) {
            Clause<R> c = clauses.get(i);
            if (c.exchange.callsUser()) {
                if (!c.isReady()) {
                    continue;
                }
                locks.releaseOthers(c.exchange); // a comparator runs under no spin lock
            }
            Happened<R> happened = new Happened<>(c);
            happened.outcome = c.attempt();
            if (happened.outcome != null) {
                return happened;
            }
        }
        return null;
    }

    private Place[] stand(Waiting<Object> shared) {
        var places = new Place[clauses.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = new Place(clauses.get(i), shared);
        }
        for (Place place : places) { // all are there: none stands alone for want of memory
            Clause<?> c = place.clause;
            if (c.item == null) {
                c.exchange.getters.add(place);
            } else {
                c.exchange.addPutter(place);
            }
        }
        return places;
    }
}
