package dev.jevent.contract;

import static dev.jevent.contract.BlockingCall.Trait.BREAKS;
import static dev.jevent.contract.BlockingCall.Trait.KEEPS;
import static dev.jevent.contract.BlockingCall.Trait.LATER;
import static dev.jevent.contract.BlockingCall.Trait.NEEDS_HUB;
import static dev.jevent.contract.BlockingCall.Trait.ONCE;
import static dev.jevent.contract.BlockingCall.Trait.SOON;
import static dev.jevent.contract.BlockingCall.Trait.UNTIMED;
import static dev.jevent.contract.BlockingCall.Trait.WAKES_ALL;
import static dev.jevent.contract.BlockingCall.Trait.WORKS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waiter;
import dev.jevent.contract.BlockingCall.Instance;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One set of rules for every blocking call of the toolkit; gevent's own tests do it like this. */
class ContractTest extends HubScenario {

    private static final Duration SOON_OVER = Duration.ofMillis(5);
    private static final Duration LONG = Duration.ofSeconds(20);

    static List<BlockingCall> all() {
        return BlockingCalls.all();
    }

    static List<BlockingCall> timed() {
        return all().stream().filter(c -> !c.is(UNTIMED)).toList();
    }

    static List<BlockingCall> kept() {
        return all().stream().filter(c -> c.is(KEEPS)).toList();
    }

    static List<BlockingCall> counted() {
        return all().stream().filter(BlockingCall::counts).toList();
    }

    static List<BlockingCall> unbroken() {
        return all().stream().filter(c -> !c.is(BREAKS)).toList();
    }

    // ---- scenes

    private interface Scene {
        void play(Instance instance) throws Exception;
    }

    private void play(BlockingCall call, Scene scene) throws Exception {
        Jevent.spawn(() -> playHere(call, scene)).get();
        assertEquals(List.of(), reports);
    }

    private static void playHere(BlockingCall call, Scene scene) throws Exception {
        Instance instance = call.opening().open();
        try {
            scene.play(instance);
            assertFalse(Thread.currentThread().isInterrupted());
        } finally {
            instance.close();
            turns(3);
        }
    }

    /** Someone who waits already. */
    private static Greenlet<Object> waiting(Instance instance) {
        Greenlet<Object> g = Jevent.spawn(() -> instance.await());
        turns(3);
        assertFalse(g.ready(), "it has to wait");
        return g;
    }

    private static void wake(BlockingCall call, Instance instance) throws Exception {
        assertTrue(instance.wake());
        if (call.is(SOON)) {
            turns(3);
        } else if (call.is(LATER)) {
            assertTrue(Jevent.spawn(() -> instance.await()).join(LONG));
        }
    }

    /** Whether another one gets it without being woken again. */
    private static boolean isLeft(Instance instance) throws Exception {
        Greenlet<Object> next = Jevent.spawn(() -> instance.await());
        turns(4);
        boolean got = next.ready();
        next.kill();
        return got;
    }

    // ---- waking

    @ParameterizedTest
    @MethodSource("all")
    void waitEndsWhenAnotherGreenletWakes(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var g = waiting(i);
                    assertTrue(i.wake());
                    assertTrue(g.join(LONG));
                    assertTrue(g.successful(), () -> g + ": " + g.exception());
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void waitOfTheRootEnds(BlockingCall call) throws Exception {
        playHere(
                call,
                i -> {
                    Jevent.spawn(
                            () -> {
                                turns(3);
                                i.wake();
                            });
                    i.await();
                });
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @MethodSource("all")
    void plainThreadWakes(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var g = waiting(i);
                    var woke = new CompletableFuture<Boolean>();
                    Thread.ofPlatform().daemon().start(() -> complete(woke, i));
                    assertTrue(g.join(LONG));
                    assertTrue(woke.get(20, TimeUnit.SECONDS));
                });
    }

