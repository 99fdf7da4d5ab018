package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import dev.jevent.queue.Channel;
import dev.jevent.queue.PriorityQueue;
import dev.jevent.queue.Select;
import dev.jevent.queue.SimpleQueue;

import java.util.Map;
import java.util.function.Supplier;

/** jevent's queues and channels. */
final class JeventQueues {

    private JeventQueues() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("queue", () -> through(new SimpleQueue<>())),
                entry("queue-bounded", () -> through(new SimpleQueue<>(100))),
                entry("queue-handoff", () -> pingPong(new SimpleQueue<>(), new SimpleQueue<>())),
                entry("queue-stream-1", () -> stream(new SimpleQueue<>(1))),
                entry("queue-stream-100", () -> stream(new SimpleQueue<>(100))),
                entry("priorityqueue", JeventQueues::priorityQueue),
                entry(
                        "priorityqueue-handoff",
                        () -> pingPong(new PriorityQueue<>(), new PriorityQueue<>())),
                entry("channel-handoff", JeventQueues::channels),
                entry("channel-stream", JeventQueues::channel),
                entry("select", JeventQueues::select));
    }

    private static Work through(SimpleQueue<Integer> queue) {
        return Items.throughOne(queue::put, queue::get);
    }

    private static Work pingPong(SimpleQueue<Integer> ping, SimpleQueue<Integer> pong) {
        return Items.pingPong(ping::put, ping::get, pong::put, pong::get);
    }

    private static Work stream(SimpleQueue<Integer> queue) {
        return Items.stream(queue::put, queue::get);
    }

    private static Work priorityQueue() {
        PriorityQueue<Integer> queue = new PriorityQueue<>();
        queue.addAll(Items.FEW);
        return Items.leastOf(queue::put, queue::get);
    }

    private static Work channels() {
        Channel<Integer> ping = new Channel<>();
        Channel<Integer> pong = new Channel<>();
        return Items.pingPong(ping::put, ping::get, pong::put, pong::get);
    }

    private static Work channel() {
        Channel<Integer> channel = new Channel<>();
        return Items.stream(channel::put, channel::get);
    }

    private static Work select() {
        Channel<Integer> left = new Channel<>();
        Channel<Integer> right = new Channel<>();
        return Items.fromTwo(
                left::put,
                right::put,
                () ->
                        new Select<Integer>()
                                .get(left, item -> item)
                                .get(right, item -> item)
                                .await());
    }
}
