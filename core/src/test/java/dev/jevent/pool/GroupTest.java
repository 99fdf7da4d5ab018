package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.LoopExit;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Greenlets that are waited for and killed together. */
class GroupTest extends HubScenario {

    private final Group group = new Group();

    private static void sleepLong() {
        Jevent.sleep(Duration.ofHours(1));
    }

    // ---- members

    @Test
    void memberLeavesWhenItEndsHoweverThatIs() throws Exception {
        var succeeds = group.spawn(() -> "value");
        var fails =
                group.spawn(
                        () -> {
                            throw new IOException("no");
                        });
        var killed = group.spawn(GroupTest::sleepLong);
        assertEquals(3, group.size());
        assertTrue(group.contains(fails));
        killed.kill();
        group.join();

        assertEquals(0, group.size());
        assertEquals("value", succeeds.get());
        assertInstanceOf(IOException.class, fails.exception());
        assertEquals(1, reports.size());
    }

    @Test
    void memberHasLeftWhenWhoJoinsItGoesOn() {
        var g = group.spawn(() -> {});
        g.join();
        assertFalse(group.contains(g));
    }

    @Test
    void addedGreenletsCountWhetherStartedOrNot() {
        var unstarted = new Greenlet<>(() -> log.add("ran"));
        var started = Jevent.spawn(() -> {});
        group.add(unstarted);
        group.add(started);
        assertEquals(List.of(unstarted, started), listOf(group));
        started.join();
        assertEquals(List.of(unstarted), listOf(group));
        unstarted.start();
        group.join();
        assertEquals(List.of("ran"), log);
    }

    private static List<Greenlet<?>> listOf(Group group) {
        List<Greenlet<?>> all = new ArrayList<>();
        group.forEach(all::add);
        return all;
    }

    @Test
    void groupOfSomeGreenletsHasThem() {
        var a = Jevent.spawn(() -> {});
        var b = Jevent.spawn(() -> {});
        var both = new Group(List.of(a, b));
        assertEquals(2, both.size());
        both.join();
        assertTrue(a.ready() && b.ready());
    }

    @Test
    void greenletThatHasEndedDoesNotStay() {
        var ended = Jevent.spawn(() -> {});
        ended.join();
        group.add(ended);
        turns(1);
        assertEquals(0, group.size());
    }

    @Test
    void discardedGreenletGoesOnAlone() {
        var g = group.spawn(() -> log.add("ran"));
        group.discard(g);
        group.discard(g);
        assertEquals(0, group.size());
        assertFalse(g.hasLinks());
        group.join();
        assertEquals(List.of(), log);
        g.join();
        assertEquals(List.of("ran"), log);
    }

    @Test
    void addingAMemberAgainIsRefused() {
        var g = group.spawn(() -> {});
        assertThrows(IllegalArgumentException.class, () -> group.add(g));
        assertThrows(IllegalArgumentException.class, () -> group.start(g));
        assertEquals(1, group.size());
        group.join();
    }

