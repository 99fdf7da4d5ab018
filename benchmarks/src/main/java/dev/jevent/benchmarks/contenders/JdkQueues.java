package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.function.Supplier;

/** The JDK's queues; for a channel stands its {@link SynchronousQueue}. */
final class JdkQueues {

    private JdkQueues() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("queue", () -> through(new LinkedBlockingQueue<>())),
                entry("queue-bounded", () -> through(new ArrayBlockingQueue<>(100))),
                entry(
                        "queue-handoff",
                        () -> pingPong(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>())),
                entry("queue-stream-1", () -> stream(new ArrayBlockingQueue<>(1))),
                entry("queue-stream-100", () -> stream(new ArrayBlockingQueue<>(100))),
                entry("priorityqueue", JdkQueues::priorityQueue),
                entry(
                        "priorityqueue-handoff",
                        () ->
                                pingPong(
                                        new PriorityBlockingQueue<>(),
                                        new PriorityBlockingQueue<>())),
                entry(
                        "channel-handoff",
                        () -> pingPong(new SynchronousQueue<>(), new SynchronousQueue<>())),
                entry("channel-stream", () -> stream(new SynchronousQueue<>())));
    }

    private static Work through(BlockingQueue<Integer> queue) {
        return Items.throughOne(queue::put, queue::take);
    }

    private static Work priorityQueue() {
        BlockingQueue<Integer> queue = new PriorityBlockingQueue<>(Items.FEW);
        return Items.leastOf(queue::put, queue::take);
    }

    private static Work pingPong(BlockingQueue<Integer> ping, BlockingQueue<Integer> pong) {
        return Items.pingPong(ping::put, ping::take, pong::put, pong::take);
    }

    private static Work stream(BlockingQueue<Integer> queue) {
        return Items.stream(queue::put, queue::take);
    }
}
