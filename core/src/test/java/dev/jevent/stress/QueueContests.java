package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.queue.Channel;
import dev.jevent.queue.Empty;
import dev.jevent.queue.Full;
import dev.jevent.queue.Queue;
import dev.jevent.queue.Select;
import dev.jevent.queue.SimpleQueue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Queues and channels: what is put is got, once, and in order. */
final class QueueContests {

    private static final int HELPER = 60;

    private QueueContests() {}

    private static boolean put(SimpleQueue<Integer> queue, Integer item, Duration d) {
        try {
            queue.put(item, d);
            return true;
        } catch (Full e) {
            return false;
        }
    }

    private static Integer get(SimpleQueue<Integer> queue, Duration d) {
        try {
            return queue.get(d);
        } catch (Empty e) {
            return null;
        }
    }

    private static boolean put(Channel<Integer> channel, Integer item, Duration d) {
        try {
            channel.put(item, d);
            return true;
        } catch (Full e) {
            return false;
        }
    }

    private static Integer get(Channel<Integer> channel, Duration d) {
        try {
            return channel.get(d);
        } catch (Empty e) {
            return null;
        }
    }

    /** Brings what is missing: an item if there is none, room if there is none. */
    private static void help(SimpleQueue<Integer> queue, Items items) {
        if (queue.isEmpty()) {
            Integer item = items.make(HELPER);
            if (put(queue, item, Duration.ZERO)) {
                items.put(item);
            }
        } else if (queue.isFull()) {
            take(queue, items);
        }
    }

    private static boolean take(SimpleQueue<Integer> queue, Items items) {
        Integer item = queue.poll();
        if (item == null) {
            return false;
        }
        items.got(item, HELPER);
        if (queue instanceof Queue<Integer> q) {
            q.taskDone();
        }
        return true;
    }

    private static void help(Channel<Integer> channel, Items items) {
        Integer made = items.make(HELPER);
        if (put(channel, made, Duration.ZERO)) {
            items.put(made);
        }
        Integer item = get(channel, Duration.ZERO);
        if (item != null) {
            items.got(item, HELPER);
        }
    }

    /** One queue, of any kind; all put and get. */
    static final class One implements Contest {
        private final SimpleQueue<Integer> queue;
        private final Items items;

        One(SimpleQueue<Integer> queue, boolean ordered) {
            this.queue = queue;
            this.items = new Items(ordered);
        }

        @Override
        public void step(Fighter f) throws Exception {
            int what = f.random.nextInt(16);
            if (what < 14) {
                boolean bring = queue.isEmpty() || queue.size() < 2 && !queue.isFull();
                if (f.random.nextBoolean() ? bring : f.random.nextBoolean()) {
                    put(f);
                } else {
                    get(f);
                }
            } else if (queue instanceof Queue<Integer> q) {
                if (what == 14) {
                    q.join(Duration.ofNanos(f.random.nextInt(50_000)));
                }
            } else {
                queue.peek();
            }
        }

        private void put(Fighter f) throws Exception {
            Integer item = items.make(f.number);
            boolean done =
                    switch (f.random.nextInt(4)) {
                        case 0 -> queue.offer(item);
                        case 1 ->
                                f.attempt(
                                        () -> queue.put(item),
                                        d -> queue.offer(item, d.toNanos(), TimeUnit.NANOSECONDS));
                        default ->
                                f.attempt(
                                        () -> queue.put(item),
                                        d -> QueueContests.put(queue, item, d));
                    };
            if (done) {
                items.put(item);
            }
        }

        private void get(Fighter f) throws Exception {
            Integer[] got = new Integer[1];
            try {
                switch (f.random.nextInt(4)) {
                    case 0 -> got[0] = queue.poll();
                    case 1 ->
                            f.attempt(
                                    () -> got[0] = queue.take(),
                                    d ->
                                            (got[0] = queue.poll(d.toNanos(), TimeUnit.NANOSECONDS))
                                                    != null);
                    default ->
                            f.attempt(
                                    () -> got[0] = queue.get(),
                                    d -> (got[0] = QueueContests.get(queue, d)) != null);
                }
            } finally {
                if (got[0] != null) {
                    items.got(got[0], f.number);
                    if (queue instanceof Queue<Integer> q) {
                        q.taskDone();
                    }
                }
            }
        }

        @Override
        public void help() {
            QueueContests.help(queue, items);
        }

