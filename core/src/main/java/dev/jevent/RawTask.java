package dev.jevent;

/** A bare greenlet with something to do. */
final class RawTask extends RawGreenlet {

    private Action task;

    RawTask(Hub hub, Action task) {
        super(hub);
        this.task = task;
    }

    @Override
    void body() {
        Action t = task;
        task = null;
        try {
            t.run();
        } catch (Throwable e) {
            Throwable error = translate(e);
            if (!(error instanceof GreenletExit)) {
                hub.handleError(this, error);
            }
        }
    }
}