    private static void complete(CompletableFuture<Boolean> woke, Instance i) {
        try {
            woke.complete(i.wake());
        } catch (Throwable e) {
            woke.completeExceptionally(e);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void greenletOfAnotherHubWakes(BlockingCall call) throws Exception {
        try (var other = new OtherHub()) {
            play(
                    call,
                    i -> {
                        var g = waiting(i);
                        assertTrue(other.spawn(i::wake).get());
                        assertTrue(g.join(LONG));
                        assertTrue(g.successful());
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void greenletOfAnotherHubWaits(BlockingCall call) throws Exception {
        try (var other = new OtherHub()) {
            play(call, i -> wakeUntilReady(i, other.spawn(() -> i.await()), call));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void plainThreadWaits(BlockingCall call) throws Exception {
        play(call, i -> wakeUntilReady(i, threadWaits(i, false), call));
    }

    @ParameterizedTest
    @MethodSource("all")
    void virtualThreadOfTheJdkWaits(BlockingCall call) throws Exception {
        assumeFalse(call.is(NEEDS_HUB));
        play(call, i -> wakeUntilReady(i, threadWaits(i, true), call));
    }

    private static CompletableFuture<Object> threadWaits(Instance i, boolean virtual) {
        var result = new CompletableFuture<Object>();
        Runnable body =
                () -> {
                    try {
                        Object got = i.await();
                        result.complete(got == null ? "null" : got);
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                };
        if (virtual) {
            newVirtualThread(body);
        } else {
            Thread.ofPlatform().daemon().start(body);
        }
        return result;
    }

    /** From a thread that is no greenlet, or the new one would be. */
    private static void newVirtualThread(Runnable body) {
        Thread.ofPlatform().daemon().start(() -> Thread.ofVirtual().start(body));
    }

    private static void wakeUntilReady(
            Instance i, java.util.concurrent.Future<?> waiter, BlockingCall call) throws Exception {
        boolean woken = false;
        for (int n = 0; n < 4000 && !waiter.isDone(); n++) {
            if (!woken || !call.is(KEEPS)) {
                woken = i.wake(); // one that keeps nothing may have to be told again
            }
            Jevent.sleep(Duration.ofMillis(1));
        }
        waiter.get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @MethodSource("kept")
    void wakeUpBeforeTheWaitIsNotLost(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    wake(call, i);
                    assertTrue(isLeft(i));
                });
    }

    @ParameterizedTest
    @MethodSource("counted")
    void eachWakeUpLetsOneGoInTheOrderTheyCame(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    List<Integer> order = new ArrayList<>();
                    List<Greenlet<Void>> all = waitInOrder(i, order, 5);
                    for (int n = 0; n < 5; n++) {
                        assertEquals(n, order.size());
                        wake(call, i);
                        turns(2);
                    }
                    Jevent.joinAll(all);
                    assertEquals(List.of(0, 1, 2, 3, 4), order);
                    assertFalse(isLeft(i));
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void allGoInTheOrderTheyCame(BlockingCall call) throws Exception {
        assumeTrue(call.is(WAKES_ALL) && !call.is(BREAKS));
        play(
                call,
                i -> {
                    List<Integer> order = new ArrayList<>();
                    List<Greenlet<Void>> all = waitInOrder(i, order, 5);
                    wake(call, i);
                    Jevent.joinAll(all, LONG);
                    assertEquals(List.of(0, 1, 2, 3, 4), order);
                });
    }

    private static List<Greenlet<Void>> waitInOrder(Instance i, List<Integer> order, int n) {
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int k = 0; k < n; k++) {
            int number = k;
            all.add(
                    Jevent.spawn(
                            () -> {
                                i.await();
                                order.add(number);
                            }));
        }
        turns(3);
        return all;
    }

    // ---- time

    @ParameterizedTest
    @MethodSource("timed")
    void durationEndsTheWait(BlockingCall call) throws Exception {
        jumpInTime();
        long before = clock.millis();
        play(call, i -> assertFalse(i.await(Duration.ofMillis(700))));
        assertTrue(clock.millis() - before >= 700, "not early");
    }

    @ParameterizedTest
    @MethodSource("timed")
    void waitInTimeAnswersSo(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var g = Jevent.spawn(() -> i.await(LONG));
                    turns(3);
                    assertTrue(i.wake());
                    assertTrue(g.get());
                });
    }

    @ParameterizedTest
    @MethodSource("timed")
    void zeroTriesOnceAndDoesNotWait(BlockingCall call) throws Exception {
        assumeFalse(call.is(WORKS));
        play(
                call,
                i -> {
                    var others = Jevent.spawn(() -> log.add("others"));
                    assertFalse(i.await(Duration.ZERO));
                    assertFalse(others.ready(), "nobody else has run");
                    others.join();
                    if (call.is(KEEPS)) {
                        wake(call, i);
                        assertTrue(i.await(Duration.ZERO));
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("timed")
    void timeThatIsOverTakesNothing(BlockingCall call) throws Exception {
        assumeTrue(call.is(KEEPS));
        play(
                call,
                i -> {
                    assertFalse(i.await(SOON_OVER));
                    wake(call, i);
                    assertTrue(i.await(LONG));
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void timeoutObjectIsThrown(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var timeout = new Timeout(SOON_OVER);
                    assertSame(timeout, thrownBy(() -> timeout.call(i::await)));
                    assertFalse(timeout.pending());
                    turns(2);
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void errorOfATimeoutIsThrown(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var error = new IllegalStateException("too long");
                    var timeout = new Timeout(SOON_OVER, error);
                    assertSame(error, thrownBy(() -> timeout.call(i::await)));
                });
    }

    @ParameterizedTest
    @MethodSource("timed")
    void outerTimeoutIsNotLost(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var outer = new Timeout(SOON_OVER);
                    assertSame(outer, thrownBy(() -> outer.call(() -> i.await(LONG))));
                });
    }

    @ParameterizedTest
    @MethodSource("timed")
    void innerTimeIsOverBeforeTheOuterOne(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var outer = new Timeout(LONG);
                    assertFalse(outer.call(() -> i.await(SOON_OVER)));
                });
    }

    // ---- kill, interrupt

    @ParameterizedTest
    @MethodSource("all")
    void killIsThrownFromTheWait(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    Throwable[] seen = new Throwable[1];
                    var g = Jevent.spawn(() -> seen[0] = thrownBy(i::await));
                    turns(3);
                    g.kill();
                    assertInstanceOf(GreenletExit.class, seen[0]);
                    if (call.is(KEEPS)) {
                        wake(call, i);
                        assertTrue(isLeft(i));
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void interruptIsThrownFromTheWait(BlockingCall call) throws Exception {
        assumeFalse(call.name().equals("RLock.lock"));
        play(
                call,
                i -> {
                    var g =
                            Jevent.spawn(
                                    () -> {
                                        Throwable e = thrownBy(i::await);
                                        assertFalse(Thread.currentThread().isInterrupted());
                                        return e;
                                    });
                    turns(3);
                    g.thread().interrupt();
                    Throwable e = g.get();
                    assertTrue(
                            e instanceof Interrupted || e instanceof InterruptedException,
                            () -> "" + e);
                    if (call.is(KEEPS)) {
                        wake(call, i);
                        assertTrue(isLeft(i));
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void killBeforeTheWaitIsThrownFromIt(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    List<Throwable> seen = new ArrayList<>();
                    var waiter = new Waiter<Void>();
                    var g =
                            Jevent.spawn(
                                    () -> {
                                        waiter.get(); // the value comes first, the kill behind it
                                        seen.add(thrownBy(i::await));
                                    });
                    turns(2);
                    waiter.switchTo(null);
                    Jevent.kill(g);
                    g.join();
                    assertEquals(1, seen.size());
                    assertInstanceOf(GreenletExit.class, seen.getFirst());
                });
    }

    /** In one turn or in several, before the wake-up and after it. */
    @ParameterizedTest
    @MethodSource("counted")
    void nothingIsLostAtWhateverPointAWaiterDies(BlockingCall call) throws Exception {
        for (int kill = 0; kill < 6; kill++) {
            for (int wake = 0; wake < 6; wake++) {
                for (boolean killFirst : new boolean[] {true, false}) {
                    dieAt(call, kill, wake, killFirst);
                }
            }
        }
    }

    private void dieAt(BlockingCall call, int kill, int wake, boolean killFirst) throws Exception {
        play(
                call,
                i -> {
                    boolean[] got = new boolean[1];
                    var g =
                            Jevent.spawn(
                                    () -> {
                                        i.await();
                                        got[0] = true;
                                        Jevent.sleep(0); // here a late kill may come
                                    });
                    for (int turn = 0; turn < 6; turn++) {
                        if (turn == kill && killFirst) {
                            Jevent.kill(g);
                        }
                        if (turn == wake) {
                            assertTrue(i.wake());
                        }
                        if (turn == kill && !killFirst) {
                            Jevent.kill(g);
                        }
                        turns(1);
                    }
                    g.join(LONG);
                    assertTrue(g.ready());
                    assertEquals(
                            !got[0],
                            isLeft(i),
                            () -> "kill in turn " + kill + ", wake-up in turn " + wake);
                    assertFalse(isLeft(i), "and no second one");
                });
    }

    @ParameterizedTest
    @MethodSource("counted")
    void dyingWaiterInTheMiddleHoldsUpNobody(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    List<Integer> order = new ArrayList<>();
                    List<Greenlet<Void>> all = waitInOrder(i, order, 6);
                    Jevent.kill(all.get(0)); // dies in the same turn as the wake-up
                    all.get(2).kill();
                    for (int n = 0; n < 2; n++) {
                        wake(call, i);
                    }
                    Jevent.kill(all.get(4));
                    for (int n = 0; n < 2; n++) {
                        wake(call, i);
                    }
                    turns(5);
                    // who was given a wake-up before its kill keeps it: none is lost, none doubled
                    int left = isLeft(i) ? 1 : 0;
                    assertEquals(4, order.size() + left, () -> "" + order);
                    Jevent.killAll(all);
                });
    }

    @ParameterizedTest
    @MethodSource("unbroken")
    void waitersThatAreKilledTogetherLeaveNothing(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    List<Greenlet<Void>> all = waitInOrder(i, new ArrayList<>(), 500);
                    Jevent.killAll(all);
                    for (Greenlet<Void> g : all) {
                        assertNull(g.exception());
                    }
                    if (call.is(KEEPS)) {
                        wake(call, i);
                        assertTrue(isLeft(i));
                    }
                });
    }

    // ---- in a callback of the loop

    @ParameterizedTest
    @MethodSource("all")
    void callbackOfTheLoopMayWake(BlockingCall call) throws Exception {
        play(
                call,
                i -> {
                    var g = waiting(i);
                    var woke = inCallback(i::wake);
                    assertTrue(g.join(LONG));
                    assertEquals(true, woke.get());
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void callbackOfTheLoopMayCallItIfItNeedNotWait(BlockingCall call) throws Exception {
        assumeTrue(call.is(KEEPS));
        play(
                call,
                i -> {
                    wake(call, i);
                    turns(3);
                    inCallback(i::await).get();
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void callbackOfTheLoopMustNotWait(BlockingCall call) throws Exception {
        assumeFalse(call.is(WORKS));
        play(
                call,
                i -> {
                    var failed =
                            inCallback(
                                    () -> {
                                        Throwable e = thrownBy(i::await);
                                        return e == null ? "nothing" : e;
                                    });
                    assertInstanceOf(BlockingSwitchOutError.class, failed.get());
                    if (call.is(KEEPS)) {
                        wake(call, i); // and the primitive still works
                        assertTrue(isLeft(i));
                    }
                });
    }

    private <T> Waiter<T> inCallback(java.util.concurrent.Callable<T> body) {
        var result = new Waiter<T>();
        hub.loop()
                .runCallback(
                        () -> {
                            try {
                                result.switchTo(body.call());
                            } catch (Throwable e) {
                                result.throwInto(e);
                            }
                        });
        return result;
    }

    // ---- bad input

    @ParameterizedTest
    @MethodSource("timed")
    void negativeDurationIsRefused(BlockingCall call) throws Exception {
        assumeFalse(usesTimeUnits(call), "in the JDK's interfaces a negative time counts as zero");
        play(
                call,
                i ->
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> i.await(Duration.ofMillis(-1))));
    }

    private static boolean usesTimeUnits(BlockingCall call) {
        return switch (call.name()) {
            case "RLock.lockInterruptibly",
                    "Condition.await",
                    "ReadLock",
                    "WriteLock",
                    "AsyncResult.get(long)",
                    "SimpleQueue.take",
                    "SimpleQueue.offer" ->
                    true;
            default -> false;
        };
    }

    @ParameterizedTest
    @MethodSource("all")
    void onceIsOnce(BlockingCall call) throws Exception {
        assumeTrue(call.is(ONCE) && call.is(KEEPS));
        play(
                call,
                i -> {
                    wake(call, i);
                    assertTrue(isLeft(i));
                    assertTrue(isLeft(i), "it stays as it is");
                });
    }
}
