package dev.jevent.http;

import java.net.SocketAddress;

/**
 * Something that a client did and should not have: a bad request, one that is too long, too slow, a
 * failed TLS handshake.
 *
 * @param remote where the client is
 * @param status it was answered with; zero if it got no answer
 * @param message what was wrong
 * @param request the request line, as far as it came, without characters that no log should have
 */
public record Problem(SocketAddress remote, int status, String message, String request) {

    /** One line for a log. */
    @Override
    public String toString() {
        return remote
                + ": "
                + (status == 0 ? "closed" : status + "")
                + ": "
                + message
                + (request.isEmpty() ? "" : ": \"" + request + "\"");
    }
}
