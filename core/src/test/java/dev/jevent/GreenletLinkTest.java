package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Who is told of a greenlet's end. */
class GreenletLinkTest extends HubScenario {

    @Test
    void linkRunsInAGreenletOfItsOwnAndMayWait() {
        var g = Jevent.spawn(() -> 1);
        List<Object> seen = new ArrayList<>();
        g.link(
                x -> {
                    Jevent.sleep(0);
                    seen.add(x);
                    seen.add(Jevent.getCurrent());
                });
        g.join();
        turns(4);

        assertSame(g, seen.get(0));
        assertNotSame(g, seen.get(1));
        assertTrue(((RawGreenlet) seen.get(1)).dead());
    }

    @Test
    void rawLinkRunsOnTheLoopAndMustNotWait() {
        var g = Jevent.spawn(() -> 1);
        List<Object> seen = new ArrayList<>();
        g.rawLink(
                x -> {
                    seen.add(x);
                    seen.add(Thread.currentThread());
                    seen.add(Jevent.getCurrent());
                    Jevent.sleep(0);
                });
        g.join();
        turns(3);

        assertEquals(List.of(g, Thread.currentThread(), hub.rootGreenlet()), seen);
        assertEquals(1, reports.size());
        assertInstanceOf(BlockingSwitchOutError.class, reports.get(0).error());
    }

    @Test
    void linkAfterTheEndIsToldSoonAndNotAtOnce() {
        var g = Jevent.spawn(() -> 1);
        g.join();
        g.link(x -> log.add("link"));
        g.rawLink(x -> log.add("raw"));
        g.linkValue(x -> log.add("value"));
        g.linkException(x -> log.add("exception"));
        assertEquals(List.of(), log);
        turns(3);

        assertEquals(List.of("link", "raw", "value"), log);
    }

    @Test
    void linkValueAndLinkExceptionTellTheirsOnly() {
        Consumer<Greenlet<?>> value = x -> log.add("value of " + x);
        Consumer<Greenlet<?>> exception = x -> log.add("exception of " + x);
        var good = Jevent.spawn(() -> 1);
        good.name("good");
        Greenlet<Void> bad =
                Jevent.spawn(
                        () -> {
                            throw new IllegalStateException();
                        });
        bad.name("bad");
        Greenlet<Void> killed = Jevent.spawn(() -> Jevent.sleep(60_000));
        killed.name("killed");
        for (var g : List.of(good, bad, killed)) {
            g.linkValue(value);
            g.linkException(exception);
        }
        turns(1);
        killed.kill();
        turns(3);

        assertEquals(List.of("value of good", "exception of bad", "value of killed"), log);
    }

    @Test
    void unlinkTakesBackOneAndUnknownOnesAreNoError() {
        Consumer<Object> a = x -> log.add("a");
        Consumer<Object> b = x -> log.add("b");
        var g = Jevent.spawn(() -> 1);
        assertFalse(g.hasLinks());
        g.link(a);
        g.link(b);
        g.rawLink(a::accept);
        assertTrue(g.hasLinks());
        g.unlink(a);
        g.unlink("never linked");
        g.join();
        turns(3);

        assertEquals(List.of("b", "a"), log); // the raw one is left
        assertFalse(g.hasLinks());
        g.unlink(b);
    }

    @Test
    void unlinkAllTakesBackAll() {
        var g = Jevent.spawn(() -> 1);
        g.link(x -> log.add("a"));
        g.rawLink(x -> log.add("b"));
        g.unlinkAll();
        assertFalse(g.hasLinks());
        g.join();
        turns(3);

        assertEquals(List.of(), log);
    }

    @Test
    void linksAreToldInTheOrderInWhichTheyWereMade() {
        var g = Jevent.spawn(() -> 1);
        for (int i = 0; i < 5; i++) {
            int n = i;
            g.rawLink(x -> log.add("raw " + n));
            g.link(x -> log.add("link " + n));
        }
        g.join();
        turns(3);

        assertEquals(
                List.of(
                        "raw 0", "link 0", "raw 1", "link 1", "raw 2", "link 2", "raw 3", "link 3",
                        "raw 4", "link 4"),
                log);
    }

    @Test
    void thoseWhoJoinAndLinksGoInTheOrderInWhichTheyCame() {
        var g = Jevent.spawn(() -> turns(9));
        for (int i = 0; i < 3; i++) {
            int n = i;
            Jevent.spawn(
                    () -> {
                        g.join();
                        log.add("join " + n);
                    });
            turns(1);
            g.link(x -> log.add("link " + n));
        }
        g.join();
        turns(3);

        assertEquals(List.of("join 0", "link 0", "join 1", "link 1", "join 2", "link 2"), log);
    }

    @Test
    void linkThatThrowsIsReportedAndDoesNotStopTheOthers() {
        var first = new IllegalStateException("first");
        var second = new AssertionError("second");
        var g = Jevent.spawn(() -> 1);
        g.rawLink(
                x -> {
                    throw first;
                });
        g.link(
                x -> {
                    throw second;
                });
        g.rawLink(x -> log.add("raw"));
        g.link(x -> log.add("link"));
        g.join();
        turns(4);

        assertEquals(List.of("raw", "link"), log);
        assertEquals(
                Set.of(first, second),
                reports.stream().map(Report::error).collect(Collectors.toSet()));
        assertEquals(2, reports.size());
        assertTrue(g.successful());
    }

    @Test
    void linksThatAreAddedWhileOthersAreToldAreToldToo() {
        var g = Jevent.spawn(() -> 1);
        g.rawLink(x -> g.rawLink(y -> log.add("raw in raw")));
        g.link(x -> g.link(y -> log.add("link in link")));
        g.join();
        turns(5);

        assertEquals(List.of("raw in raw", "link in link"), log);
    }

    @Test
    void linkIsToldOfOneThatEndsOnAnotherHub() throws Exception {
        try (var other = new OtherHub()) {
            for (int i = 0; i < 500; i++) {
                var told = new CompletableFuture<Object>();
                var g = other.spawn(() -> 1);
                g.rawLink(told::complete); // before, while or after it ends

                assertSame(g, told.get(10, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void missingCallbackIsRefused() {
        var g = Jevent.spawn(() -> 1);

        assertThrows(NullPointerException.class, () -> g.link(null));
        g.join();
    }

    @Test
    void waitOfAThreadSeesOneThatHasEndedOnAHubThatStandsStill() throws Exception {
        var g = Jevent.spawn(() -> 1);
        g.join();
        // our hub does not turn from here on, for this thread waits outside of jevent
        var seen = new CompletableFuture<Object>();
        Thread t =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        seen.complete(
                                                thrownBy(
                                                        () ->
                                                                assertEquals(
                                                                        List.of(g),
                                                                        Jevent.wait(List.of(g))))));
        try {
            assertEquals("null", "" + seen.get(5, TimeUnit.SECONDS));
        } finally {
            turns(3);
            t.join();
        }
    }

    @Test
    void waitOfAThreadSeesTheLastThingThatAHubDoesBeforeItStandsStill() throws Exception {
        var g = Jevent.spawn(() -> Jevent.sleep(50));
        var seen = new CompletableFuture<Object>();
        var linked = new CompletableFuture<Object>();
        Thread t =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try (var it = Jevent.iwait(List.of(g))) {
                                        linked.complete("");
                                        seen.complete(it.next());
                                    }
                                });
        linked.get();
        g.join();
        try {
            assertSame(g, seen.get(5, TimeUnit.SECONDS));
        } finally {
            turns(3);
            t.join();
        }
    }
}
