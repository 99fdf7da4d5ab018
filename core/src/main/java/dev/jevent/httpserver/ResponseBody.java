package dev.jevent.httpserver;

import dev.jevent.http.Response;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * The body of an answer as the JDK has it: there from the beginning, but to be written to when the
 * head was sent; as long as was said then, or in chunks. Closing it ends the exchange. For one
 * writer at a time.
 */
final class ResponseBody extends OutputStream {

    private final GreenExchange exchange;
    private final Response response;
    private final byte[] one = new byte[1];
    private boolean headSent;
    private boolean fixed;
    private long remaining;
    private boolean closed;

    ResponseBody(GreenExchange exchange, Response response) {
        this.exchange = exchange;
        this.response = response;
    }

    /**
     * The head was sent.
     *
     * @param length of the body; zero: any
     * @param none whether it has none
     */
    void sent(long length, boolean none) {
        headSent = true;
        fixed = none || length > 0;
        remaining = length;
        if (none) {
            closed = true;
            exchange.complete();
        }
    }

    private void check() throws IOException {
        if (!headSent) {
            throw new IOException("response headers not sent yet: call sendResponseHeaders first");
        }
    }

    @Override
    public void write(int b) throws IOException {
        one[0] = (byte) b;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        check();
        if (len == 0) {
            return;
        }
        if (closed) {
            throw new IOException("stream closed: the answer is complete");
        }
        if (fixed && len > remaining) {
            throw new IOException(
                    "too many bytes: "
                            + len
                            + ", and "
                            + remaining
                            + " are left of the length that was given");
        }
        exchange.checkConnection();
        try {
            response.body().write(b, off, len);
        } catch (IOException e) {
            exchange.lose();
            throw e;
        }
        remaining -= len;
    }

    @Override
    public void flush() throws IOException {
        check();
        if (!closed) {
            exchange.checkConnection();
            send(false);
        }
    }

    /**
     * Ends the exchange.
     *
     * @throws IOException if less was written than was said; the connection is closed
     */
    @Override
    public void close() throws IOException {
        check();
        if (closed) {
            return;
        }
        closed = true;
        if (fixed && remaining > 0) {
            exchange.breakOff();
            throw new IOException(
                    "insufficient bytes: "
                            + remaining
                            + " are missing of the length that was given; the connection is"
                            + " closed");
        }
        exchange.checkConnection();
        send(true);
        exchange.complete();
    }

    private void send(boolean all) throws IOException {
        try {
            if (all) {
                response.end();
            }
            Response ignored = response.flush();
        } catch (IOException e) {
            exchange.lose();
            throw e;
        }
    }
}
