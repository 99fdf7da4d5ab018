package dev.jevent;

/**
 * One shield that a greenlet or thread has put up and not taken down yet: what comes from outside
 * of it waits. Own thread only.
 */
final class Shield {

    final Shield outer; // null for the outermost one
    final long serial; // counts up in each greenlet or thread
    boolean interrupted; // the interrupt status that its thread gets back
    boolean interrupting; // and it was set by jevent

    Shield(Shield outer, long serial) {
        this.outer = outer;
        this.serial = serial;
    }
}
