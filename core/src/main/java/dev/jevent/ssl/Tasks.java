package dev.jevent.ssl;

import dev.jevent.Jevent;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Does what the engine wants done beside it: checks of certificates, operations with private keys.
 */
final class Tasks {

    private final SSLEngine engine;
    private final boolean inThreads;
    private volatile boolean cut;

    /**
     * For one engine.
     *
     * @param inThreads whether worker threads do it, while the caller gives way
     */
    Tasks(SSLEngine engine, boolean inThreads) {
        this.engine = engine;
        this.inThreads = inThreads;
    }

    /**
     * All that there is to do. A kill or a timeout in the middle of it is thrown on, and leaves the
     * engine with half of a step done that nobody else can do: it is of no use any more.
     */
    void run() throws SSLException {
        if (cut) {
            throw new SSLException("a step of the TLS handshake was broken off");
        }
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) {
            cut = true;
            perform(task);
            cut = false;
        }
    }

    private void perform(Runnable task) throws SSLException {
        if (!inThreads) {
            task.run();
            return;
        }
        try {
            Jevent.blocking(task::run);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new SSLException("a step of the TLS handshake failed: " + e, e);
        }
    }
}
