package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import dev.jevent.event.AsyncResult;
import dev.jevent.event.Event;
import dev.jevent.lock.Barrier;
import dev.jevent.lock.CountDownLatch;

import java.util.Map;
import java.util.function.Supplier;

/** jevent's events, results, latches and barriers. */
final class JeventEvents {

    private JeventEvents() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("event", JeventEvents::event),
                entry("event-handoff", JeventEvents::eventHandOff),
                entry("asyncresult", JeventEvents::asyncResult),
                entry("asyncresult-handoff", () -> new Results().work()),
                entry("latch", JeventEvents::latch),
                entry("latch-handoff", () -> new Latches().work()),
                entry("barrier-handoff", JeventEvents::barrier));
    }

    private static Work event() {
        Event event = new Event();
        event.set();
        return Work.alone(
                () -> {
                    if (event.isSet()) {
                        event.await();
                    }
                });
    }

    private static Work eventHandOff() {
        Event ping = new Event();
        Event pong = new Event();
        return Work.pingPong(
                () -> {
                    ping.set();
                    pong.await();
                    pong.clear();
                },
                () -> {
                    ping.await();
                    ping.clear();
                    pong.set();
                });
    }

    private static Work asyncResult() {
        return Work.alone(
                () -> {
                    AsyncResult<Integer> result = new AsyncResult<>();
                    result.set(1);
                    result.get();
                });
    }

    private static Work latch() {
        return Work.alone(
                () -> {
                    CountDownLatch latch = new CountDownLatch(1);
                    latch.countDown();
                    latch.await();
                });
    }

    private static Work barrier() {
        Barrier barrier = new Barrier(2);
        return Work.stream(barrier::await, barrier::await);
    }

    /** Each turn has a result of its own, made by the one who waits for it. */
    private static final class Results {
        private AsyncResult<Integer> mine = new AsyncResult<>();
        private AsyncResult<Integer> partners = new AsyncResult<>();

        Work work() {
            return Work.pingPong(
                    () -> {
                        mine = new AsyncResult<>();
                        partners.set(1);
                        mine.get();
                    },
                    () -> {
                        partners.get();
                        partners = new AsyncResult<>();
                        mine.set(1);
                    });
        }
    }

    /** Each turn has a latch of its own, made by the one who waits for it. */
    private static final class Latches {
        private CountDownLatch mine = new CountDownLatch(1);
        private CountDownLatch partners = new CountDownLatch(1);

        Work work() {
            return Work.pingPong(
                    () -> {
                        mine = new CountDownLatch(1);
                        partners.countDown();
                        mine.await();
                    },
                    () -> {
                        partners.await();
                        partners = new CountDownLatch(1);
                        mine.countDown();
                    });
        }
    }
}
