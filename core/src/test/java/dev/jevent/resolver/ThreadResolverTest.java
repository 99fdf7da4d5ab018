package dev.jevent.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The default resolver: the C library on worker threads. */
class ThreadResolverTest extends ResolverScenario {

    private final Resolver resolver = Resolvers.named("thread");

    @Test
    void hubTurnsWhileALookUpBlocks() throws Exception {
        var g = Jevent.spawn(() -> resolver.lookup("slow"));
        until(() -> library.asked.contains("slow"));
        turns(50);
        assertFalse(g.ready());
        library.release("slow");
        assertEquals(InetAddress.getByAddress(FakeBuiltin.FOUR), g.get().getFirst());
        assertTrue(onWorkers(), library.threads::toString);
    }

    @Test
    void rootOfAHubWaitsForAWorkerToo() throws Exception {
        assertEquals(2, resolver.lookup("a.test", Families.ANY).size());
        assertTrue(onWorkers(), library.threads::toString);
    }

    @Test
    void threadsWithoutAHubAskInPlace() throws Exception {
        var platform = new CompletableFuture<Thread>();
        var virtual = new CompletableFuture<Thread>();
        Thread.ofPlatform().start(() -> ask(platform));
        Thread.ofPlatform().start(() -> Thread.ofVirtual().start(() -> ask(virtual)));
        Thread p = platform.get(20, TimeUnit.SECONDS);
        Thread v = virtual.get(20, TimeUnit.SECONDS);
        assertTrue(library.threads.contains(p) && library.threads.contains(v));
    }

    private void ask(CompletableFuture<Thread> told) {
        Throwable error = thrownBy(() -> resolver.lookup("in.place"));
        if (error != null) {
            told.completeExceptionally(error);
        }
        told.complete(Thread.currentThread());
    }

    @Test
    void killTimeoutAndInterruptEndTheWaitAtOnceAndTheWorkerGoesOn() {
        var killed = Jevent.spawn(() -> resolver.lookup("slow1"));
        var interrupted = Jevent.spawn(() -> resolver.lookup("slow2"));
        var timeout = new Timeout(Duration.ofMillis(5));
        assertSame(timeout, thrownBy(() -> timeout.call(() -> resolver.lookup("slow3"))));
        until(() -> library.asked.containsAll(List.of("slow1", "slow2")));

        killed.kill();
        interrupted.thread().interrupt();
        interrupted.join();

        assertTrue(killed.isCancelled());
        assertInstanceOf(Interrupted.class, interrupted.exception());
        assertEquals(1, reports.size(), "the failure of the greenlet, and nothing of the workers");
        reports.clear();
        List.of("slow1", "slow2", "slow3").forEach(library::release);
        until(() -> ThreadResolver.INSTANCE.underWay() == 0);
        assertEquals(List.of(), reports);
    }

