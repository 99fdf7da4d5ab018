package dev.jevent;

import dev.jevent.internal.OwnThread;
import dev.jevent.internal.Settings;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.ParkPoll;
import dev.jevent.internal.loop.Poll;
import dev.jevent.internal.sys.Native;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;

/**
 * Where greenlets wait for I/O: in the epoll of their hub, or, in the portable mode, in the JDK's
 * pollers. The mode is chosen once, when the first hub is made. {@code -Djevent.poller=jdk} asks
 * for the portable mode; it is also taken, and said so once, where the other one is impossible.
 * {@code -Djevent.streams=jdk} leaves the JDK's file streams as they are.
 */
final class Polling {

    private static boolean wrapped; // the JDK's pollers are known: written once, by install()
    private static final boolean EPOLL = install();

    private Polling() {}

    /** Whether this JVM runs in the portable mode. */
    static boolean isPortable() {
        return !EPOLL;
    }

    /** For a hub that is just made; fails if a setting makes no sense. */
    static Poll newPoll() {
        Settings.check();
        return EPOLL ? new EpollPoll(RawGreenlet::polled) : new ParkPoll();
    }

    private static boolean install() {
        boolean epoll = installPoller();
        IntPredicate givesWay = wrapped ? Polling::givesWay : Polling::givesWayHere;
        try {
            Jdk.get().installDispatchers(givesWay, Polling::onClose);
        } catch (IllegalAccessException e) {
            return epoll; // closed to us: it has been said, or the portable mode was asked for
        } catch (Exception | LinkageError e) {
            if (!wrapped) {
                return epoll; // the same was said of the pollers
            }
            System.getLogger("dev.jevent")
                    .log(
                            System.Logger.Level.WARNING,
                            "sockets of the JDK that are always ready do not give way (" + e + ")");
        }
        return epoll;
    }

    private static boolean installPoller() {
        Jdk jdk = Jdk.get(); // without it there is nothing at all; that is for the caller to hear
        boolean portable = Settings.isPortable() || !Native.isAvailable();
        Throwable failure = tryInstall(jdk, portable);
        if (failure != null) {
            System.getLogger("dev.jevent")
                    .log(
                            System.Logger.Level.WARNING,
                            "sockets wait in the JDK's pollers, which is slower; to change that,"
                                    + " start with --add-opens"
                                    + " java.base/sun.nio.ch=ALL-UNNAMED ("
                                    + failure
                                    + ")");
        }
        watchStreams(jdk);
        return !portable && failure == null;
    }

    /** Lets the JDK's streams wait in hubs too, from their first use on. With the first hub. */
    private static void watchStreams(Jdk jdk) {
        if (!Native.isAvailable() || Settings.usesJdkStreams()) {
            return;
        }
        try {
            jdk.beforeStreams(Polling::installStreams, Polling::installStreamsBeside);
        } catch (Exception | LinkageError e) {
            System.getLogger("dev.jevent")
                    .log(System.Logger.Level.DEBUG, "the JDK's streams hold up their hub", e);
        }
    }

    /** A greenlet has its hub go on meanwhile: it takes some time, mostly to load classes. */
    private static void installStreamsBeside() {
        RawGreenlet g = current();
        if (g == null || !g.hub.core.inLoop()) {
            installStreams();
            return;
        }
        var done = new Waiter<Void>();
        OwnThread.start(
                "jevent-streams",
                () -> {
                    try {
                        installStreams();
                    } finally {
                        done.switchTo(null);
                    }
                });
        g.hub.core.ref();
        done.awaitUndisturbed();
        HubCore core = g.hub.core;
        if (core.inLoop()) {
            core.unref();
        } else {
            core.submit((Runnable) core::unref);
        }
    }

