package dev.jevent.stress;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import java.time.Duration;
import java.util.Random;

/**
 * One who fights: a greenlet or a plain thread. Some are calm: nobody and nothing disturbs them.
 */
final class Fighter {

    /** Waits as long as it takes. */
    interface Untimed {
        void run() throws Exception;
    }

    /** Waits not longer than the time; answers whether it got what it waited for. */
    interface Timed {
        boolean run(Duration duration) throws Exception;
    }

    private final Fight fight;
    private final Contest contest;
    private final boolean calm;
    private final boolean plain; // a thread without a hub: outer timeouts would give it one
    volatile Greenlet<?> greenlet; // set before or soon after it begins; null: a plain thread
    volatile Thread thread; // while it fights
    final int number;
    final Random random;

    Fighter(Fight fight, Contest contest, int number, long seed, boolean calm, boolean plain) {
        this.fight = fight;
        this.contest = contest;
        this.number = number;
        this.random = new Random(seed);
        this.calm = calm;
        this.plain = plain;
    }

    /** Fights until the operations are used up. */
    void run() {
        thread = Thread.currentThread();
        try {
            while (fight.takeOperation()) {
                step();
            }
            leave();
        } catch (Throwable e) {
            fight.failed(this, e);
        } finally {
            thread = null;
            fight.ended(this);
        }
    }

    private void leave() throws Exception {
        for (; ; ) {
            try {
                contest.leave(this);
                return;
            } catch (GreenletExit | Interrupted | InterruptedException e) {
                fight.disturbed();
            }
        }
    }

    private void step() throws Exception {
        try {
            if (random.nextInt(16) == 0) {
                fight.disturbSomebody(random);
            }
            if (random.nextInt(8) == 0) {
                yieldNow();
            }
            contest.step(this);
        } catch (GreenletExit | Interrupted | InterruptedException e) {
            if (calm) {
                throw e;
            }
            fight.disturbed();
        }
    }

    /** Lets others run; may throw. */
    void yieldNow() {
        if (thread.isVirtual()) {
            Jevent.sleep(0);
        } else {
            Thread.yield();
        }
    }

    /** Sometimes. */
    void perhapsYield() {
        if (random.nextInt(4) == 0) {
            yieldNow();
        }
    }

    /** A kill or an interrupt, from anywhere. */
    void disturb(boolean kill) {
        Thread t = thread;
        if (calm || t == null) {
            return;
        }
        Greenlet<?> g = greenlet;
        if (kill && g != null) {
            g.killLater(new GreenletExit());
        } else if (g != null || !t.isVirtual()) {
            t.interrupt();
        }
    }

    private Duration tiny() {
        return Duration.ofNanos(random.nextInt(100_000));
    }

    /** Waits in one of the ways in which one can; answers whether it got what it waited for. */
    boolean attempt(Untimed untimed, Timed timed) throws Exception {
        int way = random.nextInt(8);
        if (calm || way < 4) {
            untimed.run();
            return true;
        }
        if (way == 4) {
            return timed.run(Duration.ZERO);
        }
        if (way < 7 || plain) {
            return timed.run(tiny());
        }
        boolean[] done = new boolean[1];
        Timeout own = null;
        try (Timeout t = Timeout.start(tiny())) {
            own = t;
            untimed.run();
            done[0] = true;
        } catch (Timeout t) {
            if (t != own) {
                throw t;
            }
        }
        return done[0];
    }

    /** On a plain thread, the end of the hub that it may have got. */
    static void endHub() {
        Hub.get().destroy();
    }

    @Override
    public String toString() {
        return (calm ? "calm " : "") + (plain ? "plain " : "") + "fighter " + number;
    }
}
