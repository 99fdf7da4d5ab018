package dev.jevent.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A value for each greenlet. */
class LocalTest extends HubScenario {

    @Test
    void eachGreenletAndTheRootHasItsOwnValue() throws Exception {
        var local = new Local<String>();
        local.set("root");
        var a = Jevent.spawn(() -> setAndAsk(local, "a"));
        var b = Jevent.spawn(() -> setAndAsk(local, "b"));
        assertEquals("a", a.get());
        assertEquals("b", b.get());
        assertEquals("root", local.get());
        assertFalse(Jevent.spawn(local::isSet).get(), "nothing is inherited");
        local.remove();
        assertFalse(local.isSet());
        local.remove();
    }

    private static String setAndAsk(Local<String> local, String value) {
        assertFalse(local.isSet());
        local.set(value);
        turns(3);
        return local.get();
    }

    @Test
    void firstValueIsMadeInEachGreenletWhenItIsAskedFor() throws Exception {
        var made = new AtomicInteger();
        var local = Local.withInitial(made::incrementAndGet);
        assertFalse(local.isSet());
        assertEquals(7, local.orElse(7));
        assertEquals(0, made.get());
        assertEquals(1, local.get());
        assertEquals(1, local.get());
        assertEquals(2, Jevent.spawn(local::get).get());
        local.remove();
        assertEquals(3, local.get());
        local.remove();
    }

