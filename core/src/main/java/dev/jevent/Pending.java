package dev.jevent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What is to be thrown into a greenlet or thread and was not thrown yet, and the shields behind
 * which it stands. Few greenlets ever have one. That of a greenlet is for the loop thread of its
 * hub only; to that of a thread anybody may add, and all else is for that thread.
 *
 * <p>Each entry goes this way:
 *
 * <pre>
 *   untold --a wait of jevent's----------------------> thrown as itself: gone
 *     |                                                    ^
 *     +----a wait of the JDK's, a library's socket--> told-+   (each later wait, or the edge)
 * </pre>
 *
 * <i>Told</i> is what was delivered as something else: as an interrupt, or as the IOException of a
 * socket that was closed for it. A program may swallow that; so it stays until it was thrown as
 * itself, or taken back. A <i>lasting</i> entry is thrown from every wait until it is taken back.
 *
 * <p>The shields of one greenlet are numbered, and an error comes with the number that the newest
 * shield had when its source was started: a {@link Timeout} for instance. Inside of a shield only
 * those pass whose number is not lower than the shield's: they were started inside. A kill has the
 * number zero and passes no shield.
 */
final class Pending {

    private static final long FIRST_PAUSE = 1_000_000;
    private static final long LAST_PAUSE = 64_000_000;

    private static final class Entry {
        final Throwable error;
        final long since;
        final boolean lasting;
        boolean told;
        boolean closed; // a library's socket: told by that
        boolean thrown; // a lasting one: once at least

        Entry(Throwable error, long since, boolean lasting) {
            this.error = error;
            this.since = since;
            this.lasting = lasting;
        }
    }

    private final Deque<Entry> entries;
    private List<Throwable> spent = List.of(); // told first, and thrown as themselves after that
    private Entry taken; // the last one
    private Throwable takenError; // what it was thrown as
    private boolean takenAgain; // a library's socket had been closed for it
    private Shield shield; // the innermost one
    private long shields; // the number of the newest one, still there or not

    /** The interrupt status of its thread was set by jevent, for what is told. */
    boolean interrupting;

    /** An interrupt of somebody else, which was taken away lest it spins, is to be given back. */
    boolean owed;

    /** Its greenlet stands among those of the hub that are to be delivered to. */
    boolean listed;

    /** Nothing is thrown: a class is being initialised, which a throw would make unusable. */
    boolean held;

    /**
     * So many blocks of jevent's clean up, and wait: what lasts and was thrown once is not thrown.
     */
    int cleaning;

    /** Its greenlet or thread has parked since something was thrown. */
    boolean hasParked;

    /** So many blocks are on the stack that keep a library's sockets open. */
    int keepingOpen;

    /** What the close of a socket throws that is closed because of it; null: nothing. */
    Throwable thrownByClose;

    volatile int cuts; // how often something was added; may miss one of two that come at once
    private volatile Throwable cut; // the last one, unless it was taken back

    private long pause = FIRST_PAUSE; // between two interrupts for the same
    private long notBefore; // the next of these; a time of the hub's clock
    private boolean paused;

    private Pending(Deque<Entry> entries) {
        this.entries = entries;
    }

    static Pending ofGreenlet() {
        return new Pending(new ArrayDeque<>(2));
    }

    static Pending ofThread() {
        return new Pending(new ConcurrentLinkedDeque<>());
    }

    /** The number for what is started now. */
    long since() {
        return shields;
    }

    private boolean passes(Entry entry) {
        return (shield == null || entry.since >= shield.serial)
                && !(cleaning > 0 && (entry.thrown || entry.told && entry.lasting));
    }

    /** Whether nothing may be thrown now. */
    boolean isEmpty() {
        return entries.isEmpty() || first(false) == null;
    }

    /** Whether everything that may be thrown now was delivered once, as something else. */
    boolean isTold() {
        return first(true) == null;
    }

    private Entry first(boolean untoldOnly) {
        for (Entry e : entries) {
            if (passes(e) && !(untoldOnly && (e.told || e.thrown))) {
                return e;
            }
        }
        return null;
    }

    /**
     * The next one to be thrown now. What lasts is thrown once more only from a wait that has
     * begun: code that swallows it in a loop gives way to the others.
     */
    private Entry next() {
        for (Entry e : entries) {
            if (passes(e) && (hasParked || !(e.lasting && e.thrown))) {
                return e;
            }
        }
        return null;
    }

    /** Whether nothing is to be thrown now; more may be when the wait has begun. */
    boolean isEmptyNow() {
        return entries.isEmpty() || next() == null;
    }

    /** Whether there is something, behind a shield or not. Of a thread: any thread. */
    boolean hasAny() {
        return !entries.isEmpty();
    }

    void add(Throwable error, long since, boolean lasting) {
        cut = error;
        cuts++;
        entries.add(new Entry(error, since, lasting));
    }

    /** The next one, to be thrown as itself; null if there is none. */
    Throwable poll() {
        Entry entry = next();
        if (entry == null) {
            return null;
        }
        hasParked = false;
        Throwable error = entry.error;
        takenAgain = entry.closed;
        if (entry.lasting) {
            // the same object twice could not be suppressed by itself where a block is left
            error = entry.thrown ? GreenletExit.again(error) : error;
            entry.thrown = true;
        } else {
            entries.remove(entry);
        }
        if (entry.told) {
            spend(entry.error);
        }
        entry.told = false;
        taken = entry;
        takenError = error;
        pause = FIRST_PAUSE;
        paused = false;
        if (error instanceof Timeout timeout) {
            timeout.traceHere();
        }
        return error;
    }

