package dev.jevent.internal;

import dev.jevent.Greenlet;
import dev.jevent.Hub;

import java.util.List;
import java.util.Map;

/** What reports need to know of hubs and greenlets, and users do not. */
public abstract class Inspector {

    private static volatile Inspector installed;

    private static final class Holder {
        static final Inspector INSPECTOR = load();

        private static Inspector load() {
            try {
                Class.forName("dev.jevent.InspectorDoor");
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
            return installed;
        }
    }

    /** The door makes it. */
    protected Inspector() {}

    /** The one and only. */
    public static Inspector get() {
        return Holder.INSPECTOR;
    }

    /** Called once. */
    public static void install(Inspector inspector) {
        installed = inspector;
    }

    // ---- any thread

    /** The hubs that are not destroyed, the oldest first. */
    public abstract List<Hub> hubs();

    /** Who is there in a hub. */
    public abstract Census census(Hub hub);

    /** The thread whose hub it is. */
    public abstract Thread owner(Hub hub);

    /** What the greenlet shares with its tree; empty if nobody asked for it yet. */
    public abstract Map<String, Object> treeLocals(Greenlet<?> greenlet);

    // ---- on the hub's loop, in a greenlet or in its root

    /** The watchdog does not report the caller, or does again, until it gives way. */
    public abstract void ignoreBlocking(boolean ignore);

    /** The trace begins. */
    public abstract SwitchTrace startTrace(Hub hub, boolean timed, boolean loopOnly);

    /** The trace ends. */
    public abstract void stopTrace(Hub hub, SwitchTrace trace);
}
