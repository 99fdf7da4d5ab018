package dev.jevent.loop;

import dev.jevent.internal.jdk.Signals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Calls back when the process gets a signal. Any number of watchers, of any hubs, may watch one
 * signal; while one does, what handled it before does not see it, and when the last stops, that
 * comes back. It does not keep the loop alive unless {@link #ref(boolean)} says so. Signals that
 * come before the loop has called back are one. HUP, INT and TERM do not come if the process was
 * started with them ignored, as {@code nohup} does with HUP: the JVM leaves them so.
 */
public final class Signal extends Watcher {

    private static final Map<String, Installed> INSTALLED = new HashMap<>(); // guarded by itself

    private static final class Installed {
        final List<Signal> watchers = new CopyOnWriteArrayList<>();
        Object previous;

        void received() { // in a thread of the JVM's
            for (Signal watcher : watchers) {
                watcher.received();
            }
        }
    }

    private final String name;
    private final AtomicBoolean received = new AtomicBoolean();

    Signal(Loop loop, String name) {
        super(loop, false);
        this.name = Signals.free(name);
    }

    /** Its name, without {@code SIG}. */
    public String name() {
        return name;
    }

    @Override
    void begin() {
        received.set(false);
        synchronized (INSTALLED) {
            Installed installed = INSTALLED.get(name);
            if (installed == null) {
                var fresh = new Installed();
                fresh.watchers.add(this); // it may come at once
                fresh.previous = Signals.handle(name, fresh::received);
                INSTALLED.put(name, fresh);
            } else {
                installed.watchers.add(this);
            }
        }
        loop.closesWithHub(this);
    }

    @Override
    void end() {
        loop.closed(this);
        synchronized (INSTALLED) {
            Installed installed = INSTALLED.get(name);
            installed.watchers.remove(this);
            if (installed.watchers.isEmpty()) {
                INSTALLED.remove(name);
                Signals.restore(name, installed.previous);
            }
        }
    }

    private void received() {
        if (received.compareAndSet(false, true)) {
            loop.core.submit((Runnable) this::arrived);
        }
    }

    private void arrived() {
        if (received.getAndSet(false) && active()) {
            fire();
        }
    }
}