    @Test
    void firstValueMayWaitAndUseOtherLocals() throws Exception {
        List<Local<Integer>> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            others.add(new Local<>());
        }
        var local =
                Local.withInitial(
                        () -> {
                            turns(2);
                            others.forEach(o -> o.set(1));
                            return 5;
                        });
        assertEquals(5, Jevent.spawn(local::get).get());
    }

    @Test
    void firstValueThatFailsLeavesItUnset() throws Exception {
        var local =
                Local.<String>withInitial(
                        () -> {
                            throw new IllegalStateException("no");
                        });
        Jevent.spawn(
                        () -> {
                            assertThrows(IllegalStateException.class, local::get);
                            assertFalse(local.isSet());
                            local.set("yes");
                            assertEquals("yes", local.get());
                        })
                .get();
        assertThrows(NullPointerException.class, Local.withInitial(() -> null)::get);
    }

    @Test
    void unsetOneSaysWhereItIsNotSet() throws Exception {
        var local = Local.<String>named("request");
        var g =
                Jevent.spawn(
                        () -> {
                            Jevent.getCurrent().name("handler");
                            return assertThrows(NoSuchElementException.class, local::get)
                                    .getMessage();
                        });
        assertEquals(
                "Local request is not set in handler; set it there, or use withInitial", g.get());
        assertEquals("Local request", local.toString());
        assertThrows(NullPointerException.class, () -> local.set(null));
        assertThrows(NullPointerException.class, () -> Local.named(null));
        assertThrows(NullPointerException.class, () -> Local.withInitial(null));
    }

    @Test
    void manyLocalsInOneGreenlet() throws Exception {
        Jevent.spawn(
                        () -> {
                            List<Local<Integer>> all = new ArrayList<>();
                            for (int i = 0; i < 1_000; i++) {
                                all.add(new Local<>());
                                all.get(i).set(i);
                            }
                            for (int i = 0; i < 1_000; i += 2) {
                                all.get(i).remove();
                            }
                            for (int i = 0; i < 1_000; i++) {
                                assertEquals(i % 2 == 0 ? -1 : i, all.get(i).orElse(-1));
                            }
                        })
                .get();
    }

    @Test
    void othersSeeWhatAGreenletHas() throws Exception {
        var local = Local.<String>named("user");
        var other = Local.<Integer>named("n", () -> 5);
        var g =
                Jevent.spawn(
                        () -> {
                            local.set("me");
                            other.get();
                            Jevent.sleep(60_000);
                        });
        assertEquals(Map.of(), Local.allOf(g));
        turns(2);
        assertEquals(Map.of(local, "me", other, 5), Local.allOf(g));
        g.kill();
        assertEquals(Map.of(), Local.allOf(g), "freed at the end");
    }

    @Test
    void valuesOfARootAreSeenWhetherSetBeforeOrAfterItsHubWasMade() throws Exception {
        var local = new Local<String>();
        var seen = new CompletableFuture<List<Object>>();
        Thread.ofPlatform()
                .start(
                        () -> {
                            local.set("before");
                            var root = Jevent.getHub().rootGreenlet();
                            Object first = Local.allOf(root).get(local);
                            local.set("after");
                            Jevent.sleep(0);
                            seen.complete(List.of(first, Local.allOf(root).get(local)));
                            root.hub().destroy();
                        });
        assertEquals(List.of("before", "after"), seen.get());
        local.set("mine");
        assertEquals("mine", Local.allOf(hub.rootGreenlet()).get(local));
        local.remove();
    }

    @Test
    void callbacksOfTheLoopHaveTheValuesOfTheRoot() {
        var local = new Local<String>();
        local.set("root");
        var seen = new String[1];
        hub.loop().runCallback(() -> seen[0] = local.get());
        turns(2);
        assertEquals("root", seen[0]);
        local.remove();
    }

    @Test
    void threadsWithoutAHubHaveTheirOwn() throws Exception {
        var local = Local.withInitial(() -> Thread.currentThread());
        Thread me = Thread.currentThread();
        assertSame(me, local.get());
        for (var builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
            var seen = new CompletableFuture<Thread>();
            Thread t = builder.start(() -> seen.complete(local.get()));
            assertSame(t, seen.get());
            t.join();
        }
        try (var other = new OtherHub()) {
            assertTrue(other.spawn(local::get).get().isVirtual());
        }
        local.remove();
    }

    @Test
    void threadOfTheJdkThatIsStartedInAGreenletHasItsOwn() throws Exception {
        var local = new Local<String>();
        var seen =
                Jevent.spawn(
                                () -> {
                                    local.set("greenlet");
                                    var s = new String[2];
                                    Thread t =
                                            Thread.startVirtualThread(
                                                    () -> {
                                                        s[0] = local.orElse("none");
                                                        local.set("thread");
                                                        Jevent.sleep(0); // a greenlet at last
                                                        s[1] = local.get();
                                                    });
                                    t.join();
                                    return List.of(s[0], s[1], local.get());
                                })
                        .get();
        assertEquals(List.of("none", "thread", "greenlet"), seen);
    }

    private static void awaitCollection(BooleanSupplier gone) {
        for (int i = 0; i < 200 && !gone.getAsBoolean(); i++) {
            System.gc();
            Jevent.sleep(1);
        }
        assertTrue(gone.getAsBoolean());
    }

    @Test
    void valueIsFreedAtTheEndOfItsGreenletThoughBothAreHeld() {
        var local = new Local<Object>();
        var value = new WeakReference<?>[1];
        Greenlet<Void> g =
                Jevent.spawn(
                        () -> {
                            Object o = new Object();
                            value[0] = new WeakReference<>(o);
                            local.set(o);
                        });
        g.join();
        awaitCollection(() -> value[0].get() == null);
        assertTrue(g.ready());
        assertFalse(local.isSet());
    }

    @Test
    void valueIsFreedWhenNobodyHoldsTheLocalAndOthersAreSet() throws Exception {
        Jevent.spawn(
                        () -> {
                            var value = new WeakReference<>(setAndForget());
                            awaitCollection(
                                    () -> {
                                        List<Local<Integer>> others = new ArrayList<>();
                                        for (int i = 0; i < 8; i++) {
                                            var other = new Local<Integer>();
                                            other.set(i);
                                            others.add(other);
                                        }
                                        assertEquals(8, others.size());
                                        return value.get() == null;
                                    });
                            assertNull(value.get());
                        })
                .get();
    }

    private static Object setAndForget() {
        var local = new Local<Object>();
        Object o = new Object();
        local.set(o);
        return o;
    }

    @Test
    void looksFromAnotherThreadWhileItChangesAreHarmless() throws Exception {
        // the table may be replaced in the middle of a look: it goes through the one it has seen
        try (var other = new OtherHub()) {
            var busy =
                    other.spawn(
                            () -> {
                                for (int i = 0; i < Dose.of(5_000, 20_000); i++) {
                                    var l = new Local<Integer>();
                                    l.set(i);
                                    if (i % 3 == 0) {
                                        l.remove();
                                    }
                                }
                            });
            int looks = 0;
            while (!busy.ready()) {
                for (var e : Local.allOf(busy).entrySet()) {
                    assertInstanceOf(Integer.class, e.getValue());
                }
                looks++;
            }
            busy.get();
            assertTrue(looks >= 0);
        }
    }
}
