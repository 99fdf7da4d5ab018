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
        Throwable error = null;
        try {
            t.run();
        } catch (Throwable e) {
            error = e;
        }
        error = translate(error);
        if (error != null && !(error instanceof GreenletExit)) {
            hub.handleError(this, error);
        }
    }
}
