package dev.jevent.server;

import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a server does at the moment, and those who wait for its end. Any thread. */
final class Jobs {

    private static final Duration KILLED_MAY_TAKE = Duration.ofSeconds(1);

    private final Set<Job> jobs = ConcurrentHashMap.newKeySet();
    private final Queue<Waiter<Void>> stopping = new ConcurrentLinkedQueue<>();

    void add(Job job) {
        jobs.add(job);
    }

    void remove(Job job) {
        jobs.remove(job);
        if (!stopping.isEmpty()) {
            wakeStopping();
        }
    }

    int size() {
        return jobs.size();
    }

    /** Those that have not begun never will. */
    void cancelAll() {
        jobs.forEach(Job::cancel);
    }

    /**
     * Lets the idle ones end, waits for the others and kills them when the time is over, or when
     * the caller is thrown out of its wait. A job that calls this waits neither for itself nor for
     * another that does the same.
     */
    void end(long nanos) {
        Job caller = jobs.stream().filter(Job::isCaller).findAny().orElse(null);
        if (caller != null) {
            caller.stopsItsServer = true;
            wakeStopping(); // another that stops does not wait for it any more
        }
        try {
            jobs.forEach(Job::letGo);
            awaitOrKill(caller, nanos);
        } finally {
            if (caller != null) {
                caller.stopsItsServer = false;
            }
        }
    }

    private void awaitOrKill(@Nullable Job caller, long nanos) {
        boolean allEnded = false;
        try {
            allEnded = awaitOthers(caller, nanos);
        } finally {
            if (!allEnded) {
                jobs.stream().filter(j -> j != caller).forEach(Job::kill);
            }
        }
        if (!allEnded) {
            boolean ignored = awaitOthers(caller, KILLED_MAY_TAKE.toNanos());
        }
    }

    /** Whether all but the caller have ended in time. */
    private boolean awaitOthers(@Nullable Job caller, long nanos) {
        HubAccess access = HubAccess.get();
        long end = access.nanoTime() + nanos;
        while (!othersEnded(caller)) {
            var waiter = new Waiter<Void>();
            stopping.add(waiter);
            try {
                long left = end - access.nanoTime();
                if (!othersEnded(caller) && (left <= 0 || !access.await(waiter, left))) {
                    return false;
                }
            } finally {
                stopping.remove(waiter);
            }
        }
        return true;
    }

    private boolean othersEnded(@Nullable Job caller) {
        return jobs.isEmpty() || caller != null && jobs.stream().allMatch(j -> j.stopsItsServer);
    }

    private void wakeStopping() {
        for (Waiter<Void> waiter : stopping) {
            waiter.switchTo(null);
        }
    }
}
