package dev.jevent.resolver.dns;

import dev.jevent.lock.Semaphore;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Asks the servers one after the other, some times over, until each question has an answer or the
 * time is over. A server that fails, refuses, or does not answer hands on to the next one. Any
 * thread.
 */
final class Servers {

    private final LongSupplier clock;
    private final Counters counters;
    private final Exchange.Disturbance disturbance;
    private final Semaphore permits;
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * Nobody is asked yet.
     *
     * @param inFlight how many servers are asked at the same time; more packets than the system has
     *     buffers for would be lost
     */
    Servers(int inFlight, LongSupplier clock, Counters counters, Exchange.Disturbance disturbance) {
        this.permits = new Semaphore(inFlight);
        this.clock = clock;
        this.counters = counters;
        this.disturbance = disturbance;
    }

    /** Those that are answered know it. */
    void ask(
            List<Question> questions,
            Settings settings,
            int attempts,
            long deadline,
            Report report) {
        List<Question> open = new ArrayList<>(questions);
        List<InetSocketAddress> servers = settings.servers();
        int first = settings.rotate() ? turn.getAndIncrement() & Integer.MAX_VALUE : 0;
        for (int attempt = 0; attempt < attempts; attempt++) {
            for (int i = 0; i < servers.size(); i++) {
                if (!begin(deadline)) {
                    return;
                }
                try {
                    askOne(
                            servers.get((first + i) % servers.size()),
                            open,
                            settings,
                            deadline,
                            report);
                } finally {
                    permits.release();
                }
                open.removeIf(q -> q.answer != null);
                if (open.isEmpty()) {
                    return;
                }
            }
        }
    }

    /** Whether there is time left when it may. */
    private boolean begin(long deadline) {
        long left = deadline - clock.getAsLong();
        return left > 0 && (permits.tryAcquire() || permits.acquire(Duration.ofNanos(left)));
    }

    private void askOne(
            InetSocketAddress server,
            List<Question> open,
            Settings settings,
            long deadline,
            Report report) {
        long now = clock.getAsLong();
        long until = now + Math.min(deadline - now, settings.timeout().toNanos());
        var exchange = new Exchange(server, until, report, clock, counters, disturbance);
        open.forEach(Question::beginAnew);
        if (settings.tcp()) {
            open.forEach(exchange::tcp);
        } else if (settings.oneByOne()) {
            open.forEach(q -> exchange.udp(List.of(q)));
        } else {
            exchange.udp(open);
        }
    }
}
