package dev.jevent.benchmarks.contenders;

import java.util.ArrayList;
import java.util.List;

/** Virtual threads that sleep for random times: how late they wake, and the process's CPU time. */
public final class JdkTimers {

    private JdkTimers() {}

    public static void main(String[] args) throws Exception {
        Sleepers sleepers = new Sleepers();
        List<Thread> threads = new ArrayList<>(sleepers.count());
        for (int i = 0; i < sleepers.count(); i++) {
            int number = i;
            threads.add(Thread.startVirtualThread(() -> run(sleepers, number)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        sleepers.report();
    }

    private static void run(Sleepers sleepers, int number) {
        try {
            sleepers.run(number, Thread::sleep);
        } catch (Exception e) {
            throw new IllegalStateException("sleeper " + number, e);
        }
    }
}
