package dev.jevent.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.RawGreenlet;
import dev.jevent.Waiter;
import dev.jevent.local.Local;
import dev.jevent.programs.Crowd;
import dev.jevent.util.GreenletTree.State;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Who has spawned whom, and what each does. */
class GreenletTreeTest extends HubScenario {

    private final Waiter<Void> forParent = new Waiter<>();
    private final Waiter<Void> forChild = new Waiter<>();

    private GreenletTree mine() {
        return GreenletTree.forest().stream()
                .filter(t -> t.greenlet() == hub.rootGreenlet())
                .findFirst()
                .orElseThrow();
    }

    private static GreenletTree find(GreenletTree tree, RawGreenlet g) {
        if (tree.greenlet() == g) {
            return tree;
        }
        return tree.children().stream()
                .map(t -> find(t, g))
                .filter(t -> t != null)
                .findFirst()
                .orElse(null);
    }

    private static List<String> names(GreenletTree tree) {
        return tree.children().stream().map(t -> t.greenlet().name()).toList();
    }

    @Test
    void treeFollowsWhoSpawned() {
        var parent = Crowd.family(forParent, forChild);
        turns(2);
        GreenletTree tree = mine();

        assertEquals(List.of("parent"), names(tree));
        GreenletTree branch = tree.children().getFirst();
        assertSame(parent, branch.greenlet());
        assertEquals(List.of("child"), names(branch));
        assertSame(branch, branch.children().getFirst().parent());
        assertSame(tree, branch.children().getFirst().root());
        assertNull(tree.parent());
        assertTrue(tree.isCurrent());
        assertTrue(tree.isCurrentTree());
        assertFalse(branch.isCurrentTree());
        end(parent);
    }

    private void end(Greenlet<?> parent) {
        forChild.switchTo(null);
        forParent.switchTo(null);
        parent.join();
        turns(2);
    }

    @Test
    void deadSpawnerIsShownWhileItsChildLives() {
        var parent = Crowd.family(forParent, forChild);
        turns(2);
        forParent.switchTo(null);
        parent.join();
        GreenletTree dead = find(mine(), parent);

        assertEquals(State.DEAD, dead.state());
        assertEquals(List.of("child"), names(dead));
        assertEquals(State.WAITING, dead.children().getFirst().state());
        forChild.switchTo(null);
        turns(3);
        assertNull(find(mine(), parent), "with its last child it is gone");
    }

    @Test
    void textSaysWhereEachWasSpawnedAndWaits() {
        var parent = Crowd.family(forParent, forChild);
        parent.treeLocals().put("user", "me");
        turns(2);
        List<String> lines = mine().formatLines(true);
        end(parent);

        assertEquals(hub + ": root of " + hub + ", running, current", lines.get(0));
        assertEquals("│  thread: " + Thread.currentThread().getName(), lines.get(1));
        assertTrue(lines.get(2).startsWith("│  is at: "), lines.get(2));
        assertEquals("└─ parent, waiting", lines.get(3));
        assertTrue(
                lines.get(4).matches("   │  spawned at: .*Crowd.family\\(Crowd.java:\\d+\\)"),
                lines.get(4));
        assertEquals("   │  tree local: user = me", lines.get(5));
        assertTrue(
                lines.get(6).matches("   │  waits at: .*Crowd.await\\(Crowd.java:\\d+\\)"),
                lines.get(6));
        assertEquals("   └─ child, waiting", lines.get(7));
        assertTrue(lines.get(8).startsWith("         spawned at: "), lines.get(8));
        assertTrue(lines.get(9).startsWith("         waits at: "), lines.get(9));
        assertEquals(10, lines.size());
    }

    @Test
    void treeLocalsStandAtTheTopOfTheirTree() {
        var tops = new ArrayList<Greenlet<?>>();
        tops.add(
                Jevent.spawn(
                        () -> {
                            Jevent.spawn(() -> Crowd.await(forChild));
                            Crowd.await(forParent);
                        }));
        tops.getFirst().treeLocals().put("request", 7);
        turns(2);
        String text = mine().format();
        end(tops.getFirst());

        assertEquals(1, text.split("tree local: request = 7", -1).length - 1, text);
    }

    @Test
    void localsOfAGreenletAreShown() {
        Local<String> user = Local.named("user");
        var g =
                Jevent.spawn(
                        () -> {
                            user.set("me");
                            Crowd.await(forParent);
                        });
        turns(1);
        String text = mine().format();
        end(g);

        assertTrue(text.contains("   Local user = me"), text);
    }

    @Test
    void localThatFailsToPrintSpoilsNothing() {
        var g = Jevent.spawn(() -> Crowd.await(forParent));
        g.treeLocals()
                .put(
                        "bad",
                        new Object() {
                            @Override
                            public String toString() {
                                throw new IllegalStateException("no text");
                            }
                        });
        turns(1);
        String text = mine().format();
        end(g);

        assertTrue(text.contains("tree local: bad = (its toString() failed"), text);
    }

    @Test
    void withoutDetailsThereAreNamesAndStatesOnly() {
        var parent = Crowd.family(forParent, forChild);
        turns(2);
        var text = mine().format(false);
        end(parent);

        assertEquals(
                String.join(
                        System.lineSeparator(),
                        hub + ": root of " + hub + ", running, current",
                        "└─ parent, waiting",
                        "   └─ child, waiting"),
                text);
    }

