package dev.jevent.examples.chatroom;

/** How often something may be done: a number of times at once, and then so often in a second. */
final class Allowance {

    private final int burst;
    private final double perSecond;
    private double left;
    private long last = System.nanoTime();

    Allowance(int burst, double perSecond) {
        this.burst = burst;
        this.perSecond = perSecond;
        left = burst;
    }

    /** Whether it may be done now. */
    boolean take() {
        long now = System.nanoTime();
        left = Math.min(burst, left + (now - last) * perSecond / 1e9);
        last = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
