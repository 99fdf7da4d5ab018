package dev.jevent.pool;

import java.util.concurrent.CancellationException;

/** The body of a scope was cancelled, and nothing has failed. */
final class ScopeCancelled extends CancellationException {

    private static final long serialVersionUID = 1;

    final transient ScopeChildren scope;

    ScopeCancelled(ScopeChildren scope, Throwable cause) {
        super("the scope was cancelled");
        this.scope = scope;
        initCause(cause);
    }
}