        @Override
        public void check() {
            while (take(queue, items)) {
                // the rest
            }
            items.check();
            assertEquals(0, queue.size());
            if (queue instanceof Queue<Integer> q) {
                assertEquals(0, q.unfinished());
                assertTrue(q.join(Duration.ZERO));
            }
        }
    }

    /** From hand to hand. */
    static final class Channels implements Contest {
        private final Channel<Integer> channel = new Channel<>();
        private final Items items = new Items(true);

        @Override
        public void step(Fighter f) throws Exception {
            boolean bring = channel.balance() < 0;
            if (f.random.nextInt(3) == 0 ? f.random.nextBoolean() : bring) {
                Integer item = items.make(f.number);
                if (f.attempt(() -> channel.put(item), d -> put(channel, item, d))) {
                    items.put(item);
                }
            } else {
                Integer[] got = new Integer[1];
                try {
                    f.attempt(
                            () -> got[0] = channel.get(), d -> (got[0] = get(channel, d)) != null);
                } finally {
                    if (got[0] != null) {
                        items.got(got[0], f.number);
                    }
                }
            }
        }

        @Override
        public void help() {
            QueueContests.help(channel, items);
        }

        @Override
        public void check() {
            assertEquals(0, channel.balance());
            items.check();
        }
    }

    /** Selects over two channels and two queues, and some who use these directly. */
    static final class Selects implements Contest {
        private final List<Channel<Integer>> channels = List.of(new Channel<>(), new Channel<>());
        private final List<SimpleQueue<Integer>> queues =
                List.of(new SimpleQueue<>(), new SimpleQueue<>(1));
        private final Items items = new Items(false);

        @Override
        public void step(Fighter f) throws Exception {
            if (f.random.nextInt(3) == 0) {
                direct(f);
                return;
            }
            List<Integer> done = new ArrayList<>(1); // what the clauses did
            var select = new Select<Integer>();
            int clauses = 1 + f.random.nextInt(4);
            for (int i = 0; i < clauses; i++) {
                add(select, f, done);
            }
            boolean answered;
            try {
                answered =
                        f.random.nextInt(6) == 0
                                ? select.tryNow().isPresent()
                                : f.attempt(select::await, d -> select.await(d).isPresent());
            } finally {
                assertTrue(done.size() <= 1, () -> "several clauses happened: " + done);
            }
            assertEquals(answered ? 1 : 0, done.size());
        }

        private void add(Select<Integer> select, Fighter f, List<Integer> done) {
            Random random = f.random;
            boolean put = random.nextBoolean();
            int where = random.nextInt(4);
            if (put) {
                Integer item = items.make(f.number);
                java.util.function.Supplier<Integer> then =
                        () -> {
                            items.put(item);
                            done.add(item);
                            return item;
                        };
                if (where < 2) {
                    select.put(channels.get(where), item, then);
                } else {
                    select.put(queues.get(where - 2), item, then);
                }
            } else {
                java.util.function.Function<Integer, Integer> then =
                        item -> {
                            items.got(item, f.number);
                            done.add(item);
                            return item;
                        };
                if (where < 2) {
                    select.get(channels.get(where), then);
                } else {
                    select.get(queues.get(where - 2), then);
                }
            }
        }

        private void direct(Fighter f) throws Exception {
            int where = f.random.nextInt(2);
            SimpleQueue<Integer> queue = queues.get(where);
            Channel<Integer> channel = channels.get(where);
            boolean inQueue = f.random.nextBoolean();
            if (f.random.nextBoolean()) {
                Integer item = items.make(f.number);
                boolean put =
                        inQueue
                                ? f.attempt(() -> queue.put(item), d -> put(queue, item, d))
                                : f.attempt(() -> channel.put(item), d -> put(channel, item, d));
                if (put) {
                    items.put(item);
                }
                return;
            }
            Integer[] got = new Integer[1];
            if (inQueue) {
                f.attempt(() -> got[0] = queue.get(), d -> (got[0] = get(queue, d)) != null);
            } else {
                f.attempt(() -> got[0] = channel.get(), d -> (got[0] = get(channel, d)) != null);
            }
            if (got[0] != null) {
                items.got(got[0], f.number);
            }
        }

        @Override
        public void help() {
            channels.forEach(c -> QueueContests.help(c, items));
            queues.forEach(q -> QueueContests.help(q, items));
        }

        @Override
        public void check() {
            channels.forEach(c -> assertEquals(0, c.balance()));
            for (SimpleQueue<Integer> queue : queues) {
                while (take(queue, items)) {
                    // the rest
                }
            }
            items.check();
        }
    }
}
