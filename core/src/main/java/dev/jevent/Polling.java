package dev.jevent;

import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.ParkPoll;
import dev.jevent.internal.loop.Poll;
import dev.jevent.internal.sys.Native;

import java.io.IOException;
import java.util.function.LongPredicate;

/**
 * Where greenlets wait for I/O: in the epoll of their hub, or, in the portable mode, in the JDK's
 * pollers. The mode is chosen once, when the first hub is made. {@code -Djevent.poller=jdk} asks
 * for the portable mode; it is also taken, and said so once, where the other one is impossible.
 * {@code -Djevent.streams=jdk} leaves the JDK's file streams as they are.
 */
final class Polling {

    private static final boolean EPOLL = install();

    private Polling() {}

    /** Whether this JVM runs in the portable mode. */
    static boolean isPortable() {
        return !EPOLL;
    }

    static Poll newPoll() {
        return EPOLL ? new EpollPoll(RawGreenlet::polled) : new ParkPoll();
    }

    private static boolean install() {
        Jdk jdk = Jdk.get(); // without it there is nothing at all; that is for the caller to hear
        boolean portable =
                "jdk".equals(System.getProperty("jevent.poller")) || !Native.isAvailable();
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
        if (!Native.isAvailable() || "jdk".equals(System.getProperty("jevent.streams"))) {
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
        Thread.ofPlatform()
                .daemon()
                .name("jevent-streams")
                .start(
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
            if (portable) {
                Class.forName("sun.nio.ch.Poller");
            } else {
                LongPredicate begin = Polling::begin;
                LongPredicate end = Polling::end;
                jdk.installPoller(begin, end);
            }
            return null;
        } catch (Exception | LinkageError e) {
            return e;
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

    private static boolean begin(long what) {
        RawGreenlet g = current();
        if (g == null || !g.hub.core.inLoop()) {
            return false; // no greenlet, or one that is pinned while a stand-in runs its loop
        }
        g.beginPolling();
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
        if (g == null || !g.endPolling()) {
            return false;
        }
        HubCore core = g.hub.core;
        if (core.inLoop()) {
            endInLoop(core, what);
        } else {
            core.submit((Runnable) () -> endInLoop(core, what));
        }
        Throwable pending = g.pendingAfterPolling();
        if (pending != null) {
            throw Parker.<RuntimeException>sneaky(pending);
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
}
