package dev.jevent.loop;

/**
 * Calls back as long as a descriptor or channel is ready. If the callback throws it is stopped,
 * lest it fails again and again. To be stopped before the descriptor is closed: what is closed is
 * ready no more, and a watcher of it waits for ever.
 */
public abstract class Io extends Watcher {

    /** Ready to be read, or at its end. */
    public static final int READ = 1;

    /** Ready to be written. */
    public static final int WRITE = 2;

    private final int events;
    private int ready;

    Io(Loop loop, int events) {
        super(loop);
        if (events <= 0 || events > (READ | WRITE)) {
            throw new IllegalArgumentException("events must be READ, WRITE or both: " + events);
        }
        this.events = events;
    }

    /** What it watches for: {@link #READ}, {@link #WRITE} or both. */
    public int events() {
        return events;
    }

    @Override
    final void failed() {
        if (active()) {
            stop();
        }
    }

    /** What was ready when it called back last; an error or the end of it counts as both. */
    public int ready() {
        return ready;
    }

    final void fire(int what) {
        ready = what & events;
        fire();
    }
}
