package dev.jevent.loop;

import dev.jevent.internal.loop.Phases.Phase;

/** Calls back around the sleep of the loop. */
final class PhaseWatcher extends Watcher {

    private final Phase phase;
    private final Runnable firing =
            () -> {
                if (active()) { // else another callback of this phase has stopped it
                    fire();
                }
            };

    PhaseWatcher(Loop loop, Phase phase) {
        super(loop);
        this.phase = phase;
    }

    @Override
    void begin() {
        loop.core.phases().add(phase, firing);
    }

    @Override
    void end() {
        loop.core.phases().remove(phase, firing);
    }
}
