package dev.jevent.http;

import org.jspecify.annotations.Nullable;

/**
 * A request that is answered with an error. A handler throws it: {@code throw new
 * HttpException(404, "there is no such room")}. Its message is for the client.
 */
public class HttpException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** It is answered with this. */
    private final int status;

    /** What the answer has, besides. */
    private transient @Nullable FieldList fields;

    /** Whether the connection can be used no more. */
    private final boolean fatal;

    /**
     * Without a message but that of the status.
     *
     * @throws IllegalArgumentException if the status is none of 400 to 599
     */
    public HttpException(int status) {
        this(status, Status.reason(status));
    }

    /**
     * With a message, which the client sees.
     *
     * @throws IllegalArgumentException if the status is none of 400 to 599
     */
    public HttpException(int status, String message) {
        this(status, message, null);
    }

    /**
     * With a cause, which the client does not see.
     *
     * @throws IllegalArgumentException if the status is none of 400 to 599
     */
    public HttpException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = check(status);
        fatal = false;
    }

    /** What is wrong with what came over the wire: no stack trace, for there may be many. */
    HttpException(int status, String message, boolean fatal) {
        super(message, null, false, false);
        this.status = status;
        this.fatal = fatal;
    }

    /** The request cannot be understood, nor what comes after it. */
    static HttpException bad(String message) {
        return new HttpException(400, message, true);
    }

    private static int check(int status) {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException(
                    "an error has a status from 400 to 599, not " + status);
        }
        return status;
    }

    /** What it is answered with. */
    public final int status() {
        return status;
    }

    /**
     * Adds a header field of the answer: {@code Allow} to a 405, {@code Retry-After} to a 503.
     *
     * @throws IllegalArgumentException if the name is no token, the value has CR, LF, NUL or what
     *     is no ISO-8859-1, or it is a field that the server sets
     */
    public HttpException header(String name, String value) {
        if (Text.isFraming(name) && !name.equalsIgnoreCase("Upgrade")) {
            throw new IllegalArgumentException("the server itself sets the field " + name);
        }
        FieldList f = fields;
        if (f == null) {
            f = new FieldList();
            fields = f;
        }
        f.add(name, value);
        return this;
    }

    /** Sets the header fields that were added. */
    final void addTo(Response response) {
        FieldList f = fields;
        if (f != null) {
            f.forEach(response::addHeader);
        }
    }

    /** Whether the connection is closed after the answer. */
    final boolean isFatal() {
        return fatal;
    }
}
