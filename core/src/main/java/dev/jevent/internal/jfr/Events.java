package dev.jevent.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events, as the Flight Recorder wants them. The frequent ones are off unless asked for. */
final class Events {

    private Events() {}

    @Name("dev.jevent.HubCreated")
    @Label("Hub Created")
    @Category("jevent")
    static final class HubCreated extends Event {
        @Label("Hub")
        String hub;

        @Label("Owner")
        @Description("The thread whose hub it is")
        Thread owner;
    }

    @Name("dev.jevent.HubDestroyed")
    @Label("Hub Destroyed")
    @Category("jevent")
    static final class HubDestroyed extends Event {
        @Label("Hub")
        String hub;

        @Label("Owner")
        @Description("The thread whose hub it was")
        Thread owner;
    }

    @Name("dev.jevent.HubBlocked")
    @Label("Hub Blocked")
    @Category("jevent")
    @Description("A greenlet holds its hub for too long; nobody else of that hub can run")
    @StackTrace(false) // that would be the watchdog's
    static final class HubBlocked extends Event {
        @Label("Hub")
        String hub;

        @Label("Greenlet")
        String greenlet;

        @Label("Blocked For")
        @Timespan
        long blockedFor;

        @Label("Stack")
        @Description("Where the greenlet stands")
        String stack;
    }

    @Name("dev.jevent.HubUnblocked")
    @Label("Hub Unblocked")
    @Category("jevent")
    @Description("A hub that was blocked goes on")
    @StackTrace(false)
    static final class HubUnblocked extends Event {
        @Label("Hub")
        String hub;

        @Label("Greenlet")
        String greenlet;

        @Label("Blocked For")
        @Timespan
        long blockedFor;
    }

    /** What the events of greenlets have in common. */
    @StackTrace(false)
    abstract static class OfGreenlet extends Event {
        @Label("Greenlet")
        String greenlet;

        @Label("Hub")
        String hub;

        @Label("Spawned At")
        String spawnSite;
    }

    @Name("dev.jevent.GreenletSpawned")
    @Label("Greenlet Spawned")
    @Category("jevent")
    @Enabled(false)
    @StackTrace(false)
    static final class GreenletSpawned extends OfGreenlet {}

    @Name("dev.jevent.GreenletEnded")
    @Label("Greenlet Ended")
    @Category("jevent")
    @Description("From the moment it began to run to its end")
    @Enabled(false)
    @StackTrace(false)
    static final class GreenletEnded extends OfGreenlet {
        @Label("Outcome")
        @Description("returned, failed or killed")
        String outcome;
    }

    @Name("dev.jevent.GreenletFailed")
    @Label("Greenlet Failed")
    @Category("jevent")
    @Description("Nobody caught its error")
    @StackTrace(false)
    static final class GreenletFailed extends OfGreenlet {
        @Label("Error")
        String error;
    }

    @Name("dev.jevent.GreenletKilled")
    @Label("Greenlet Killed")
    @Category("jevent")
    @Enabled(false)
    @StackTrace(false)
    static final class GreenletKilled extends OfGreenlet {
        @Label("Error")
        @Description("What it was killed with")
        String error;
    }
}
