package dev.jevent.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Greenlets whose stack is deep, and hubs that run where little of it is left. */
class DeepStackTest extends HubScenario {

    /** On a thread with so much stack. */
    private static <T> T withStack(long bytes, java.util.concurrent.Callable<T> task)
            throws Exception {
        var end = new CompletableFuture<T>();
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            try {
                                end.complete(task.call());
                                Jevent.getHub().destroy();
                            } catch (Throwable e) {
                                end.completeExceptionally(e);
                            }
                        },
                        "hub with its own stack",
                        bytes);
        thread.setDaemon(true);
        thread.start();
        return end.get(20, TimeUnit.SECONDS);
    }

    @Test
    void deepGreenletWaitsUntilItsHubHasRoomForItsStack() throws Exception {
        withStack(
                500 << 10,
                () -> {
                    // given: a greenlet that waits with most of the stack in use
                    var waiter = new Waiter<String>();
                    var got = new String[1];
                    Greenlet<Throwable> deep =
                            Jevent.spawn(
                                    () -> StackEnd.call(120 << 10, () -> got[0] = waiter.get()));
                    Jevent.sleep(0);
                    waiter.switchTo("value");

                    // when: the hub's own thread waits with much of the stack in use, too
                    Throwable thrown = StackEnd.call(130 << 10, () -> Jevent.sleep(SOON));

                    // then: it is told, and the greenlet goes on as soon as there is room
                    assertInstanceOf(StackOverflowError.class, thrown);
                    assertNull(got[0]);
                    assertTrue(deep.join(SOON));
                    assertNull(deep.value());
                    assertEquals("value", got[0]);
                    return null;
                });
    }

    @Test
    void standInHasAsMuchStackAsTheHub() throws Exception {
        withStack(
                4 << 20,
                () -> {
                    // given: a greenlet that waits deeper than the usual stack of a thread
                    var waiter = new Waiter<String>();
                    var got = new String[1];
                    Greenlet<Throwable> deep =
                            Jevent.spawn(
                                    () -> StackEnd.call(1500 << 10, () -> got[0] = waiter.get()));
                    Jevent.sleep(0);

                    // when: it goes on while another greenlet holds the hub's thread
                    Greenlet<Void> pinned =
                            Jevent.spawn(
                                    () -> {
                                        waiter.switchTo("value");
                                        WaitsInItsInitialiser.touch();
                                    });

                    // then: a stand-in runs it
                    Jevent.joinAll(java.util.List.of(pinned, deep));
                    assertNull(pinned.exception());
                    assertNull(deep.value());
                    assertEquals("value", got[0]);
                    return null;
                });
    }

    private static final class WaitsInItsInitialiser {
        static {
            Jevent.sleep(Duration.ofMillis(20));
        }

        static void touch() {}
    }

    private static final Duration SOON = Duration.ofSeconds(5);
}