    /** What {@link #poll} would give. */
    Throwable peek() {
        Entry entry = first(false);
        if (entry == null) {
            return null;
        }
        return entry.lasting && entry.thrown ? GreenletExit.again(entry.error) : entry.error;
    }

    /** Gives back what was taken last. */
    void putBack(Throwable error) {
        if (taken != null && takenError == error && !taken.lasting) {
            entries.addFirst(taken);
        } else if (taken == null || takenError != error) {
            entries.addFirst(new Entry(error, 0, false));
        }
    }

    /** Whether it was taken last. */
    boolean wasTaken(Throwable error) {
        return taken != null && takenError == error;
    }

    /** Whether what was taken last is thrown from every wait. */
    boolean wasLasting(Throwable error) {
        return wasTaken(error) && taken.lasting;
    }

    /**
     * What was thrown just now, as itself and for the first time, is delivered as something else
     * instead: puts it back as told.
     *
     * @return false if the error is something else, or a socket was closed for it before
     */
    boolean tellInstead(Throwable error) {
        Entry entry = taken;
        if (entry == null || takenError != error || takenAgain) {
            return false;
        }
        taken = null;
        takenError = null;
        entry.told = true;
        entry.closed = true;
        if (!entry.lasting) {
            entries.addFirst(entry);
        }
        return true;
    }

    /**
     * The next one, if no socket of a library was closed for it: now one is, which tells it. Null
     * if one was, or if there is nothing: the first such socket fails as libraries expect it, so
     * that they throw it away; whoever goes on then is thrown at.
     */
    Throwable tell() {
        Entry entry = next();
        if (entry == null || entry.closed) {
            return null;
        }
        entry.told = true;
        entry.closed = true;
        return entry.error;
    }

    /** The next untold one, which is told from now on; there is one. */
    void tellUntold() {
        first(true).told = true;
    }

    private void spend(Throwable error) {
        if (spent.isEmpty()) {
            spent = new ArrayList<>(1);
        }
        spent.add(error);
    }

    /**
     * Whether it was told, though it may have been thrown as itself since. At the edge it is thrown
     * in any case: code that was told by an IOException may have swallowed everything.
     */
    boolean wasEverTold(Throwable error) {
        return isTold(error) || spent.stream().anyMatch(e -> e == error);
    }

    /** The first one that was ever told, and not taken back; null if there is none. */
    Throwable anyEverTold() {
        return spent.isEmpty() ? anyTold() : spent.getFirst();
    }

    /** Whether it was told, and not thrown as itself since. */
    boolean isTold(Throwable error) {
        for (Entry e : entries) {
            if (e.error == error) {
                return e.told;
            }
        }
        return false;
    }

    /** The first one that was told and has not been thrown as itself; null if there is none. */
    Throwable anyTold() {
        for (Entry e : entries) {
            if (e.told) {
                return e.error;
            }
        }
        return null;
    }

    /**
     * Its thread was interrupted, and that status was cleared: what that stands for; null if it was
     * for something that was taken back, or waits for the end of a shield.
     */
    Throwable interruption() {
        if (interrupting) {
            interrupting = false;
            return null;
        }
        taken = null;
        takenError = null;
        if (shield != null) {
            shield.interrupted = true;
            return null;
        }
        return new Interrupted();
    }

    /** Whether something has come since then, and is no timeout that was left. */
    boolean isCutSince(int before) {
        Throwable last = cut;
        return cuts != before && last != null && (!(last instanceof Timeout t) || t.isOver());
    }

    /** Takes one back. Whether it was neither thrown nor told yet. */
    boolean remove(Throwable error) {
        if (cut == error) {
            cut = null;
        }
        if (!spent.isEmpty()) {
            spent.removeIf(e -> e == error);
        }
        for (Iterator<Entry> i = entries.iterator(); i.hasNext(); ) {
            Entry e = i.next();
            if (e.error == error) {
                i.remove();
                if (e.told) {
                    forgetInterrupts();
                }
                return !e.told && !e.thrown;
            }
        }
        return false;
    }

    /** The interrupts that are put aside were for what is told; nothing is any more. */
    private void forgetInterrupts() {
        if (anyTold() != null) {
            return;
        }
        for (Shield s = shield; s != null; s = s.outer) {
            if (s.interrupting) {
                s.interrupting = false;
                s.interrupted = false;
            }
        }
    }

    // ---- again and again

    /** Whether it is too early to interrupt its thread once more for the same. */
    boolean pauses(long now) {
        return paused && notBefore - now > 0;
    }

    /** It was interrupted once more; how long to wait until the next time. */
    long pauseFrom(long now) {
        long nanos = pause;
        paused = true;
        notBefore = now + nanos;
        pause = Math.min(2 * nanos, LAST_PAUSE);
        return nanos;
    }

    /** Whether it may still be hoped that one more interrupt ends the wait. */
    boolean isHopeful() {
        return pause < LAST_PAUSE;
    }

    // ---- shields; own thread

    /** Puts one up. An interrupt that nobody has noticed yet is put aside. */
    void putUp() {
        var s = new Shield(shield, ++shields);
        s.interrupted = Thread.interrupted();
        s.interrupting = s.interrupted && interrupting;
        interrupting = false;
        shield = s;
    }

    /** Takes the innermost one down. */
    void takeDown() {
        Shield s = shield;
        shield = s.outer;
        if (!s.interrupted) {
            return;
        }
        if (shield != null) {
            shield.interrupting |= s.interrupting && !shield.interrupted;
            shield.interrupted = true;
        } else {
            interrupting = s.interrupting && !Thread.currentThread().isInterrupted();
            Thread.currentThread().interrupt();
        }
    }
}
