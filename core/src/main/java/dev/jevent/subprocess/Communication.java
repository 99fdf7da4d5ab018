package dev.jevent.subprocess;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is to be written to a child and read from it, with a {@link Pump} for each pipe, so that
 * none holds up another. They pump while somebody waits in {@link #run}, in his hub, and are ended
 * when he leaves before they are done; what they have moved by then is not lost, and the next
 * {@code run} goes on from there.
 */
final class Communication {

    private final Popen popen;
    private final Command command;
    private final List<Pump> pumps = new ArrayList<>();
    private final Pump.Collect out;
    private final Pump.Collect err;
    private final SpinLock lock = new SpinLock();
    private boolean running; // guarded by lock
    private @Nullable PumpCrew crew; // of the last run; own thread of who is running

    Communication(Popen popen, Command command, byte @Nullable [] input) {
        this.popen = popen;
        this.command = command;
        this.out = new Pump.Collect(popen.getInputStream(), command.outputLimit);
        this.err = new Pump.Collect(popen.getErrorStream(), command.outputLimit);
        if (popen.getOutputStream() instanceof ChildInput stdin) {
            pumps.add(new Pump.Feed(stdin, input == null ? new byte[0] : input));
        }
        pumps.add(out);
        pumps.add(err);
    }

    private Output output() {
        return new Output(out.bytes(), err.bytes(), command.charset);
    }

    /** Negative nanoseconds for no limit. */
    Output run(long nanos) throws IOException {
        begin();
        try {
            long end = nanos < 0 ? 0 : HubAccess.get().nanoTime() + nanos;
            if (!pump(nanos, end) || !popen.awaitNanos(left(nanos, end))) {
                throw new TimeoutExpired(command.args, Duration.ofNanos(nanos), output());
            }
            return output();
        } finally {
            lock.lock();
            running = false;
            lock.unlock();
        }
    }

    private void begin() {
        boolean first;
        lock.lock();
        first = !running;
        running = true;
        lock.unlock();
        if (!first) {
            throw new ConcurrentObjectUseError(
                    "another greenlet already communicates with " + popen);
        }
    }

    private static long left(long nanos, long end) {
        return nanos < 0 ? -1 : Math.max(0, end - HubAccess.get().nanoTime());
    }

    /** Whether everything was written and read in time. */
    private boolean pump(long nanos, long end) throws IOException {
        throwFailures(); // there is nothing to go on with
        if (crew != null && !crew.awaitAll(left(nanos, end))) {
            return false; // those of the run before are still on their way out
        }
        var mine = new PumpCrew(pumps.stream().filter(p -> !p.isDone()).toList());
        crew = mine;
        boolean done = false;
        try {
            mine.start();
            done = mine.await(left(nanos, end));
        } finally {
            if (!done) {
                mine.stop();
            }
        }
        if (pumps.stream().anyMatch(Pump::hasFailed)) {
            mine.stop(); // what the others would bring is of no use
            mine.awaitAllUndisturbed();
        }
        throwFailures();
        return done;
    }

    private void throwFailures() throws IOException {
        for (Pump p : pumps) {
            if (p.hasTooMuch()) {
                throw new OutputTooLarge(command, output());
            }
            p.throwFailure();
        }
    }
}
