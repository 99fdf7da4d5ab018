package dev.jevent;

import dev.jevent.internal.CallerAccess;

import java.util.concurrent.Callable;

/** The greenlet of {@link Jevent#main(Callable)}, and the one who waits for it. */
final class MainGreenlet<T> extends Greenlet<T> {

    private static final int MOST_LOOP_EXITS = 100;

    private Throwable failure; // written before its end

    private MainGreenlet(Hub hub, Callable<? extends T> body) {
        super(hub, body);
        name("main");
    }

    /** It is thrown out of {@code main}, and so reported by whoever gets it there. */
    @Override
    void failed(Throwable error) {
        failure = error;
    }

    static <T> T run(Callable<T> body) throws Exception {
        if (body == null) {
            throw new NullPointerException("a body to run");
        }
        Thread thread = Thread.currentThread();
        if (thread.isVirtual() && Parker.current() instanceof RawGreenlet) {
            return body.call();
        }
        var main = new MainGreenlet<T>(Hub.get(), body);
        main.start();
        CallerAccess.get().cleanUp(main::await); // what lasts is passed on once, and waited for
        return main.outcome();
    }

    /** What is thrown into the caller meanwhile is for the body, which may clean up. */
    private void await() {
        int exits = 0;
        while (!ready()) {
            try {
                join();
            } catch (Interrupted e) {
                Thread t = thread();
                if (t == null) {
                    Thread.currentThread().interrupt(); // it has ended just now
                    return;
                }
                t.interrupt();
            } catch (LoopExit e) {
                if (++exits > MOST_LOOP_EXITS) {
                    throw e; // the body does not take it
                }
                throwLater(e);
            } catch (BlockingSwitchOutError | ConcurrentObjectUseError e) {
                throw e; // not thrown into the caller: wrong use
            } catch (Throwable e) {
                throwLater(e, 0, Parker.current().wasLasting(e));
            }
        }
    }

    private T outcome() {
        if (failure != null) {
            throw Parker.<RuntimeException>sneaky(failure);
        }
        Throwable exit = exit();
        if (exit != null) {
            throw Parker.<RuntimeException>sneaky(exit);
        }
        return value();
    }
}
