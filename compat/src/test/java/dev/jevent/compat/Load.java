package dev.jevent.compat;

import dev.jevent.ErrorHandler;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Greenlets that ask for what contains their own id, over one pool, again and again: a quarter of
 * the calls has 20 ms, a quarter is killed at a random moment by another greenlet, and the others
 * are left alone. It ends when as many calls as wanted were cut, or when that takes too long.
 */
final class Load {

    private static final int GREENLETS = Integer.getInteger("jevent.compat.greenlets", 16);
    private static final Duration LIMIT = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Client client;
    private final int dose;
    private final long end; // for a library that has most of its calls fail, or wait in vain
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger right = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private final AtomicInteger other = new AtomicInteger();
    private final AtomicInteger met = new AtomicInteger();
    private final Map<String, Integer> troubles = new TreeMap<>(); // guarded by itself

    private Load(Client client, int dose) {
        this.client = client;
        this.dose = dose;
        this.end = System.nanoTime() + 20_000_000_000L + dose * 50_000_000L;
    }

    /**
     * Opens the library, and has it suffer until that many calls were cut.
     *
     * @param open makes the client
     */
    static Result run(String library, Callable<? extends Client> open, int dose) throws Exception {
        Jevent.joinAll(List.of(Jevent.spawn(Sockets::warmUp)));
        int before = Sockets.open();
        Load load;
        int usable;
        int taken;
        try (Client client = open.call()) {
            load = new Load(client, dose);
            load.quietly(load::suffer);
            usable = load.quietly(load::usable);
            taken = taken(client);
        }
        return new Result(
                library,
                load.right.get(),
                load.wrong.get(),
                load.cut.get(),
                load.other.get(),
                load.met.get(),
                usable,
                taken,
                left(before),
                load.troubles);
    }

    /** Errors of greenlets are not printed: they are counted. */
    private int quietly(Callable<Integer> task) throws Exception {
        Hub hub = Jevent.getHub();
        ErrorHandler before = hub.errorHandler();
        hub.errorHandler((context, error) -> {});
        try {
            return task.call();
        } finally {
            hub.errorHandler(before);
        }
    }

    private int suffer() {
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < GREENLETS; i++) {
            all.add(Jevent.spawn(this::work));
        }
        Jevent.joinAll(all);
        all.stream().filter(g -> !g.successful()).forEach(g -> trouble(g.exception()));
        return cut.get();
    }

    private void work() throws Exception {
        while (cut.get() < dose && System.nanoTime() - end < 0) {
            var call = new Call();
            switch (call.number % 4) {
                case 0 -> timed(call);
                case 1 -> killed(call);
                default -> alone(call);
            }
            Jevent.sleep(0);
        }
    }

    private static int random(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }

    /** One question. Every fourth answer is long: it does not come in one piece. */
    private final class Call implements Callable<String> {
        final int number = ids.incrementAndGet();
        final String id = "id-" + number + ";";
        final int times = random(4) == 0 ? 20_000 : 1;
        final int millis = random(31);

        @Override
        public String call() throws Exception {
            return client.ask(id, times, millis);
        }

        void answered(String answer) {
            if (id.repeat(times).equals(answer)) {
                right.incrementAndGet();
            } else {
                wrong.incrementAndGet();
                trouble("wrong: " + kind(answer));
            }
        }
    }

    // ---- the three ways

    private void alone(Call call) {
        try {
            call.answered(Jevent.withTimeout(PATIENCE, call));
        } catch (Throwable e) {
            trouble(e);
        }
    }

    private void timed(Call call) {
        try {
            call.answered(Jevent.withTimeout(LIMIT, call));
        } catch (Timeout t) {
            if (t.duration().equals(LIMIT)) {
                cut.incrementAndGet();
            } else {
                trouble(t);
            }
        } catch (Throwable e) {
            trouble(e);
        }
    }

    private void killed(Call call) {
        Greenlet<String> victim = Jevent.spawn(call);
        Jevent.sleep(random(30));
        if (!victim.kill(new GreenletExit(), PATIENCE)) {
            trouble("a killed greenlet does not end");
        } else if (victim.value() != null) {
            call.answered(victim.value());
        } else if (victim.successful()) {
            cut.incrementAndGet();
        } else {
            trouble(victim.exception());
        }
    }

    /** Whether a call has failed only because its connection was closed for another one. */
    private static boolean metAClosedOne(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof SocketException && String.valueOf(e.getMessage()).contains("losed")) {
                return true;
            }
        }
        return false;
    }

    private void trouble(Throwable error) {
        if (metAClosedOne(error)) {
            met.incrementAndGet();
            other.decrementAndGet(); // it is counted below
        }
        var text = new StringBuilder();
        for (Throwable e = error; e != null; e = e.getCause()) {
            text.append(text.isEmpty() ? "" : " <- ").append(kind(e.toString()));
        }
        trouble(text.toString());
        if (Boolean.getBoolean("jevent.compat.traces")) {
            error.printStackTrace();
        }
    }

    private void trouble(String what) {
        if (!what.startsWith("wrong")) {
            other.incrementAndGet();
        }
        synchronized (troubles) {
            troubles.merge(what, 1, Integer::sum);
        }
    }

    /** Without what differs from call to call. */
    private static String kind(String text) {
        String plain = String.valueOf(text).replaceAll("\\d+", "N").replaceAll("@\\w+", "@");
        plain = plain.replaceAll("\\R", " ").replaceAll("(id-N;){2,}", "(id-N;)*");
        return plain.length() > 160 ? plain.substring(0, 160) + " …" : plain;
    }

    // ---- afterwards

    /** How many of 10 calls beside each other are right: as many as need all connections. */
    private int usable() {
        List<Greenlet<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < Client.POOL; i++) {
            String id = "last-" + i + ";";
            all.add(
                    Jevent.spawn(
                            () ->
                                    id.repeat(3)
                                            .equals(
                                                    Jevent.withTimeout(
                                                            PATIENCE,
                                                            () -> client.ask(id, 3, 150)))));
        }
        Jevent.joinAll(all);
        return (int) all.stream().filter(g -> Boolean.TRUE.equals(g.value())).count();
    }

    // pools are told by others, and close behind the caller's back: they get a moment

    private static int taken(Client client) {
        for (int i = 0; i < 100 && client.taken() != 0; i++) {
            Jevent.sleep(20);
        }
        return client.taken();
    }

    /** Those that a client has forgotten when it was cut are closed by the collector. */
    private static int left(int before) {
        for (int i = 0; i < 400 && Sockets.open() > before; i++) {
            Jevent.sleep(20);
        }
        for (int i = 0; i < 100 && Sockets.open() > before; i++) {
            System.gc();
            Jevent.sleep(20);
        }
        return Math.max(0, Sockets.open() - before);
    }
}
