package dev.jevent.websocket;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * A {@link WebSocket} cannot go on, or has ended: the peer broke the protocol or a limit, the
 * connection was lost in the middle of a send, or something was sent when it was closed already.
 */
public class WebSocketException extends IOException {

    private static final long serialVersionUID = 1;

    /** Why, as RFC 6455 counts. */
    private final int closeCode;

    /** With a code of RFC 6455, 7.4, or an own one. */
    public WebSocketException(int closeCode, String message) {
        this(closeCode, message, null);
    }

    /** With what has caused it. */
    public WebSocketException(int closeCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.closeCode = closeCode;
    }

    /**
     * Why it ended: the code that this side has sent because of a violation, or {@link
     * WebSocket#closeCode} of one that was closed; 1006 if the connection was lost or never made.
     */
    public final int closeCode() {
        return closeCode;
    }
}
