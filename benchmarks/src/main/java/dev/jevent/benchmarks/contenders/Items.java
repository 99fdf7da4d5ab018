package dev.jevent.benchmarks.contenders;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What queues and channels have in common, whoever made them: how one item is put and taken, and
 * the works that are measured of it.
 */
final class Items {
    static final List<Integer> FEW = IntStream.range(0, 16).boxed().toList();

    private static final Integer ITEM = 1;

    /** Puts an item, and waits for room. */
    interface Put {
        void put(Integer item) throws Exception;
    }

    /** Takes an item, and waits for one. */
    interface Take {
        Integer take() throws Exception;
    }

    private Items() {}

    /** In and out again, alone. */
    static Work throughOne(Put put, Take take) {
        return Work.alone(
                () -> {
                    put.put(ITEM);
                    check(take.take());
                });
    }

    /** The least out of one that holds {@link #FEW}, and another in. */
    static Work leastOf(Put put, Take take) {
        return Work.alone(
                () -> {
                    int least = take.take();
                    put.put((least + 37) % 100);
                });
    }

    /** To the partner through one, and back through another. */
    static Work pingPong(Put ping, Take pingTaken, Put pong, Take pongTaken) {
        return Work.pingPong(
                () -> {
                    ping.put(ITEM);
                    check(pongTaken.take());
                },
                () -> pong.put(pingTaken.take()));
    }

    /** From the partner, who puts as fast as it may. */
    static Work stream(Put put, Take take) {
        return Work.stream(() -> check(take.take()), () -> put.put(ITEM));
    }

    /** From the partner, who puts into two in turn. */
    static Work fromTwo(Put left, Put right, Take select) {
        return Work.stream(
                () -> check(select.take()),
                () -> {
                    left.put(ITEM);
                    right.put(ITEM);
                });
    }

    private static void check(Integer item) {
        if (item == null) {
            throw new IllegalStateException("nothing was taken");
        }
    }
}