    @Test
    void sameNameAskedByManyIsOneQuestion() throws Exception {
        try (var other = new OtherHub()) {
            List<Greenlet<List<InetAddress>>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String name = i % 2 == 0 ? "slow.test" : "Slow.TEST";
                all.add(Jevent.spawn(() -> resolver.lookup(name)));
                all.add(other.spawn(() -> resolver.lookup(name)));
            }
            until(() -> !library.asked.isEmpty());
            turns(3);
            other.spawn(() -> turns(3)).join();
            library.asked.stream().distinct().forEach(library::release);
            for (var g : all) {
                assertEquals(2, g.get().size());
            }
        }
        assertEquals(1, library.asked.size());
        assertEquals(2, resolver.lookup("slow.test").size());
        assertEquals(2, library.asked.size(), "and nothing is remembered");
    }

    @Test
    void killedFirstAskerDoesNotTakeTheOthersWithIt() throws Exception {
        var first = Jevent.spawn(() -> resolver.lookup("slow"));
        until(() -> !library.asked.isEmpty());
        var second = Jevent.spawn(() -> resolver.lookup("slow"));
        var third = Jevent.spawn(() -> resolver.lookup("slow"));
        turns(2);
        first.kill();
        third.kill();
        assertTrue(first.isCancelled());
        assertTrue(third.isCancelled());
        assertFalse(second.ready());
        library.release("slow");
        assertEquals(2, second.get().size());
        assertEquals(1, library.asked.size(), "the question went on");
    }

    @Test
    void firstAskerKilledBeforeAWorkerBeganLeavesTheQuestionToTheNext() throws Exception {
        var end = new CountDownLatch(1);
        var busy = new AtomicInteger();
        int size = Math.max(10, Runtime.getRuntime().availableProcessors());
        for (int i = 0; i < size; i++) {
            Greenlet<Void> ignored =
                    Jevent.spawn(
                            () ->
                                    Jevent.blocking(
                                            () -> {
                                                busy.incrementAndGet();
                                                end.await();
                                            }));
        }
        until(() -> busy.get() == size);
        var first = Jevent.spawn(() -> resolver.lookup("queued.test"));
        var second = Jevent.spawn(() -> resolver.lookup("queued.test"));
        var third = Jevent.spawn(() -> resolver.lookup("queued.test"));
        turns(2);
        first.kill();
        assertTrue(first.isCancelled());
        end.countDown();
        assertEquals(2, second.get().size());
        assertEquals(2, third.get().size());
        assertEquals(List.of("queued.test"), library.asked);
        hub.join();
    }

    @Test
    void failureIsToldToAllWhoAsked() {
        var first = Jevent.spawn(() -> resolver.lookup("slow.none"));
        var second = Jevent.spawn(() -> resolver.lookup("slow.none"));
        until(() -> !library.asked.isEmpty());
        turns(2);
        library.release("slow.none");
        for (var g : List.of(first, second)) {
            g.join();
            assertInstanceOf(UnknownHostException.class, g.exception());
            assertEquals("slow.none: Name or service not known", g.exception().getMessage());
        }
        assertThrows(IllegalStateException.class, () -> resolver.lookup("broken"));
    }

    @Test
    void literalsNeverReachAResolver() throws Exception {
        for (Resolver r : List.of(resolver, Resolvers.named("blocking"))) {
            assertEquals("/1.2.3.4", r.lookup("1.2.3.4").getFirst().toString());
            assertEquals("/0:0:0:0:0:0:0:1", r.lookup("::1").getFirst().toString());
            assertEquals("/0:0:0:0:0:0:0:1", r.lookup("[::1]").getFirst().toString());
            var scoped = (Inet6Address) r.lookup("fe80::1%1").getFirst();
            assertEquals(1, scoped.getScopeId());
            for (var i : NetworkInterface.networkInterfaces().toList()) {
                scoped = (Inet6Address) r.lookup("[fe80::1%" + i.getName() + "]").getFirst();
                assertEquals(i.getIndex(), scoped.getScopeId(), "whatever addresses it has itself");
            }
            for (String bad :
                    List.of(
                            "",
                            "256.1.1.1",
                            "1.2.3.4.5",
                            ":x",
                            "[1.2.3.4]",
                            "[::1",
                            "fe80::1%none")) {
                var e = assertThrows(UnknownHostException.class, () -> r.lookup(bad), bad);
                assertTrue(e.getMessage().contains(bad), e.getMessage());
            }
            assertThrows(UnknownHostException.class, () -> r.lookup("1.2.3.4", Families.IPV6));
        }
        assertEquals(List.of(), library.asked);
    }

    @Test
    void familiesSelectAndOrder() throws Exception {
        assertInstanceOf(Inet4Address.class, resolver.lookup("x.test", Families.IPV4_FIRST).get(0));
        assertInstanceOf(Inet6Address.class, resolver.lookup("x.test", Families.IPV6_FIRST).get(0));
        List<InetAddress> four = resolver.lookup("x.test", Families.IPV4);
        List<InetAddress> six = resolver.lookup("x.test", Families.IPV6);
        assertEquals(1, four.size());
        assertInstanceOf(Inet4Address.class, four.getFirst());
        assertEquals(1, six.size());
        assertInstanceOf(Inet6Address.class, six.getFirst());
        for (Families f : Families.values()) {
            assertSame(f, Families.of(f.policy()));
        }
    }

    @Test
    void addressHasAName() throws Exception {
        assertEquals("ten.test", resolver.reverse(InetAddress.ofLiteral("10.0.0.1")));
        assertThrows(
                UnknownHostException.class, () -> resolver.reverse(InetAddress.ofLiteral("::2")));
        assertTrue(onWorkers());
    }

    @Test
    void blockingResolverAsksInTheCaller() throws Exception {
        Resolver blocking = Resolvers.named("blocking");
        var g = Jevent.spawn(() -> blocking.lookup("y.test").size());
        assertEquals(2, g.get());
        assertTrue(library.threads.getFirst().isVirtual());
        assertEquals("ten.test", blocking.reverse(InetAddress.ofLiteral("10.0.0.1")));
    }

    @Test
    void callbackOfTheLoopMustNotWait() {
        var thrown = new Waiter<Throwable>();
        hub.loop().runCallback(() -> thrown.switchTo(thrownBy(() -> resolver.lookup("z.test"))));
        assertInstanceOf(BlockingSwitchOutError.class, thrown.get());
        assertEquals(0, ThreadResolver.INSTANCE.underWay());
    }

    @Test
    void stormOfKillsLosesNobody() throws Exception {
        List<Greenlet<List<InetAddress>>> survivors = new ArrayList<>();
        for (int round = 0; round < 300; round++) {
            String name = "storm" + round % 7;
            var victim = Jevent.spawn(() -> resolver.lookup(name));
            survivors.add(Jevent.spawn(() -> resolver.lookup(name)));
            turns(round % 3);
            victim.kill();
        }
        for (var g : survivors) {
            assertEquals(2, g.get().size());
        }
        until(() -> ThreadResolver.INSTANCE.underWay() == 0);
    }
}
