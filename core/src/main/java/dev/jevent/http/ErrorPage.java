package dev.jevent.http;

import java.io.IOException;
import java.util.Optional;

/** Writes the answers that are errors: what no handler has answered, and what one has thrown. */
@FunctionalInterface
public interface ErrorPage {

    /**
     * What went wrong.
     *
     * @param status it is answered with
     * @param message for the client; it has nothing of the cause
     * @param cause what the handler has thrown; not for the client
     * @param request empty if it was not understood
     */
    record Failure(
            int status, String message, Optional<Throwable> cause, Optional<Request> request) {}

    /**
     * Writes it to the response, whose status is set and which has no header and no body. What this
     * throws is reported, and the page is that of {@link #plain}.
     */
    void write(Failure failure, Response response) throws Exception;

    /** The default: status and message in plain text. */
    static ErrorPage plain() {
        return (failure, response) -> plain(failure, response);
    }

    private static void plain(Failure failure, Response response) throws IOException {
        String reason = Status.reason(failure.status());
        String message = failure.message();
        response.send(
                failure.status()
                        + " "
                        + reason
                        + (message.equals(reason) ? "" : ": " + message)
                        + "\n");
    }
}
