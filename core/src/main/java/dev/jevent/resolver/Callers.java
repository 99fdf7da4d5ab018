package dev.jevent.resolver;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.jdk.Jdk;

/** What the one who asks for a name may do. */
final class Callers {

    private Callers() {}

    /** Whether it is a greenlet or the root of a hub, which must not be held up. */
    static boolean haveHub() {
        return isOpen() && HubAccess.get().currentLoop() != null;
    }

    /** Whether it is the root of a hub, whose thread runs the loop. */
    static boolean areRoot() {
        return !Thread.currentThread().isVirtual() && haveHub();
    }

    /** Whether it is a callback of a loop, which cannot wait. */
    static boolean areCallback() {
        if (Thread.currentThread().isVirtual()) {
            return false;
        }
        try {
            CallerAccess.get().caller();
            return false;
        } catch (BlockingSwitchOutError e) {
            return true;
        }
    }

    /** Whether jevent works in this JVM. Where it does not, names are found all the same. */
    static boolean isOpen() {
        return Jdk.orNull() != null;
    }
}
