package dev.jevent.subprocess;

import dev.jevent.Waitable;
import dev.jevent.internal.Gate;
import dev.jevent.internal.WorkerTask;
import dev.jevent.internal.Workers;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * One call on a stream of the JDK's that may block, on a thread of its own if need be: were they
 * fewer than the streams, readers could keep the writer from running for whom they wait.
 */
final class WorkerCall extends WorkerTask implements Waitable {

    private static final Workers WORKERS = new Workers(100_000, 5_000_000_000L);

    /** Reads or writes. */
    @FunctionalInterface
    interface Body {
        /** What it has come to. */
        int run() throws IOException;
    }

    private final Body body;

    @SuppressWarnings("this-escape") // kept only
    private final Gate gate = new Gate(this);

    private int result; // written before the gate opens, these two
    private @Nullable IOException failure;

    private WorkerCall(Body body) {
        this.body = body;
    }

    static WorkerCall begin(Body body) {
        var call = new WorkerCall(body);
        WORKERS.submit(call);
        return call;
    }

    @Override
    protected void perform() {
        try {
            result = body.run();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException(e);
        } finally {
            gate.open();
        }
    }

    /** Waits for its end; what it has come to. Can be called again if that is ended. */
    int await() throws IOException {
        Waits.await(gate, -1);
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    /** Lets go who waits; what it comes to is of no use any more. */
    void leave() {
        gate.open();
    }

    @Override
    public boolean ready() {
        return gate.isOpen();
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        gate.rawLink(callback);
    }

    @Override
    public void unlink(Object callback) {
        gate.unlink(callback);
    }
}
