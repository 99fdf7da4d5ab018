package dev.jevent.sweep;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.jevent.Action;
import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Does something again and again where the stack ends, and looks each time whether all is whole.
 */
final class Sweep {

    /** One try: what is done at the end of the stack, and what is to be seen after it. */
    interface Try {
        void atTheEnd() throws Exception;

        /**
         * On the hub's own thread.
         *
         * @param done whether it was done; else it ended with a StackOverflowError
         */
        void then(boolean done) throws Exception;

        /** What is done around it, in the same greenlet and not at the end of the stack. */
        default Action around(Action end) {
            return end;
        }
    }

    /** Makes a try, in the root of a hub. */
    interface Setting {
        Try prepare() throws Exception;
    }

    static final Duration SOON = Duration.ofSeconds(5);
    private static final long STACK = 400 << 10;
    private static final int MOST_ROOM = 200_000; // bytes; what needs more is a mistake
    private static final int SHOTS = 5;
    static final int DOSE = Dose.of("jevent.sweep", 1, 20);

    private Sweep() {}

    /** On a hub of its own, whose stack is small. */
    static void over(String name, boolean inTheRoot, Setting setting) throws Exception {
        var end = new CompletableFuture<Void>();
        long seed = System.nanoTime();
        var at = new int[1];
        Thread hub =
                new Thread(
                        null,
                        () -> {
                            try {
                                sweep(inTheRoot, setting, new Random(seed), at);
                                Jevent.getHub().destroy();
                                end.complete(null);
                            } catch (Throwable e) {
                                end.completeExceptionally(e);
                            }
                        },
                        "sweep of " + name,
                        STACK);
        hub.setDaemon(true);
        hub.start();
        try {
            end.get(20 + 20L * DOSE, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            var stuck = new AssertionError(name + " with room for " + at[0] + ": the hub is stuck");
            stuck.setStackTrace(hub.getStackTrace());
            throw stuck;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError(
                    name + " with room for " + at[0] + " bytes: " + e.getCause(), e.getCause());
        }
    }

    private static void sweep(boolean inTheRoot, Setting setting, Random random, int[] at)
            throws Exception {
        shot(inTheRoot, setting, -1); // once with all the room there is
        int enough = 100;
        at[0] = enough;
        while (!shot(inTheRoot, setting, enough)) {
            assertTrue(enough < MOST_ROOM, "it never had room enough");
            enough += 1 + random.nextInt(enough);
            at[0] = enough;
        }
        for (int i = 0; i < SHOTS * DOSE; i++) {
            at[0] = random.nextInt(enough);
            shot(inTheRoot, setting, at[0]);
        }
    }

    /** Whether it was done. */
    private static boolean shot(boolean inTheRoot, Setting setting, int room) throws Exception {
        List<Greenlet<Void>> sleepers = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            var time = Duration.ofNanos(i * 30_000L);
            sleepers.add(Jevent.spawn(() -> Jevent.sleep(time)));
        }
        Jevent.sleep(0);
        Try t = setting.prepare();
        Throwable thrown;
        if (inTheRoot) {
            thrown = attempt(room, t);
        } else {
            Greenlet<Throwable> g = Jevent.spawn(() -> attempt(room, t));
            assertTrue(g.join(SOON), () -> "it does not end");
            assertTrue(g.successful(), () -> "it failed: " + g.exception());
            thrown = g.value();
        }
        if (thrown != null && !overflow(thrown)) {
            throw new AssertionError("not a StackOverflowError: " + thrown, thrown);
        }
        for (Greenlet<Void> s : sleepers) {
            assertTrue(s.join(SOON), "a sleeper did not wake");
        }
        t.then(thrown == null);
        return thrown == null;
    }

    /** What is done when there is no memory for it. */
    static void withoutMemory(String name, Setting setting, Ballast ballast, int slack)
            throws Exception {
        Try t = setting.prepare();
        Action end =
                () -> {
                    ballast.fill(slack);
                    try {
                        t.atTheEnd();
                    } finally {
                        ballast.drop();
                    }
                };
        var others = new int[1]; // that have failed, and for which it may wait in vain
        Jevent.getHub().errorHandler((context, error) -> others[0]++);
        Greenlet<Void> g = Jevent.spawn(t.around(end));
        for (int i = 0; !g.join(Duration.ofMillis(100)); i++) {
            if (i == 2) {
                ballast.drop(); // who waits goes on when there is memory again
            }
            if (i > 4 && others[0] > 0) {
                g.kill();
                return;
            }
            if (i == 50) {
                throw new AssertionError(name + " does not end");
            }
        }
        if (!g.successful() && !shortage(g.exception())) {
            throw new AssertionError(name + " failed", g.exception());
        }
        try {
            t.then(g.successful());
        } catch (Excused e) {
            // it was another one of the scene that got no memory
        } catch (AssertionError e) {
            if (g.exception() != null) {
                e.addSuppressed(g.exception()); // where it was hit
            }
            throw e;
        }
    }

    /** Or one that was to be suppressed by itself: the JVM has few of them, made before. */
    private static boolean shortage(@Nullable Throwable e) {
        return e != null && (e instanceof OutOfMemoryError || shortage(e.getCause()));
    }

    /** One of the others was hit. */
    private static final class Excused extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Or one wrapped by what reports failures. */
    private static boolean overflow(@Nullable Throwable e) {
        return e != null && (e instanceof StackOverflowError || overflow(e.getCause()));
    }

    private static @Nullable Throwable attempt(int room, Try t) {
        Action action = t::atTheEnd;
        Action end =
                () -> {
                    if (room < 0) {
                        action.run();
                        return;
                    }
                    Throwable thrown = StackEnd.call(room, action);
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    if (thrown instanceof Exception exception) {
                        throw exception;
                    }
                };
        try {
            t.around(end).run();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /** A try from two functions. */
    static Try attempt(Action atTheEnd, Then then) {
        return new Try() {
            @Override
            public void atTheEnd() throws Exception {
                atTheEnd.run();
            }

            @Override
            public void then(boolean done) throws Exception {
                then.look(done);
            }
        };
    }

    /** What is to be seen after it. */
    interface Then {
        void look(boolean done) throws Exception;
    }

    /** All end soon. */
    static void allEnd(List<? extends Greenlet<?>> greenlets) {
        for (Greenlet<?> g : greenlets) {
            if (!g.join(SOON)) {
                fail(g + " does not end");
            }
            if (shortage(g.exception())) {
                throw new Excused();
            }
            if (!g.successful()) {
                throw new AssertionError(g + " failed", g.exception());
            }
        }
    }
}
