package dev.jevent.http;

/** Is told of every exchange of an {@link HttpServer}. */
@FunctionalInterface
public interface AccessLog {

    /**
     * One is over: answered, refused or broken off. Called in the greenlet of the connection, which
     * goes on when this returns; must not wait. What it throws goes to the hub's error handler.
     */
    void log(Exchange exchange);
}
