package dev.jevent.util;

import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.Census;
import dev.jevent.internal.Inspector;
import dev.jevent.util.GreenletTree.State;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Plants the trees of all hubs. */
final class Forest {

    private final IdentityHashMap<RawGreenlet, GreenletTree> known = new IdentityHashMap<>();
    private final IdentityHashMap<Hub, Census> censuses = new IdentityHashMap<>();
    private final List<GreenletTree> trees = new ArrayList<>();
    private final Thread self = Thread.currentThread();

    Forest() {
        List<Hub> hubs = Inspector.get().hubs();
        for (Hub hub : hubs) {
            censuses.put(hub, Inspector.get().census(hub));
            trees.add(root(hub));
        }
        for (Hub hub : hubs) {
            Census census = censuses.get(hub);
            census.begun().forEach(this::find);
            census.notBegun().forEach(this::find);
        }
    }

    List<GreenletTree> trees() {
        return List.copyOf(trees);
    }

    private GreenletTree root(Hub hub) {
        RawGreenlet g = hub.rootGreenlet();
        return known.computeIfAbsent(g, r -> new GreenletTree(r, stateOfRoot(hub), isCurrent(r)));
    }

    /**
     * The tree of a greenlet, which is put in its place. Goes up to the first that is known and
     * down again: a chain of spawners may be long, and there is no need for a deep stack.
     */
    GreenletTree find(RawGreenlet greenlet) {
        List<RawGreenlet> chain = new ArrayList<>();
        GreenletTree top = known.get(greenlet);
        for (RawGreenlet g = greenlet; top == null; ) {
            chain.add(g);
            RawGreenlet spawner = g instanceof Greenlet<?> s ? s.spawningGreenlet() : null;
            if (spawner == null) {
                top = root(g.hub()); // of a hub that is destroyed it stands in no list of trees
            } else {
                top = known.get(spawner);
                g = spawner;
            }
        }
        for (RawGreenlet g : chain.reversed()) {
            var tree = new GreenletTree(g, state(g), isCurrent(g));
            known.put(g, tree);
            top.add(tree);
            top = tree;
        }
        return top;
    }

    private boolean isCurrent(RawGreenlet g) {
        return g.thread() == self;
    }

    private State state(RawGreenlet g) {
        Thread thread = g.thread();
        if (g.dead()) {
            return State.DEAD;
        }
        if (thread == null || thread.getState() == Thread.State.NEW) {
            return State.NOT_BEGUN;
        }
        if (thread == self) {
            return State.RUNNING;
        }
        Census census = censuses.get(g.hub());
        if (census != null && census.ready().contains(g)) {
            return State.READY;
        }
        if (thread.getState() != Thread.State.RUNNABLE) {
            return State.WAITING;
        }
        return census != null && census.mounted() == thread ? State.RUNNING : State.READY;
    }

    private State stateOfRoot(Hub hub) {
        Thread owner = Inspector.get().owner(hub);
        if (!owner.isAlive()) {
            return State.DEAD;
        }
        if (owner == self) {
            return State.RUNNING;
        }
        Census census = censuses.get(hub);
        if (census != null && census.ready().contains(hub.rootGreenlet())) {
            return State.READY;
        }
        boolean busy = owner.getState() == Thread.State.RUNNABLE;
        return busy && census != null && !census.looping() ? State.RUNNING : State.WAITING;
    }
}