    @Test
    void statesAreTold() {
        var seen = new AtomicReference<GreenletTree>();
        var waiting = Jevent.spawn(() -> Crowd.await(forParent));
        var ready = Jevent.spawn(() -> Jevent.sleep(0));
        List<Greenlet<?>> late = new ArrayList<>();
        var looking =
                Jevent.spawn(
                        () -> {
                            late.add(Jevent.spawn(() -> {}));
                            seen.set(mine());
                        });
        looking.join();
        GreenletTree tree = seen.get();

        assertEquals(State.WAITING, tree.state());
        assertFalse(tree.isCurrent());
        assertEquals(State.WAITING, find(tree, waiting).state());
        assertEquals(State.READY, find(tree, ready).state());
        assertEquals(State.RUNNING, find(tree, looking).state());
        assertTrue(find(tree, looking).isCurrent());
        assertEquals(State.NOT_BEGUN, find(tree, late.getFirst()).state());
        assertSame(find(tree, looking), find(tree, late.getFirst()).parent());
        end(waiting);
    }

    @Test
    void greenletThatTheJdkContinuesIsReady() {
        var lock = new CountDownLatch(1);
        var waiting = Jevent.spawn(() -> lock.await());
        turns(1);
        assertEquals(State.WAITING, find(mine(), waiting).state());
        lock.countDown();
        assertEquals(State.READY, find(mine(), waiting).state());
        waiting.join();
    }

    @Test
    void currentTreeHasTheCallerInIt() throws Exception {
        Greenlet<GreenletTree> g = Jevent.spawn(GreenletTree::currentTree);
        GreenletTree tree = g.get();

        assertSame(hub.rootGreenlet(), tree.greenlet());
        assertTrue(tree.isCurrentTree());
        assertTrue(find(tree, g).isCurrent());
    }

    @Test
    void otherHubIsSeenWhileItRuns() throws Exception {
        try (var other = new OtherHub()) {
            var begun = new CountDownLatch(1);
            var end = new CountDownLatch(1);
            var busy = Crowd.holder(other.hub, begun, end);
            try {
                begun.await();
                GreenletTree tree =
                        GreenletTree.forest().stream()
                                .filter(t -> t.greenlet() == other.hub.rootGreenlet())
                                .findFirst()
                                .orElseThrow();

                assertEquals(State.RUNNING, find(tree, busy).state());
                String place = find(tree, busy).place().orElseThrow().getClassName();
                assertEquals(Crowd.class.getName(), place);
                assertFalse(tree.isCurrentTree());
            } finally {
                end.countDown();
            }
        }
    }

    @Test
    void childInAnotherHubStandsBelowItsSpawner() {
        try (var other = new OtherHub()) {
            var end = new Waiter<Void>();
            var spawner =
                    Jevent.spawn(
                            () -> {
                                var away = other.spawn(() -> Crowd.await(end));
                                away.name("away");
                                var seen = other.spawn(() -> {});
                                seen.join(); // so it has begun
                                String text = mine().format(false);
                                assertTrue(
                                        text.contains("└─ " + other.hub + ": away, waiting"), text);
                                end.switchTo(null);
                                away.join();
                            });
            spawner.join();
            assertNull(spawner.exception());
        }
    }

    @Test
    void deepChainNeedsNoDeepStack() {
        int depth = 20_000;
        List<Waiter<Void>> waits = new ArrayList<>();
        spawnChain(depth, waits);
        while (waits.size() < depth) {
            turns(1);
        }
        GreenletTree tree = mine();
        int n = 0;
        for (GreenletTree t = tree; !t.children().isEmpty(); n++) {
            t = t.children().getFirst();
        }
        assertEquals(depth, n);
        assertTrue(tree.isCurrentTree());
        assertFalse(tree.children().getFirst().isCurrentTree());
        waits.forEach(w -> w.switchTo(null));
        turns(depth / 64 + 10);
    }

    private void spawnChain(int left, List<Waiter<Void>> waits) {
        Jevent.spawn(
                () -> {
                    if (left > 1) {
                        spawnChain(left - 1, waits);
                    }
                    var mine = new Waiter<Void>();
                    waits.add(mine);
                    mine.get();
                });
    }

    /** The list of the living changes all the time: a walk neither fails nor goes on for ever. */
    @Test
    void forestCanBeTakenWhileGreenletsComeAndGo() {
        try (var other = new OtherHub()) {
            var stop = new CountDownLatch(1);
            var stays = new Waiter<Void>();
            var old = other.spawn(() -> stays.get());
            var churn =
                    other.spawn(
                            () -> {
                                while (stop.getCount() > 0) {
                                    for (int i = 0; i < 50; i++) {
                                        int n = i;
                                        other.hub.spawn(
                                                () -> {
                                                    for (int k = 0; k < n % 7; k++) {
                                                        Jevent.sleep(0);
                                                    }
                                                });
                                    }
                                    Jevent.sleep(0);
                                }
                            });
            other.spawn(() -> {}).join();
            try {
                for (int i = 0; i < 300; i++) {
                    for (GreenletTree tree : GreenletTree.forest()) {
                        if (tree.greenlet() == other.hub.rootGreenlet()) {
                            assertTrue(find(tree, old) != null, "what stays is always seen");
                        }
                    }
                }
            } finally {
                stop.countDown();
            }
            churn.join();
            stays.switchTo(null);
            old.join();
        }
    }
}
