package dev.jevent.select;

/** A target of an {@link EpollSet}. Its fields are guarded by the lock of the set. */
final class Watched implements Runnable {

    final EpollTargets set;
    final Target target;
    volatile int wanted; // changed by who registers
    int standing; // what is reported without asking the kernel: it is closed, or a plain file
    int tag; // of the kernel's registration
    boolean gone; // unregistered

    Watched(EpollTargets set, Target target, int wanted) {
        this.set = set;
        this.target = target;
        this.wanted = wanted;
    }

    /** Called when its descriptor is closed. */
    @Override
    public void run() {
        set.closing(this);
    }

    Event event(int ready) {
        return new Event(target.object(), Ready.of(ready));
    }
}
