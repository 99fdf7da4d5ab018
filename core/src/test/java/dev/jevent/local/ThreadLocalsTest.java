package dev.jevent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.pool.Scope;

import org.junit.jupiter.api.Test;

import java.util.concurrent.Callable;

/** What {@code docs/locals.md} says of the JDK's own locals. */
class ThreadLocalsTest extends HubScenario {

    private static final ThreadLocal<String> PLAIN = new ThreadLocal<>();
    private static final InheritableThreadLocal<String> INHERITABLE =
            new InheritableThreadLocal<>();
    private static final ScopedValue<String> SCOPED = ScopedValue.newInstance();

    @Test
    void threadLocalIsOfOneGreenlet() throws Exception {
        PLAIN.set("root");
        try {
            var a = Jevent.spawn(() -> setAndAsk("a"));
            var b = Jevent.spawn(() -> setAndAsk("b"));
            assertEquals("a", a.get());
            assertEquals("b", b.get());
            assertEquals("root", PLAIN.get());
            var seen = new String[1];
            hub.loop().runCallback(() -> seen[0] = PLAIN.get());
            turns(2);
            assertEquals("root", seen[0], "callbacks of the loop have those of the hub's thread");
        } finally {
            PLAIN.remove();
        }
    }

    private static String setAndAsk(String value) {
        assertNull(PLAIN.get(), "nothing is inherited");
        PLAIN.set(value);
        turns(3);
        return PLAIN.get();
    }

    @Test
    void inheritableOneIsCopiedFromWhoSpawnsWhenItSpawns() throws Exception {
        INHERITABLE.set("root");
        try {
            var g =
                    Jevent.spawn(
                            () -> {
                                String first = INHERITABLE.get();
                                INHERITABLE.set("greenlet");
                                var inner = Jevent.spawn(INHERITABLE::get);
                                INHERITABLE.set("too late");
                                return first + ", " + inner.get();
                            });
            var raw = new String[1];
            Jevent.spawnRaw(() -> raw[0] = INHERITABLE.get());
            INHERITABLE.set("too late");
            assertEquals("root, greenlet", g.get());
            assertEquals("root", raw[0]);
            assertEquals("too late", INHERITABLE.get(), "a child's changes stay with the child");
        } finally {
            INHERITABLE.remove();
        }
    }

    @Test
    void inheritableOneIsCopiedWhenAGreenletIsStartedAndNotWhenItIsMade() throws Exception {
        INHERITABLE.set("when made");
        try {
            var g = new dev.jevent.Greenlet<>(INHERITABLE::get);
            INHERITABLE.set("when started");
            g.start();
            assertEquals("when started", g.get());
        } finally {
            INHERITABLE.remove();
        }
    }

    @Test
    void scopedValueIsKeptOverSwitchesAndNotInherited() throws Exception {
        var g =
                Jevent.spawn(
                        () ->
                                ScopedValue.where(SCOPED, "a")
                                        .call(
                                                () -> {
                                                    turns(3);
                                                    var inner = Jevent.spawn(SCOPED::isBound);
                                                    return SCOPED.get() + " " + inner.get();
                                                }));
        var other =
                Jevent.spawn(
                        () ->
                                ScopedValue.where(SCOPED, "b")
                                        .call(
                                                () -> {
                                                    turns(3);
                                                    return SCOPED.get();
                                                }));
        assertEquals("a false", g.get());
        assertEquals("b", other.get());
        assertFalse(SCOPED.isBound());
    }

    @Test
    void scopedValueOfTheRootIsNotSeenByGreenlets() throws Exception {
        boolean bound =
                ScopedValue.where(SCOPED, "root").call(() -> Jevent.spawn(SCOPED::isBound).get());
        assertFalse(bound);
    }

    /** The way that the page shows. */
    private static <T> Callable<T> withScoped(Callable<T> task) {
        String value = SCOPED.get();
        return () -> ScopedValue.where(SCOPED, value).call(task::call);
    }

    @Test
    void boundAgainInTheTaskItIsThere() throws Exception {
        String seen =
                ScopedValue.where(SCOPED, "root")
                        .call(() -> Jevent.spawn(withScoped(SCOPED::get)).get());
        assertEquals("root", seen);
    }

    @Test
    void scopesDoNotPassItOnEither() throws Exception {
        String seen =
                ScopedValue.where(SCOPED, "root")
                        .call(
                                () ->
                                        Scope.call(
                                                s -> {
                                                    assertFalse(s.spawn(SCOPED::isBound).get());
                                                    assertTrue(SCOPED.isBound());
                                                    return s.spawn(withScoped(SCOPED::get)).get();
                                                }));
        assertEquals("root", seen);
    }

    @Test
    void scopedValueMayBeBoundAroundAScope() throws Exception {
        String seen =
                Jevent.spawn(
                                () ->
                                        Scope.call(
                                                s ->
                                                        ScopedValue.where(SCOPED, "inside")
                                                                .call(
                                                                        () -> {
                                                                            s.spawn(() -> turns(2))
                                                                                    .join();
                                                                            return SCOPED.get();
                                                                        })))
                        .get();
        assertEquals("inside", seen);
    }
}
