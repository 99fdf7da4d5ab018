package dev.jevent.contract;

import static dev.jevent.contract.ReadyCall.Kind.INSIDE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.contract.ReadyCall.Instance;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;

/**
 * What calls do about the others that need not wait themselves. Those that deal with the world
 * outside give way in time; those that deal with greenlets only do not, as promised.
 */
class ReadyContractTest extends HubScenario {

    private static final long MOST_NANOS = 10_000_000_000L;
    private static final int CALLS = 100;

    static List<ReadyCall> givesWay() {
        return ReadyCalls.all().stream().filter(c -> c.kind() != INSIDE).toList();
    }

    static List<ReadyCall> keepsOn() {
        return ReadyCalls.all().stream().filter(c -> c.kind() == INSIDE).toList();
    }

    private interface Play {
        void with(Instance i) throws Exception;
    }

    /** In a greenlet, so that what is tried may wait in any call. */
    private void play(ReadyCall call, Play play) throws Exception {
        assumeTrue(isEpoll() || !call.name().equals("Sockets.waitWrite"), "not in portable mode");
        Greenlet<Void> player =
                Jevent.spawn(
                        () -> {
                            Instance i = call.opening().open();
                            try {
                                play.with(i);
                            } finally {
                                i.close();
                            }
                        });
        player.get();
    }

    /** Without end, but for the test's own sake. Whether that ended it. */
    private static boolean again(Instance i) throws Exception {
        long end = System.nanoTime() + MOST_NANOS;
        while (System.nanoTime() < end) {
            i.call();
        }
        return true;
    }

    @ParameterizedTest
    @MethodSource("givesWay")
    void anotherGreenletGetsItsTurnsAndCanEndIt(ReadyCall call) throws Exception {
        play(
                call,
                i -> {
                    var seen = new Throwable[1];
                    Greenlet<Boolean> busy =
                            Jevent.spawn(
                                    () -> {
                                        try {
                                            return again(i);
                                        } catch (Throwable e) {
                                            seen[0] = e; // a socket of the JDK's may be closed
                                            return false;
                                        }
                                    });
                    for (int turn = 0; turn < 10; turn++) {
                        Jevent.sleep(0);
                    }
                    busy.kill();
                    assertNotNull(seen[0], "nobody else had a turn");
                });
    }

    @ParameterizedTest
    @MethodSource("givesWay")
    void aTimeoutEndsWhoIsAlone(ReadyCall call) throws Exception {
        play(
                call,
                i -> {
                    Throwable thrown = null;
                    try (Timeout _ = Timeout.start(Duration.ofMillis(2))) {
                        again(i);
                    } catch (Throwable e) {
                        thrown = e; // a socket of the JDK's may say that it is closed
                    }
                    assertNotNull(thrown);
                });
    }

    @ParameterizedTest
    @MethodSource("keepsOn")
    void nobodyElseRunsInACallThatNeedNotWait(ReadyCall call) throws Exception {
        play(
                call,
                i -> {
                    i.call(); // what it does the first time only
                    Jevent.sleep(0);
                    var turns = new int[1];
                    Greenlet<Void> other =
                            Jevent.spawn(
                                    () -> {
                                        for (; ; ) {
                                            turns[0]++;
                                            Jevent.sleep(0);
                                        }
                                    });
                    for (int n = 0; n < CALLS; n++) {
                        i.call();
                    }
                    assertEquals(0, turns[0]);
                    other.kill();
                    assertTrue(other.dead());
                });
    }
}