    /** By a class from above, which does it when it is initialised. */
    private static void installStreams() {
        try {
            Class.forName("dev.jevent.internal.io.JdkStreams");
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Hubs are made by platform threads, and so is this called by one: the JDK's pollers are
     * virtual threads, and if a greenlet made them they would be its hub's.
     */
    private static Throwable tryInstall(Jdk jdk, boolean portable) {
        try {
            LongPredicate begin = portable ? Polling::beginInTheJdk : Polling::begin;
            LongPredicate end = portable ? Polling::endInTheJdk : Polling::end;
            jdk.installPoller(begin, end, Polling::throwPending, Polling::onClose);
            wrapped = true;
            return null;
        } catch (Exception | LinkageError e) {
            return portable ? null : e; // there a kill is an interrupt, which needs nothing of this
        }
    }

    private static RawGreenlet current() {
        Object g = Jdk.get().greenlet(Thread.currentThread());
        if (g != null) {
            return (RawGreenlet) g;
        }
        return Jdk.get().scheduler(Thread.currentThread()) instanceof Hub.Scheduler
                ? (RawGreenlet) Parker.current()
                : null;
    }

    /** On the thread that waits. Any other than a greenlet's waits as ever. */
    private static boolean begin(long what) {
        RawGreenlet g = current();
        if (g == null) {
            return false;
        }
        StackRoom.operation();
        throwPending(g, what);
        if (!g.hub.core.inLoop()) {
            return false; // it is pinned, while a stand-in runs its loop
        }
        boolean turnAway = g.hub.core.turnAway;
        g.hub.core.turnAway = false;
        if (turnAway) {
            g.pollForTurn();
            return true;
        }
        g.beginPolling(RawGreenlet.FOR_EPOLL);
        try {
            ((EpollPoll) g.hub.core.poll()).beginWait((int) what, what & ~0xFFFFFFFFL);
        } catch (IOException e) {
            g.endPolling();
            throw Parker.<RuntimeException>sneaky(e);
        }
        g.hub.core.ref();
        g.hub.core.polls++;
        return true;
    }

    private static boolean end(long what) {
        RawGreenlet g = current();
        if (g == null) {
            return false;
        }
        byte how = g.endPolling();
        if (how == RawGreenlet.NOT_POLLING) {
            return false;
        }
        HubCore core = g.hub.core;
        if (how == RawGreenlet.FOR_EPOLL) {
            if (core.inLoop()) {
                endInLoop(core, what);
            } else {
                core.submit((Runnable) () -> endInLoop(core, what));
            }
        }
        return true;
    }

    private static void endInLoop(HubCore core, long what) {
        core.unref();
        core.polls--;
        if ((what & Jdk.POLLED) == 0) {
            ((EpollPoll) core.poll()).endWait((int) what, what & ~Jdk.POLLED & ~0xFFFFFFFFL);
        }
    }

    // ---- in the portable mode

    private static boolean beginInTheJdk(long what) {
        RawGreenlet g = current();
        if (g == null) {
            return false;
        }
        throwPending(g, what);
        if (!g.hub.core.inLoop()) {
            return false;
        }
        boolean turnAway = g.hub.core.turnAway;
        g.hub.core.turnAway = false;
        if (turnAway) {
            g.pollForTurn();
        } else {
            g.beginPolling(RawGreenlet.FOR_JDK);
        }
        return turnAway;
    }

    private static boolean endInTheJdk(long what) {
        RawGreenlet g = current();
        return g != null && g.endPolling() == RawGreenlet.FOR_TURN;
    }

    // ---- kills and timeouts

    private static void throwPending(long what) {
        RawGreenlet g = current();
        if (g != null) {
            throwPending(g, what);
        }
    }

    /**
     * Throws what is pending from the greenlet's wait. A stream socket is closed, for nobody knows
     * what was half read or written on it, and at first that is told as an interrupt is: by an
     * IOException, so that a library throws the connection away. It is an InterruptedIOException,
     * for after that clients do not try again.
     */
    private static void throwPending(RawGreenlet g, long what) {
        if (!g.hasForPolling()) {
            return;
        }
        Jdk jdk = Jdk.get();
        int kind = (what & Jdk.SELECTOR) != 0 ? 0 : jdk.waitsIn();
        if (kind == 0 || g.keepsOpen() || KeptOpen.contains((int) what)) {
            throw Parker.<RuntimeException>sneaky(g.takeForPolling());
        }
        Throwable told = g.tellInPolling();
        Throwable error = told == null ? g.takeForPolling() : closedFor(told, kind);
        try {
            if (kind == Jdk.SOCKET) {
                g.thrownByClose(error);
            }
            jdk.cut(error);
        } catch (IOException e) {
            throw Parker.<RuntimeException>sneaky(e);
        }
    }

    private static IOException closedFor(Throwable reason, int kind) {
        IOException e =
                kind == Jdk.CHANNEL
                        ? new ClosedByInterruptException()
                        : new InterruptedIOException(Interruptions.closedFor(reason));
        e.initCause(reason);
        return e;
    }

    private static Throwable onClose() {
        return Jdk.get().greenlet(Thread.currentThread()) instanceof RawGreenlet g
                ? g.takeThrownByClose()
                : null;
    }

    // ---- fairness

    /**
     * Before a call of the JDK's. When a greenlet is to give way, it is told to wait, and {@link
     * #begin} has it wait for its turn only: for a descriptor that has room for some, but not for
     * much, the epoll might wait without end. If the call ends before, it is counted again.
     */
    private static boolean givesWay(int calls) {
        if (calls == Jdk.CAN_WAIT) {
            current().hub.core.turnAway = true;
            return true;
        }
        return givesWayHere(calls);
    }

    /** The same where the JDK's pollers are not ours: it waits in the call. */
    private static boolean givesWayHere(int calls) {
        RawGreenlet g = current();
        if (g == null || !g.hub.core.inLoop()) {
            return false;
        }
        if (calls == Jdk.HOLDS_UP) {
            return true;
        }
        if (calls == Jdk.CANNOT_WAIT || calls == Jdk.CAN_WAIT) {
            boolean throwsHere =
                    calls == Jdk.CANNOT_WAIT; // else its socket would have to be closed
            if (throwsHere) {
                g.throwPending();
            }
            g.yieldNow();
            if (throwsHere) {
                g.throwPending();
            }
            return false;
        }
        HubCore core = g.hub.core;
        core.turnAway = false;
        if (calls > 1) {
            core.moved(calls - 1); // the call itself was counted before it
            return false;
        }
        return core.served(calls);
    }
}
