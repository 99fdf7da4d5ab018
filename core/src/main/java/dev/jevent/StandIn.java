package dev.jevent;

/**
 * Runs the loop of a hub whose own thread is held by a greenlet that waits and cannot let go of it:
 * inside a class initialiser, or with a native frame on its stack. Without a stand-in that hub
 * would stand still, and for ever if the greenlet waits for something that has to come through the
 * hub.
 *
 * <p>A greenlet that waits in a call of jevent's gives the loop away itself, and gets it back
 * before it goes on: still one greenlet at a time. If it waits in a call of the JDK's, the {@link
 * Watchdog} notices; then the greenlet may go on beside the stand-in until its next wait.
 */
final class StandIn {

    private StandIn() {}

    /** Gives the loop to a new stand-in. On the thread that runs the loop. */
    static void takeOver(Hub hub) {
        Thread standIn = newThread(hub);
        hub.core.setRunner(standIn);
        standIn.start();
    }

    /** A thread that runs the loop until it is taken from it. Not started. */
    static Thread newThread(Hub hub) {
        Thread standIn =
                Thread.ofPlatform()
                        .daemon()
                        .name("jevent-stand-in for " + hub.name())
                        .inheritInheritableThreadLocals(false)
                        .unstarted(
                                () -> {
                                    hub.enter(); // what runs here is at home in that hub
                                    while (hub.core.runner() == Thread.currentThread()) {
                                        hub.core.run();
                                    }
                                });
        standIn.setContextClassLoader(hub.owner().getContextClassLoader()); // for callbacks
        return standIn;
    }
}
