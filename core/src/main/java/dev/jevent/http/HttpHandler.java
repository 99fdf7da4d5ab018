package dev.jevent.http;

/** Answers requests. */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Answers one, in the greenlet of its connection; the next request of that connection is read
     * when this returns. A response that was not begun then has no body; one that was begun is
     * completed. Request and response must not be used afterwards.
     *
     * @throws HttpException to answer with its status
     * @throws Exception that is the server's fault: it is answered with 500, and the hub's error
     *     handler is told. What comes after a part of the answer was sent ends the connection
     */
    void handle(Request request, Response response) throws Exception;
}
