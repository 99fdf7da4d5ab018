package dev.jevent.contract;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * One blocking call of one primitive, as the contract sees it: somebody waits, somebody wakes.
 *
 * @param name what a report calls it
 * @param traits what is true of it
 * @param opening makes the primitive in the state in which a caller has to wait
 */
record BlockingCall(String name, Set<Trait> traits, Opening opening) {

    enum Trait {
        /** One wake-up lets all go on who wait, one after another, in the order they came. */
        WAKES_ALL,
        /** A wake-up that finds nobody is kept for the next one who waits. */
        KEEPS,
        /** It can be woken once only. */
        ONCE,
        /** There is no form with a Duration. */
        UNTIMED,
        /** Who dies while it waits changes the state for the others, as the contract says. */
        BREAKS,
        /** It is woken in a turn or two of the hub, not at once. */
        SOON,
        /** It is woken by another thread. */
        LATER,
        /** Only greenlets and threads that have a hub can do it, or it is bound to its hub. */
        NEEDS_HUB,
        /** Zero does wait a little: the work has to be done in any case. */
        WORKS
    }

    interface Opening {
        Instance open() throws Exception;
    }

    /** One primitive, on which calls wait. */
    interface Instance {
        /** Waits. */
        Object await() throws Exception;

        /** Waits, but not longer than the time; whether it got what it waited for. */
        boolean await(Duration timeout) throws Exception;

        /**
         * Lets one go on, or all. Never waits, from any thread.
         *
         * @return false if it was refused because nobody was there to take it
         */
        boolean wake() throws Exception;

        default void close() throws Exception {}
    }

    static BlockingCall call(String name, Opening opening, Trait... traits) {
        Set<Trait> set = EnumSet.noneOf(Trait.class);
        set.addAll(java.util.List.of(traits));
        return new BlockingCall(name, set, opening);
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** Each wake-up lets exactly one go on, now or later. */
    boolean counts() {
        return is(Trait.KEEPS) && !is(Trait.WAKES_ALL);
    }

    @Override
    public String toString() {
        return name;
    }
}
