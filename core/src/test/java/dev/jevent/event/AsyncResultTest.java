package dev.jevent.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waitable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A value, or an error, that one will set and many can wait for. */
class AsyncResultTest extends HubScenario {

    private static final Duration SOON = Duration.ofMillis(50);

    private final AsyncResult<String> result = new AsyncResult<>();
    private final IOException error = new IOException("mine");

    @Test
    void valueIsSetOnceAndSeenByAll() throws Exception {
        assertFalse(result.ready());
        assertFalse(result.isDone());
        assertFalse(result.successful());
        assertNull(result.value());
        var first = Jevent.spawn(() -> result.get());
        var second = Jevent.spawn(() -> result.get());
        turns(2);
        result.set("x");

        assertEquals("x", first.get());
        assertEquals("x", second.get());
        assertEquals("x", result.get());
        assertEquals("x", result.get(Duration.ZERO));
        assertEquals("x", result.get(0, TimeUnit.SECONDS));
        assertEquals("x", result.getNow());
        assertEquals("x", result.value());
        assertNull(result.exception());
        assertTrue(result.ready() && result.isDone() && result.successful());
        assertFalse(result.isCancelled());
        assertEquals(Future.State.SUCCESS, result.state());
        assertEquals("x", result.resultNow());
    }

    @Test
    void nullIsAValue() throws Exception {
        result.set();

        assertTrue(result.successful());
        assertNull(result.get());
        assertNull(result.getNow());
        assertThrows(IllegalStateException.class, () -> result.set("x"));
    }

    @Test
    void errorIsTheCauseOfWhatGetThrows() {
        var waiting = Jevent.spawn(() -> thrownBy(result::get));
        turns(2);
        result.setException(error);
        waiting.join();

        assertSame(error, assertInstanceOf(ExecutionException.class, waiting.value()).getCause());
        assertSame(error, assertThrows(ExecutionException.class, result::getNow).getCause());
        assertSame(error, result.exception());
        assertNull(result.value());
        assertTrue(result.ready());
        assertFalse(result.successful());
        assertEquals(Future.State.FAILED, result.state());
        assertSame(error, result.exceptionNow());
    }

    @Test
    void awaitDoesNotThrowTheErrorThatWasSet() {
        var waiting = Jevent.spawn(() -> result.await());
        var timed = Jevent.spawn(() -> result.await(Duration.ofHours(1)));
        turns(2);
        result.setException(error);
        waiting.join();
        timed.join();

        assertTrue(waiting.successful());
        assertEquals(true, timed.value());
        result.await();
        assertTrue(result.await(Duration.ZERO));
    }

    @Test
    void setTwiceIsAnErrorAndChangesNothing() {
        result.set("x");

        assertThrows(IllegalStateException.class, () -> result.set("y"));
        assertThrows(IllegalStateException.class, () -> result.setException(error));
        assertFalse(result.trySet("y"));
        assertFalse(result.trySetException(error));
        assertFalse(result.cancel(true));
        assertEquals("x", result.value());
    }

    @Test
    void nullIsNoError() {
        assertThrows(NullPointerException.class, () -> result.setException(null));
        assertThrows(NullPointerException.class, () -> result.trySetException(null));
        assertFalse(result.ready());
    }

    @Test
    void getNowDoesNotWait() {
        assertThrows(IllegalStateException.class, result::getNow);
    }

    @Test
    void timeThatIsOverIsATimeoutThrownAtThatTime() {
        jumpInTime();
        var t = assertThrows(Timeout.class, () -> result.get(SOON));
        assertEquals(SOON, t.duration());
        assertTrue(t.getStackTrace().length > 2, "it says where");
        assertEquals(50, clock.millis());
        assertThrows(TimeoutException.class, () -> result.get(50, TimeUnit.MILLISECONDS));
        assertEquals(100, clock.millis());
        assertFalse(result.await(SOON));
        assertEquals(150, clock.millis());
    }

    @Test
    void zeroDoesNotWaitAndNegativeIsRefused() {
        assertThrows(Timeout.class, () -> result.get(Duration.ZERO));
        assertThrows(TimeoutException.class, () -> result.get(0, TimeUnit.SECONDS));
        assertThrows(TimeoutException.class, () -> result.get(-1, TimeUnit.SECONDS));
        assertFalse(result.await(Duration.ZERO));
        Duration negative = Duration.ofMillis(-1);
        assertThrows(IllegalArgumentException.class, () -> result.get(negative));
        assertThrows(IllegalArgumentException.class, () -> result.await(negative));
        result.set("x");
        assertThrows(IllegalArgumentException.class, () -> result.get(negative));
    }

    @Test
    void interruptIsThrownAsTheInterfacesSay() {
        var get = Jevent.spawn(() -> thrownBy(result::get));
        var timed = Jevent.spawn(() -> thrownBy(() -> result.get(1, TimeUnit.HOURS)));
        var await = Jevent.spawn(() -> thrownBy(result::await));
        turns(2);
        get.thread().interrupt();
        timed.thread().interrupt();
        await.thread().interrupt();
        Jevent.joinAll(List.of(get, timed, await));

        assertInstanceOf(InterruptedException.class, get.value());
        assertInstanceOf(InterruptedException.class, timed.value());
        assertInstanceOf(Interrupted.class, await.value());
    }

    @Test
    void killAndOuterTimeoutConcernOnlyTheOneWhoWaits() throws Exception {
        var killed = Jevent.spawn(() -> result.get());
        var other = Jevent.spawn(() -> result.get());
        turns(2);
        killed.kill();
        var mine = new Timeout(Duration.ofMillis(1));
        assertSame(mine, thrownBy(() -> mine.call(result::get)));
        result.set("x");

        assertTrue(killed.isCancelled());
        assertEquals("x", other.get());
    }

