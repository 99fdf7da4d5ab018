package dev.jevent.stress;

/** What is fought over: one primitive, in one round. */
interface Contest {

    /** One operation. May throw what disturbs a wait; everything is in order then too. */
    void step(Fighter fighter) throws Exception;

    /** The last thing that a fighter does; called again if it is disturbed. */
    default void leave(Fighter fighter) throws Exception {}

    /**
     * Asked again and again when the operations are used up and somebody still waits: brings what
     * is missing, and only that. Who waits although he need not wait is not helped.
     */
    default void help() throws Exception {}

    /** The sums, when everybody has ended. */
    void check() throws Exception;
}
