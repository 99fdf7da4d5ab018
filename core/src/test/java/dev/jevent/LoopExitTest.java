package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.internal.OwnThread;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** When a root is told that nothing can wake it, and who counts as somebody that could. */
class LoopExitTest extends HubScenario {

    /** Program: threads of the program's that bear the names of servants wake the root. */
    static final class NamedLikeServants {
        public static void main(String[] args) throws Exception {
            Jevent.getHub();
            Jevent.sleep(1);
            List<String> names =
                    List.of(
                            "jevent-client-1",
                            "process reaper x",
                            "DestroyJavaVM",
                            "Monitor Ctrl-Break",
                            "Attach Listener",
                            "Signal Dispatcher");
            for (String name : names) {
                await(name, Thread.ofPlatform().name(name));
            }
            await("of another class", task -> new Thread(null, task, "jevent-other") {});
            await("virtual", Thread.ofVirtual().name("SubPoller-1"));
            var top = Thread.currentThread().getThreadGroup().getParent();
            await("of the top group", Thread.ofPlatform().group(top).name("jevent-top"));
        }

        private static void await(String what, Thread.Builder builder) throws Exception {
            await(what, (ThreadFactory) builder::unstarted);
        }

        private static void await(String what, ThreadFactory factory) throws Exception {
            var waiter = new Waiter<String>();
            var asked = new CountDownLatch(1);
            Thread t =
                    factory.newThread(
                            () -> {
                                try {
                                    asked.await();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                                waiter.switchTo("woken");
                            });
            t.setDaemon(true);
            t.start();
            long searches = Outsiders.SEARCHES.get();
            var exited = new AtomicBoolean();
            HubCore core = Hub.get().core;
            Thread helper = // a daemon of jevent's, which does not count
                    OwnThread.start(
                            "any name",
                            () -> {
                                while (Outsiders.SEARCHES.get() == searches
                                        || !core.isAsleep() && !exited.get()) {
                                    LockSupport.parkNanos(1_000_000);
                                }
                                asked.countDown();
                            });
            try {
                System.out.println(what + ": " + waiter.get());
            } catch (LoopExit e) {
                exited.set(true);
                System.out.println(what + ": a false LoopExit");
            }
            asked.countDown();
            helper.join();
            t.join();
        }
    }

    @Test
    void threadOfTheProgramIsNotToldByItsName() throws Exception {
        var result = ChildJvm.run(NamedLikeServants.class, List.of());

        List<String> expected = new ArrayList<>();
        for (String what :
                List.of(
                        "jevent-client-1",
                        "process reaper x",
                        "DestroyJavaVM",
                        "Monitor Ctrl-Break",
                        "Attach Listener",
                        "Signal Dispatcher",
                        "of another class",
                        "virtual",
                        "of the top group")) {
            expected.add(what + ": woken");
        }
        assertEquals(String.join("\n", expected), result.output().strip());
    }

    /** Program: whoever might have woken the root has ended without it; JDK servants live. */
    static final class NobodyIsLeft {
        public static void main(String[] args) throws Exception {
            Jevent.getHub();
            new ProcessBuilder("true").start().waitFor(); // now there is an idle reaper
            Thread.ofVirtual().start(() -> {}).join(); // and carriers, and their helpers
            java.lang.ref.Cleaner.create();
            Thread.ofPlatform().start(() -> LockSupport.parkNanos(100_000_000));
            try {
                new Waiter<>().get();
            } catch (LoopExit e) {
                System.out.println("LoopExit");
            }
        }
    }

    @Test
    void endOfTheLastThreadThatMightHaveWokenTheRootIsALoopExit() throws Exception {
        var result = ChildJvm.run(NobodyIsLeft.class, List.of());

        assertEquals("LoopExit", result.output().strip());
    }

    /**
     * Program: with {@code always} another thread counts for nothing, and nothing is waited for.
     */
    static final class AtOnce {
        public static void main(String[] args) {
            Jevent.getHub();
            Thread other = new Thread(LockSupport::park);
            other.setDaemon(true);
            other.start();
            int exits = 0;
            for (int i = 0; i < 1_000; i++) {
                try {
                    new Waiter<>().get();
                } catch (LoopExit e) {
                    exits++;
                }
            }
            System.out.println(exits + " after " + Outsiders.SEARCHES + " searches");
        }
    }

    @Test
    void alwaysIsAsInGevent() throws Exception {
        var result = ChildJvm.run(AtOnce.class, List.of("-Djevent.loopExit=always"));

        assertEquals("1000 after 0 searches", result.output().strip());
    }

    @Test
    void hubThatIsWokenAgainAndAgainDoesNotLookForOtherThreadsEachTime() {
        long before = Outsiders.SEARCHES.get();

        try (var other = new OtherHub()) {
            for (int i = 0; i < 1_000; i++) {
                Waiter<Integer> answer = new Waiter<>();
                int n = i;
                other.hub.loop().runCallbackThreadsafe(() -> answer.switchTo(n));
                assertEquals(i, answer.get());
            }
        }

        long searches = Outsiders.SEARCHES.get() - before;
        assertTrue(searches < 100, searches + " searches in 2,000 rests");
    }
}
