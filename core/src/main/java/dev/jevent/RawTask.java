package dev.jevent;

/** A bare greenlet with something to do. */
final class RawTask extends RawGreenlet {

    private Action task;
    private ClassLoader loader; // null: that of who schedules it

    RawTask(Hub hub, Action task) {
        this(hub, task, null);
    }

    /** As another one wishes who is not there when it is scheduled, with its loader of classes. */
    RawTask(Hub hub, Action task, ClassLoader loader) {
        super(hub);
        this.task = task;
        this.loader = loader;
    }

    @Override
    void body() {
        Action t = task;
        task = null;
        if (loader != null) {
            thread().setContextClassLoader(loader);
            loader = null;
        }
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
