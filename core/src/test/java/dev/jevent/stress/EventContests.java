package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.Waitable;
import dev.jevent.event.AsyncResult;
import dev.jevent.event.Event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/** Events, results, and waiting for any of several. */
final class EventContests {

    private EventContests() {}

    /** Set and cleared again at once: everybody who waits goes through, and nobody else does. */
    static final class Events implements Contest {
        private final Event event = new Event();
        private final AtomicBoolean setter = new AtomicBoolean(); // one at a time sets
        private final AtomicInteger sets = new AtomicInteger(); // begun
        private final AtomicInteger clears = new AtomicInteger(); // ended
        private final AtomicInteger links = new AtomicInteger();
        private final AtomicInteger told = new AtomicInteger();

        @Override
        public void step(Fighter f) throws Exception {
            switch (f.random.nextInt(6)) {
                case 0, 1 -> setAndClear();
                case 2 -> link(f);
                default -> {
                    int cleared = clears.get();
                    if (f.attempt(event::await, event::await)) {
                        assertTrue(sets.get() > cleared, "it was not set, and somebody went on");
                    }
                }
            }
        }

        private void setAndClear() {
            if (setter.compareAndSet(false, true)) {
                sets.incrementAndGet();
                event.set();
                event.clear();
                clears.incrementAndGet();
                setter.set(false);
            }
        }

        private void link(Fighter f) {
            var once = new AtomicInteger();
            Consumer<Waitable> callback =
                    e -> {
                        if (once.incrementAndGet() == 1) {
                            told.incrementAndGet();
                        } else {
                            told.addAndGet(1_000_000);
                        }
                    };
            if (f.random.nextBoolean() && f.greenlet != null) {
                links.incrementAndGet();
                event.rawLink(callback);
            } else {
                event.rawLink(e -> {});
                event.unlink(callback); // of nobody
            }
        }

        @Override
        public void help() {
            setAndClear();
        }

        @Override
        public void check() throws Exception {
            event.set();
            long end = System.nanoTime() + 10_000_000_000L;
            while (told.get() < links.get() && System.nanoTime() < end) {
                Thread.sleep(1); // the loops of the fighters call back
            }
            assertEquals(links.get(), told.get(), "each link is told once");
        }
    }

    /** Many results in a row, each set by one and seen by all. */
    static final class Results implements Contest {
        private static final int MOST = 100_000;
        private final AtomicReferenceArray<AsyncResult<Integer>> results =
                new AtomicReferenceArray<>(MOST);
        private final AtomicReferenceArray<Integer> values = new AtomicReferenceArray<>(MOST);
        private final AtomicInteger current = new AtomicInteger();
        private final AtomicInteger tried = new AtomicInteger();
        private final AtomicInteger won = new AtomicInteger();

        AsyncResult<Integer> result(int i) {
            AsyncResult<Integer> r = results.get(i);
            if (r == null) {
                results.compareAndSet(i, null, new AsyncResult<>());
                r = results.get(i);
            }
            return r;
        }

        @Override
        public void step(Fighter f) throws Exception {
            int i = current.get();
            switch (f.random.nextInt(8)) {
                case 0, 1, 2 -> set(i, f.random.nextInt(4) == 0);
                case 3 -> {
                    AsyncResult<Integer> r = result(i);
                    if (f.attempt(r::await, r::await)) {
                        assertTrue(r.ready());
                    }
                }
                default -> {
                    Integer[] got = new Integer[1];
                    AsyncResult<Integer> r = result(i);
                    if (f.attempt(() -> got[0] = value(r), d -> r.await(d))) {
                        same(i, got[0] == null ? value(r) : got[0]);
                    }
                }
            }
        }

        private static Integer value(AsyncResult<Integer> r) throws Exception {
            try {
                return r.get();
            } catch (ExecutionException e) {
                return Integer.valueOf(e.getCause().getMessage());
            }
        }

        private void same(int i, Integer value) {
            if (!values.compareAndSet(i, null, value)) {
                assertEquals(values.get(i), value, "all see the same");
            }
        }

        private void set(int i, boolean asFailure) {
            int value = tried.incrementAndGet();
            boolean mine =
                    asFailure
                            ? result(i).trySetException(new Exception("" + value))
                            : result(i).trySet(value);
            if (mine) {
                won.incrementAndGet();
                same(i, value);
                current.incrementAndGet();
            }
        }

        @Override
        public void help() {
            set(current.get(), false);
        }

        @Override
        public void check() {
            assertEquals(current.get(), won.get(), "each is set once");
            assertFalse(result(current.get()).ready());
        }
    }

    /** {@link Jevent#wait} for some of several. */
    static final class Waits implements Contest {
        private final Results results = new Results();

        @Override
        public void step(Fighter f) throws Exception {
            int i = results.current.get();
            if (f.random.nextBoolean()) {
                results.set(i, false);
                return;
            }
            List<AsyncResult<Integer>> some = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                some.add(results.result(i + n));
            }
            int count = 1 + f.random.nextInt(3);
            List<AsyncResult<Integer>> ready = new ArrayList<>();
            f.attempt(
                    () -> {
                        try (var any = Jevent.iwait(some)) {
                            while (ready.size() < count) {
                                ready.add(any.next());
                            }
                        }
                    },
                    d -> timed(some, d, count, ready));
            ready.forEach(r -> assertTrue(r.ready()));
            assertEquals(ready.size(), ready.stream().distinct().count());
            assertTrue(ready.size() <= count);
        }

        private static boolean timed(
                List<AsyncResult<Integer>> some,
                Duration d,
                int count,
                List<AsyncResult<Integer>> ready) {
            ready.addAll(Jevent.wait(some, d, count));
            return ready.size() == count;
        }

        @Override
        public void help() {
            results.help();
        }

        @Override
        public void check() {
            results.check();
        }
    }
}