    @Test
    void badInputIsRefused() {
        assertThrows(NullPointerException.class, () -> group.add(null));
        assertThrows(
                NullPointerException.class,
                () -> group.spawn((java.util.concurrent.Callable<String>) null));
        assertThrows(NullPointerException.class, () -> group.execute(null));
        assertThrows(IllegalArgumentException.class, () -> group.join(Duration.ofNanos(-1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> group.kill(new GreenletExit(), Duration.ofNanos(-1)));
        assertThrows(
                IllegalArgumentException.class, () -> group.waitAvailable(Duration.ofNanos(-1)));
        assertThrows(IllegalArgumentException.class, () -> group.imap(List.of(), x -> x, 0));
        assertThrows(NullPointerException.class, () -> group.imap(null, x -> x));
        assertThrows(NullPointerException.class, () -> group.map(List.of(), null));
        assertEquals(0, group.size());
    }

    @Test
    void groupIsNeverFull() {
        for (int i = 0; i < 100; i++) {
            group.spawn(() -> {});
        }
        assertFalse(group.isFull());
        assertEquals(Integer.MAX_VALUE, group.waitAvailable());
        assertEquals(Integer.MAX_VALUE, group.waitAvailable(Duration.ZERO));
        group.join();
    }

    // ---- join

    @Test
    void joinOfAnEmptyGroupReturnsAtOnce() throws Exception {
        group.join();
        assertTrue(group.join(Duration.ZERO));
        group.joinOrThrow();
    }

    @Test
    void joinWaitsUntilItWasEmptyOnce() {
        var first = group.spawn(() -> {});
        var joined = Jevent.spawn(() -> group.join());
        turns(1);
        // the moment it is empty the next one comes, before who joins can run
        first.rawLink(w -> {});
        var next = new Greenlet<Void>(GroupTest.<Void>sleeper());
        first.link(g -> group.start(next));
        joined.join();
        group.kill();
    }

    private static <T> java.util.concurrent.Callable<T> sleeper() {
        return () -> {
            sleepLong();
            return null;
        };
    }

    @Test
    void joinWaitsForThoseWhoComeMeanwhile() {
        group.spawn(
                () -> {
                    turns(2);
                    group.spawn(
                            () -> {
                                turns(2);
                                log.add("grandchild");
                            });
                });
        group.join();
        assertEquals(List.of("grandchild"), log);
    }

    @Test
    void timedJoinEndsInTime() {
        jumpInTime();
        var g = group.spawn(() -> Jevent.sleep(1000));
        assertFalse(group.join(Duration.ZERO));
        assertFalse(group.join(Duration.ofMillis(300)));
        assertEquals(300, clock.millis());
        assertTrue(group.join(Duration.ofHours(1)));
        assertEquals(1000, clock.millis());
        assertTrue(g.ready());
    }

    @Test
    void memberCannotJoinItsOwnGroup() {
        var g = group.spawn(() -> group.join());
        var timed = group.spawn(() -> group.join(Duration.ofSeconds(1)));
        var closing = group.spawn(() -> group.close());
        var waiting = group.spawn(() -> group.awaitTermination(1, TimeUnit.SECONDS));
        group.join();
        for (Greenlet<?> each : List.of(g, timed, closing, waiting)) {
            assertInstanceOf(IllegalStateException.class, each.exception());
        }
        assertFalse(group.isShutdown());
    }

    @Test
    void joinOrThrowThrowsAfterAllHaveEnded() {
        var error = new IOException("no");
        group.spawn(
                () -> {
                    throw error;
                });
        group.spawn(
                () -> {
                    turns(5);
                    log.add("later");
                });
        var thrown = assertThrows(ExecutionException.class, group::joinOrThrow);
        assertSame(error, thrown.getCause());
        assertEquals(List.of("later"), log);
    }

    @Test
    void disturbedJoinLeavesTheMembersAlone() {
        jumpInTime();
        var member = group.spawn(() -> Jevent.sleep(1000));
        var killed = Jevent.spawn(() -> group.join());
        var interrupted = Jevent.spawn(() -> group.join(Duration.ofHours(1)));
        turns(1);
        killed.kill();
        interrupted.thread().interrupt();
        interrupted.join();
        assertInstanceOf(Interrupted.class, interrupted.exception());
        var timeout = new Timeout(Duration.ofMillis(10));
        assertSame(timeout, thrownBy(() -> timeout.run(group::join)));
        assertFalse(member.ready());
        group.join();
        assertTrue(member.successful());
    }

    /** Program: nothing can ever end the member. */
    static final class Stuck {
        public static void main(String[] args) {
            var group = new Group();
            group.spawn(() -> new Waiter<Void>().get());
            try {
                group.join();
            } catch (LoopExit e) {
                System.out.println("LoopExit, " + group.size());
            }
            try {
                group.close();
            } catch (LoopExit e) {
                System.out.println("LoopExit, " + group.size());
            }
        }
    }

    @Test
    void waitThatNothingCanEndIsALoopExitAndCloseEndsTheMembersThen() throws Exception {
        var result = ChildJvm.run(Stuck.class, List.of());

        assertEquals("LoopExit, 1\nLoopExit, 0\n", result.output());
    }

    // ---- kill

    @Test
    void killEndsAllAndTheGroupIsUsable() {
        for (int i = 0; i < 5; i++) {
            group.spawn(GroupTest::sleepLong);
        }
        turns(1);
        var never = group.spawn(() -> log.add("never"));
        group.kill();
        assertEquals(0, group.size());
        assertTrue(never.isCancelled());
        group.spawn(() -> log.add("after"));
        group.join();
        assertEquals(List.of("after"), log);
    }

    @Test
    void killAlsoEndsWhoComesMeanwhile() {
        group.spawn(
                () -> {
                    try {
                        sleepLong();
                    } finally {
                        group.spawn(
                                () -> {
                                    try {
                                        sleepLong();
                                    } finally {
                                        log.add("second");
                                    }
                                });
                        turns(3);
                        log.add("first");
                    }
                });
        turns(1);
        group.kill();
        assertEquals(0, group.size());
        assertEquals(List.of("first", "second"), log);
    }

    @Test
    void eachMemberIsToldOnce() {
        group.spawn(
                () -> {
                    try {
                        sleepLong();
                    } catch (GreenletExit e) {
                        log.add("told");
                        turns(5);
                        log.add("cleaned up");
                    }
                });
        turns(1);
        group.kill();
        assertEquals(List.of("told", "cleaned up"), log);
    }

    @Test
    void killWithAnotherErrorAndATime() {
        jumpInTime();
        var error = new IOException("enough");
        var g = group.spawn(GroupTest::sleepLong);
        var stubborn =
                group.spawn(
                        () -> {
                            try {
                                sleepLong();
                            } finally {
                                Jevent.sleep(1000);
                            }
                        });
        turns(1);
        assertFalse(group.kill(error, Duration.ZERO));
        turns(2);
        assertSame(error, g.exception());
        assertTrue(group.contains(stubborn));
        assertTrue(group.join(Duration.ofHours(1)));
        assertTrue(group.kill(error, Duration.ZERO), "it is empty");
    }

    @Test
    void memberThatKillsItsGroupEndsLast() {
        var others = List.of(group.spawn(GroupTest::sleepLong), group.spawn(GroupTest::sleepLong));
        var killer =
                group.spawn(
                        () -> {
                            group.kill();
                            log.add("not reached");
                        });
        group.join();
        assertTrue(killer.isCancelled());
        others.forEach(g -> assertTrue(g.isCancelled()));
        assertEquals(List.of(), log);
    }

    @Test
    void killOneEndsMembersOnly() {
        var member = group.spawn(GroupTest::sleepLong);
        var stranger = Jevent.spawn(GroupTest::sleepLong);
        turns(1);
        group.killOne(stranger);
        assertTrue(group.killOne(stranger, new GreenletExit(), Duration.ZERO));
        assertFalse(stranger.ready());
        group.killOne(member);
        assertTrue(member.ready());
        stranger.kill();
    }

    @Test
    void disturbedKillHasToldAll() {
        jumpInTime();
        var slow =
                group.spawn(
                        () -> {
                            try {
                                sleepLong();
                            } finally {
                                Jevent.sleep(1000);
                            }
                        });
        turns(1);
        var timeout = new Timeout(Duration.ofMillis(10));
        assertSame(timeout, thrownBy(() -> timeout.run(group::kill)));
        group.join();
        assertTrue(slow.isCancelled());
    }

    // ---- apply

    @Test
    void applyAnswersAndThrowsTheVerySame() throws Exception {
        assertEquals("value", group.apply(() -> "value"));
        var error = new IOException("no");
        assertSame(
                error,
                thrownBy(
                        () ->
                                group.apply(
                                        () -> {
                                            throw error;
                                        })));
    }

    @Test
    void applyByAMemberIsDoneInPlace() throws Exception {
        var g =
                group.spawn(
                        () -> {
                            var me = Jevent.getCurrent();
                            return group.apply(() -> me == Jevent.getCurrent());
                        });
        assertTrue(g.get());
    }

    @Test
    void applyEndsItsMemberWhenTheCallerIsDisturbed() {
        var caller = Jevent.spawn(() -> group.apply(sleeper()));
        turns(2);
        assertEquals(1, group.size());
        caller.kill();
        turns(2);
        assertEquals(0, group.size());
    }

    @Test
    void applySaysThatItsMemberWasKilled() {
        var caller = Jevent.spawn(() -> group.apply(sleeper()));
        turns(2);
        group.kill();
        caller.join();
        assertInstanceOf(CancellationException.class, caller.exception());
    }

    @Test
    void applyAsyncTellsTheCallbackOfSuccessOnly() throws Exception {
        var ok = group.applyAsync(() -> "value", log::add);
        var no =
                group.applyAsync(
                        () -> {
                            throw new IOException("no");
                        },
                        v -> log.add("not called"));
        group.join();
        turns(2);
        assertEquals("value", ok.get());
        assertInstanceOf(IOException.class, no.exception());
        assertEquals(List.of("value"), log);
    }

    // ---- the end

    @Test
    void nobodyComesAfterShutdown() throws Exception {
        var member = group.spawn(() -> turns(3));
        group.shutdown();
        assertTrue(group.isShutdown());
        assertFalse(group.isTerminated());
        assertThrows(RejectedExecutionException.class, () -> group.spawn(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> group.add(new Greenlet<>(() -> 1)));
        assertThrows(RejectedExecutionException.class, () -> group.apply(() -> 1));
        assertThrows(RejectedExecutionException.class, () -> group.applyAsync(() -> 1));
        assertThrows(RejectedExecutionException.class, () -> group.map(List.of(1), x -> x));
        assertTrue(group.awaitTermination(1, TimeUnit.HOURS));
        assertTrue(member.successful());
        assertTrue(group.isTerminated());
    }

    @Test
    void disturbedCloseEndsTheMembersFirst() {
        var member =
                group.spawn(
                        () -> {
                            try {
                                sleepLong();
                            } finally {
                                turns(3);
                                log.add("cleaned up");
                            }
                        });
        var closing = Jevent.spawn(() -> group.close());
        turns(2);
        closing.kill();
        assertTrue(member.isCancelled());
        assertTrue(closing.isCancelled());
        assertEquals(List.of("cleaned up"), log);
    }

    @Test
    void interruptedCloseEndsTheMembersAndKeepsTheInterrupt() {
        group.spawn(GroupTest::sleepLong);
        var closing =
                Jevent.spawn(
                        () -> {
                            group.close();
                            return Thread.interrupted();
                        });
        turns(2);
        closing.thread().interrupt();
        closing.join();
        assertEquals(true, closing.value());
        assertTrue(group.isTerminated());
    }

    @Test
    void memberMayShutDownItsGroup() {
        var other = group.spawn(GroupTest::sleepLong);
        var member =
                group.spawn(
                        () -> {
                            assertEquals(List.of(), group.shutdownNow());
                            log.add("not at once");
                            sleepLong();
                        });
        group.join();
        assertTrue(member.isCancelled());
        assertTrue(other.isCancelled());
        assertEquals(List.of("not at once"), log);
    }

    // ---- threads

    @Test
    void membersOfSeveralHubs() {
        try (var other = new OtherHub()) {
            var here = group.spawn(() -> Jevent.getHub());
            var there = other.spawn(() -> group.spawn(() -> Jevent.getHub()));
            there.join();
            group.join();
            assertSame(hub, here.value());
            assertSame(other.hub, there.value().value());
        }
    }

    @Test
    void killReachesOtherHubs() {
        try (var other = new OtherHub()) {
            var there = other.spawn(() -> group.spawn(GroupTest::sleepLong));
            there.join();
            group.spawn(GroupTest::sleepLong);
            group.kill();
            assertTrue(there.value().isCancelled());
        }
    }

    @Test
    void plainThreadJoinsAndKills() throws Exception {
        var member = group.spawn(GroupTest::sleepLong);
        turns(1);
        var result = new CompletableFuture<Boolean>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            boolean early = group.join(Duration.ofMillis(1));
                            group.kill();
                            result.complete(!early && group.size() == 0);
                        });
        group.join();
        assertTrue(member.isCancelled());
        assertTrue(result.get(20, TimeUnit.SECONDS));
    }

    @Test
    void virtualThreadOfTheJdkCannotSpawnButJoin() throws Exception {
        var result = new CompletableFuture<Throwable>();
        group.spawn(() -> turns(3));
        Thread.ofPlatform()
                .daemon()
                .start(
                        () ->
                                Thread.ofVirtual()
                                        .start(
                                                () -> {
                                                    group.join();
                                                    result.complete(
                                                            thrownBy(() -> group.spawn(() -> 1)));
                                                }));
        group.join();
        assertInstanceOf(IllegalStateException.class, result.get(20, TimeUnit.SECONDS));
        assertEquals(0, group.size());
    }
}