    @Test
    void cancelledResultSaysSoToAll() {
        var waiting = Jevent.spawn(() -> thrownBy(result::get));
        turns(2);
        assertTrue(result.cancel(true));
        waiting.join();

        assertInstanceOf(CancellationException.class, waiting.value());
        assertThrows(CancellationException.class, result::get);
        assertTrue(result.isCancelled() && result.isDone());
        assertFalse(result.successful());
        assertInstanceOf(CancellationException.class, result.exception());
        assertFalse(result.cancel(true));
        assertFalse(result.trySet("x"));
        assertEquals(Future.State.CANCELLED, result.state());
    }

    @Test
    void greenletLinkedToItHandsItsValueOver() throws Exception {
        Greenlet<String> g = Jevent.spawn(() -> "x");
        g.link(result);

        assertEquals("x", result.get());
    }

    @Test
    void greenletLinkedToItHandsItsErrorOver() {
        Greenlet<String> g =
                Jevent.spawn(
                        () -> {
                            throw error;
                        });
        g.link(result);

        assertSame(error, assertThrows(ExecutionException.class, result::get).getCause());
        assertEquals(1, reports.size());
    }

    @Test
    void killedGreenletCancelsIt() {
        Greenlet<String> g = Jevent.spawn(() -> "x");
        g.link(result);
        g.kill();

        assertThrows(CancellationException.class, result::get);
    }

    @Test
    void futureThatIsNotDoneIsRefusedAndASecondOneToo() {
        assertThrows(IllegalStateException.class, () -> result.accept(new CompletableFuture<>()));
        assertFalse(result.ready());
        result.accept(CompletableFuture.completedFuture("x"));
        assertThrows(
                IllegalStateException.class,
                () -> result.accept(CompletableFuture.completedFuture("y")));
        assertEquals("x", result.value());

        var cancelled = new AsyncResult<String>();
        cancelled.cancel(false);
        cancelled.accept(CompletableFuture.completedFuture("y")); // nobody wants it
        assertTrue(cancelled.isCancelled());
    }

    @Test
    void stageBecomesAResult() throws Exception {
        var stage = new CompletableFuture<String>();
        var of = AsyncResult.<String>of(stage);
        var dependent = AsyncResult.<String>of(stage.thenApply(s -> s + "!"));
        Jevent.spawn(() -> stage.complete("x"));

        assertEquals("x", of.get());
        assertEquals("x!", dependent.get());

        var failing = new CompletableFuture<String>();
        var failed = AsyncResult.<String>of(failing.thenApply(s -> s));
        failing.completeExceptionally(error);
        assertSame(error, failed.exception());
    }

    @Test
    void resultBecomesACompletableFuture() throws Exception {
        CompletableFuture<String> before = result.toCompletableFuture();
        assertFalse(before.isDone());
        result.set("x");
        assertEquals("x", before.get());
        assertEquals("x", result.toCompletableFuture().get());

        var failed = new AsyncResult<String>();
        failed.setException(error);
        assertSame(error, failed.toCompletableFuture().exceptionNow());
        var cancelled = new AsyncResult<String>();
        cancelled.cancel(true);
        assertTrue(cancelled.toCompletableFuture().isCancelled());
    }

    @Test
    void linksAreToldOnceAndSoonIfItIsSetAlready() {
        List<Waitable> told = new ArrayList<>();
        result.rawLink(told::add);
        var unlinked = new ArrayList<Waitable>();
        Consumer<Waitable> callback = unlinked::add;
        result.rawLink(callback);
        result.unlink(callback);
        turns(2);
        assertEquals(List.of(), told);
        result.set("x");
        result.rawLink(told::add);
        turns(2);

        assertEquals(List.of(result, result), told);
        assertEquals(List.of(), unlinked);
    }

    @Test
    void manyAreWaitedForTogether() {
        var other = new AsyncResult<String>();
        Jevent.spawn(
                () -> {
                    other.setException(error);
                    result.set("x");
                });

        assertEquals(List.of(other, result), Jevent.wait(List.of(result, other)));
    }

    @Test
    void callbackOfTheLoopMaySetItAndMayNotWait() throws Exception {
        var waiting = Jevent.spawn(() -> result.get());
        turns(2);
        List<Throwable> thrown = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            thrown.add(thrownBy(result::get));
                            result.set("x");
                            thrown.add(thrownBy(result::get));
                        });

        assertEquals("x", waiting.get());
        assertInstanceOf(BlockingSwitchOutError.class, thrown.get(0));
        assertNull(thrown.get(1));
    }

    @Test
    void exactlyOneOfManyThreadsSetsItAndAllSeeThat() throws Exception {
        try (var other = new OtherHub()) {
            for (int round = 0; round < Dose.of(60, 300); round++) {
                var one = new AsyncResult<Integer>();
                List<AsyncResult<Boolean>> set = new ArrayList<>();
                for (int t = 0; t < 2; t++) {
                    int n = t;
                    var done = new AsyncResult<Boolean>();
                    set.add(done);
                    Thread.ofPlatform().start(() -> done.set(one.trySet(n)));
                }
                var there = other.spawn(() -> one.get());
                Integer here = one.get();
                assertEquals(here, there.get());
                assertTrue(set.get(here).get());
                assertFalse(set.get(1 - here).get());
            }
        }
    }
}
