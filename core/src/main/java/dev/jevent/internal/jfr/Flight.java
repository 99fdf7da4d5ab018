package dev.jevent.internal.jfr;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.BlockedHub;
import dev.jevent.internal.Settings;

import jdk.jfr.FlightRecorder;

import org.jspecify.annotations.Nullable;

/**
 * What jevent tells to the Flight Recorder of the JDK. Where that is missing (module {@code
 * jdk.jfr}) its classes are never touched, and everything here does nothing.
 *
 * <p>Until somebody makes a recording, all that this costs is to look at one field: the events are
 * not even loaded, which takes the JDK longer than to start the whole of jevent. The watchdog sees
 * that there is a recording, and loads them; so events of the first twentieth of a second after the
 * first recording began may be missing. From then on each event is asked whether it is on, before
 * anything is made.
 */
public final class Flight {

    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent() && Settings.tellsFlightRecorder();

    private static volatile boolean active; // the events are loaded

    private Flight() {}

    /** Loads the events if there was a recording. Not on a loop: it takes a while, and locks. */
    public static void look() {
        if (PRESENT && !active && Recording.wasMade()) {
            load();
        }
    }

    private static synchronized void load() {
        if (!active) {
            Recorder.load();
            active = true;
        }
    }

    /** Only here, so that the Flight Recorder is not touched where it is missing. */
    private static final class Recording {
        static boolean wasMade() {
            return FlightRecorder.isInitialized();
        }
    }

    /** A hub was made. On the thread that makes it. */
    public static void hubCreated(Hub hub) {
        look();
        if (active) {
            Recorder.hubCreated(hub);
        }
    }

    /** A hub was destroyed. */
    public static void hubDestroyed(Hub hub) {
        if (active) {
            Recorder.hubDestroyed(hub);
        }
    }

    /** Whether somebody wants to know of hubs that are held. */
    public static boolean recordsBlocking() {
        return active && Recorder.BLOCKED.isEnabled();
    }

    /** A hub is held for too long. */
    public static void hubBlocked(BlockedHub b) {
        if (active) {
            Recorder.hubBlocked(b);
        }
    }

    /** It goes on. */
    public static void hubUnblocked(BlockedHub b) {
        if (active) {
            Recorder.hubUnblocked(b);
        }
    }

    /** A greenlet is about to be started. */
    public static void spawned(Greenlet<?> greenlet) {
        if (active && Recorder.SPAWNED.isEnabled()) {
            Recorder.spawned(greenlet);
        }
    }

    /** Whether {@link #begun} is to be called when a greenlet begins. */
    public static boolean recordsLives() {
        return active && Recorder.ENDED.isEnabled();
    }

    /** A greenlet begins; to be given to {@link #ended}. */
    public static Object begun() {
        return Recorder.begun();
    }

    /**
     * A greenlet ends.
     *
     * @param begun what {@link #begun} answered; null if it was not asked
     * @param error what it ended with; null if it returned
     */
    public static void ended(
            Greenlet<?> greenlet, @Nullable Object begun, @Nullable Throwable error) {
        if (begun != null) {
            Recorder.ended(greenlet, begun, error);
        }
        if (error instanceof GreenletExit && active && Recorder.KILLED.isEnabled()) {
            Recorder.killed(greenlet, error);
        }
    }

    /** Nobody caught the error. */
    public static void failed(Object context, Throwable error) {
        if (active && context instanceof RawGreenlet g) {
            Recorder.failed(g, error);
        }
    }
}
