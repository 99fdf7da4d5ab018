package dev.jevent.httpserver;

import com.sun.net.httpserver.Headers;

import dev.jevent.http.Response;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The status and the header fields of an answer, from the JDK's form to jevent's. How the message
 * is framed, and the date, is the server's business: what a handler says of that is corrected, as
 * the JDK does, and where the JDK does not it is left out.
 */
final class ResponseHead {

    private final GreenExchange exchange;
    private final Response response;
    private boolean sent;

    ResponseHead(GreenExchange exchange, Response response) {
        this.exchange = exchange;
        this.response = response;
    }

    boolean isSent() {
        return sent;
    }

    /**
     * Sends it, and all of the answer if it has no body.
     *
     * @param length as {@code sendResponseHeaders} has it: -1 for no body, 0 for one in chunks
     */
    void send(int status, long length, Headers headers, ResponseBody body) throws IOException {
        if (status >= 100 && status < 200) {
            interim(status, headers);
            return;
        }
        boolean never = status == 204 || status == 304;
        boolean none = never || status == 205 || exchange.isHead() || length == -1;
        warn(status, length, never || status == 205);
        if (length < -1 && !none) {
            throw new IllegalArgumentException("a content length of " + length);
        }
        fill(status, headers, exchange.isHead() || status == 304);
        headers.set("Date", Dates.now());
        if (none) {
            sent = true;
            try {
                sendWithoutBody(never, headers);
            } catch (IOException e) {
                exchange.lose();
                throw e;
            }
            body.sent(0, true);
            return;
        }
        if (length > 0) {
            Response ignored = response.contentLength(length);
            headers.set("Content-length", Long.toString(length));
        } else {
            Response ignored = response.chunked();
            if (exchange.protocol().equals("HTTP/1.1")) {
                headers.set("Transfer-encoding", "chunked");
            }
        }
        sent = true;
        body.sent(length, false);
    }

    private void warn(int status, long length, boolean never) {
        if (never && length != -1) {
            Logs.warn(
                    "an answer with status "
                            + status
                            + " has no body; the length to give to sendResponseHeaders is -1, not "
                            + length);
        } else if (exchange.isHead() && length >= 0) {
            Logs.warn(
                    "the answer to HEAD has no body; the length to give to sendResponseHeaders is"
                            + " -1, not "
                            + length
                            + ", and that of the body is set as Content-Length");
        }
    }

    private void sendWithoutBody(boolean never, Headers headers) throws IOException {
        if (never) {
            response.send();
        } else if (exchange.isHead()) {
            Response ignored = response.chunked(); // what it would be is not known, or was said
            response.end();
        } else {
            headers.set("Content-length", "0");
            response.send();
        }
        Response ignored = response.flush();
    }

    // ---- fields

    private void fill(int status, Headers headers, boolean mayTellLength) {
        boolean done = false;
        try {
            Response ignored = response.status(status).header("Date", Dates.now());
            headers.forEach((name, values) -> add(name, values, mayTellLength));
            done = true;
        } finally {
            if (!done) {
                Response ignored = response.reset(); // it may be said again, and better
            }
        }
    }

    private void add(String name, List<String> values, boolean mayTellLength) {
        switch (name.toLowerCase(Locale.ROOT)) {
            case "date", "transfer-encoding" -> {
                return;
            }
            case "connection" -> {
                if (values.stream().anyMatch("close"::equalsIgnoreCase)) {
                    Response ignored = response.close();
                }
            }
            case "content-length" -> {
                if (mayTellLength && !values.isEmpty()) {
                    Response ignored = response.header(name, values.getFirst().strip());
                }
            }
            default -> {
                for (String value : values) {
                    Response ignored = response.addHeader(name, unfolded(value));
                }
            }
        }
    }

    /** The JDK lets a value go on in the next line, which RFC 9112 forbids to send. */
    private static String unfolded(String value) {
        return value.indexOf('\r') < 0 ? value : value.replaceAll("\r\n[ \t]+", " ");
    }

    // ---- before it

    private void interim(int status, Headers headers) throws IOException {
        if (status == 101) {
            throw new IOException(
                    "com.sun.net.httpserver cannot leave HTTP; use dev.jevent.http for that");
        }
        if (status == 100) {
            return; // the server itself asks for the body, when it is read
        }
        Map<String, String> fields = new LinkedHashMap<>();
        headers.forEach((name, values) -> fields.put(name, unfolded(String.join(", ", values))));
        fields.keySet().removeIf(ResponseHead::isFraming);
        Response ignored = response.interim(status, fields);
    }

    private static boolean isFraming(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "connection", "keep-alive", "content-length", "transfer-encoding" -> true;
            default -> false;
        };
    }
}
