package dev.jevent.websocket;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** A server has not agreed to speak WebSocket with a client, or not as RFC 6455 wants it. */
public final class WebSocketHandshakeException extends WebSocketException {

    private static final long serialVersionUID = 1;

    /** Of the response. */
    private final int status;

    /** Where the response points to. */
    private final @Nullable String location;

    WebSocketHandshakeException(String message, int status, @Nullable String location) {
        super(CloseCode.LOST, message);
        this.status = status;
        this.location = location;
    }

    /** The status of the server's response; zero if it was none of HTTP. */
    public int status() {
        return status;
    }

    /** Where a redirect leads to, as the server has sent it; none is followed. */
    public Optional<String> location() {
        return Optional.ofNullable(location);
    }
}
