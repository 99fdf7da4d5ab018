package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.Select;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The channels of jox, between virtual threads: nanoseconds for one hand-off of each that is named,
 * with commas between the names.
 */
public final class JoxToolkit {

    private JoxToolkit() {}

    public static void main(String[] args) throws Exception {
        JdkToolkit.inVirtualThread(
                () -> Work.report(args[0], List.of(works()), JdkToolkit::measure));
    }

    private static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("queue-stream-1", () -> stream(Channel.newBufferedChannel(1))),
                entry("queue-stream-100", () -> stream(Channel.newBufferedChannel(100))),
                entry("channel-handoff", JoxToolkit::pingPong),
                entry("channel-stream", () -> stream(Channel.newRendezvousChannel())),
                entry("select", JoxToolkit::select));
    }

    private static Work pingPong() {
        Channel<Integer> ping = Channel.newRendezvousChannel();
        Channel<Integer> pong = Channel.newRendezvousChannel();
        return Items.pingPong(ping::send, ping::receive, pong::send, pong::receive);
    }

    private static Work stream(Channel<Integer> channel) {
        return Items.stream(channel::send, channel::receive);
    }

    private static Work select() {
        Channel<Integer> left = Channel.newRendezvousChannel();
        Channel<Integer> right = Channel.newRendezvousChannel();
        return Items.fromTwo(
                left::send,
                right::send,
                () -> Select.select(left.receiveClause(), right.receiveClause()));
    }
}
