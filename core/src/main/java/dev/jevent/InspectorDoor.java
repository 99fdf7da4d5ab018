package dev.jevent;

import dev.jevent.internal.Census;
import dev.jevent.internal.Inspector;
import dev.jevent.internal.SwitchTrace;
import dev.jevent.internal.jdk.Jdk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The back door of hubs and greenlets, for reports. */
final class InspectorDoor extends Inspector {

    static {
        install(new InspectorDoor());
    }

    private InspectorDoor() {}

    @Override
    public List<Hub> hubs() {
        return Watchdog.hubs();
    }

    @Override
    public Census census(Hub hub) {
        Set<RawGreenlet> ready = Collections.newSetFromMap(new IdentityHashMap<>());
        List<RawGreenlet> notBegun = new ArrayList<>();
        for (Object entry : hub.core.entries()) {
            if (entry instanceof RawGreenlet g && !g.dead()) {
                if (g.hasBegun()) {
                    ready.add(g);
                } else {
                    notBegun.add(g);
                }
            }
        }
        Thread mounted = Jdk.get().mounted(hub.core.runner());
        return new Census(hub.living.about(), notBegun, ready, mounted, hub.core.isRunning());
    }

    @Override
    public Thread owner(Hub hub) {
        return hub.owner();
    }

    @Override
    public Map<String, Object> treeLocals(Greenlet<?> greenlet) {
        return greenlet.knownTreeLocals();
    }

    @Override
    public void ignoreBlocking(boolean ignore) {
        Watchdog.ignore(Hub.get(), ignore);
    }

    @Override
    public SwitchTrace startTrace(Hub hub, boolean timed, boolean loopOnly) {
        var trace = new SwitchTrace(hub.core, Jevent.getCurrent(), timed, loopOnly);
        hub.core.add(trace);
        return trace;
    }

    @Override
    public void stopTrace(Hub hub, SwitchTrace trace) {
        hub.core.remove(trace);
        trace.stop();
    }
}
