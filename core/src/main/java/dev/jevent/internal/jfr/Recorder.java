package dev.jevent.internal.jfr;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.BlockedHub;
import dev.jevent.internal.Inspector;

import jdk.jfr.FlightRecorder;

import java.util.stream.Collectors;

/** The part of {@link Flight} that needs the Flight Recorder. */
final class Recorder {

    // Any event of a kind can say whether its kind is on: no need to make one for the question.
    static final Events.GreenletSpawned SPAWNED = new Events.GreenletSpawned();
    static final Events.GreenletEnded ENDED = new Events.GreenletEnded();
    static final Events.GreenletKilled KILLED = new Events.GreenletKilled();
    static final Events.HubBlocked BLOCKED = new Events.HubBlocked();

    private Recorder() {}

    /** Has the JDK know the rare ones too. */
    static void load() {
        FlightRecorder.register(Events.HubCreated.class);
        FlightRecorder.register(Events.HubDestroyed.class);
        FlightRecorder.register(Events.HubUnblocked.class);
        FlightRecorder.register(Events.GreenletFailed.class);
    }

    static void hubCreated(Hub hub) {
        var event = new Events.HubCreated();
        if (event.isEnabled()) {
            event.hub = hub.name();
            event.owner = Inspector.get().owner(hub);
            event.commit();
        }
    }

    static void hubDestroyed(Hub hub) {
        var event = new Events.HubDestroyed();
        if (event.isEnabled()) {
            event.hub = hub.name();
            event.owner = Inspector.get().owner(hub);
            event.commit();
        }
    }

    static void hubBlocked(BlockedHub b) {
        var event = new Events.HubBlocked();
        if (event.isEnabled()) {
            event.hub = b.hub().name();
            event.greenlet = b.who();
            event.blockedFor = b.nanos();
            event.stack =
                    b.stack().stream()
                            .map(StackTraceElement::toString)
                            .collect(Collectors.joining("\n"));
            event.commit();
        }
    }

    static void hubUnblocked(BlockedHub b) {
        var event = new Events.HubUnblocked();
        if (event.isEnabled()) {
            event.hub = b.hub().name();
            event.greenlet = b.who();
            event.blockedFor = b.nanos();
            event.commit();
        }
    }

    static void spawned(Greenlet<?> g) {
        var event = new Events.GreenletSpawned();
        fill(event, g);
        event.commit();
    }

    static Object begun() {
        var event = new Events.GreenletEnded();
        event.begin();
        return event;
    }

    static void ended(Greenlet<?> g, Object begun, Throwable error) {
        var event = (Events.GreenletEnded) begun;
        event.end();
        if (event.shouldCommit()) {
            fill(event, g);
            event.outcome =
                    error == null
                            ? "returned"
                            : error instanceof GreenletExit ? "killed" : "failed";
            event.commit();
        }
    }

    static void killed(Greenlet<?> g, Throwable error) {
        var event = new Events.GreenletKilled();
        fill(event, g);
        event.error = error.toString();
        event.commit();
    }

    static void failed(RawGreenlet g, Throwable error) {
        var event = new Events.GreenletFailed();
        if (event.isEnabled()) {
            fill(event, g);
            event.error = error.toString();
            event.commit();
        }
    }

    private static void fill(Events.OfGreenlet event, RawGreenlet g) {
        event.greenlet = g.name();
        event.hub = g.hub().name();
        event.spawnSite = g instanceof Greenlet<?> known ? known.spawnSite() : null;
    }
}
