package dev.jevent.httpserver;

import dev.jevent.event.Event;
import dev.jevent.http.HttpException;
import dev.jevent.http.Request;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;

/**
 * The body of a request as the JDK has it: closing it reads and drops a little of what is left, and
 * afterwards nothing can be read. For one reader at a time; {@link #end} is for any thread.
 */
final class RequestBody extends InputStream {

    private final GreenExchange exchange;
    private final InputStream in;
    private final long mostDrained;
    private final byte[] one = new byte[1];
    private final Event ended = new Event();
    private boolean mustAsk; // the client sends it when it is read, and not before
    private volatile boolean closed;

    RequestBody(GreenExchange exchange, Request request, long mostDrained) {
        this.exchange = exchange;
        this.mostDrained = mostDrained;
        in = request.body();
        boolean none = request.contentLength() == 0;
        mustAsk = !none && request.header("Expect").isPresent();
        if (none) {
            ended.set();
        }
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (closed) {
            throw new IOException("the body of this request was closed");
        }
        return readOn(b, off, len);
    }

    private int readOn(byte[] b, int off, int len) throws IOException {
        try {
            mustAsk = false;
            int n = in.read(b, off, len);
            if (n < 0) {
                ended.set();
            }
            return n;
        } catch (HttpException e) {
            throw exchange.unreadable(e);
        }
    }

    @Override
    public int available() throws IOException {
        return closed ? 0 : in.available();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        boolean comes = !mustAsk && !ended.isSet();
        closed = true;
        byte[] scratch = new byte[comes ? 2048 : 0];
        for (long left = mostDrained; comes && left > 0; ) {
            int n = readOn(scratch, 0, (int) Math.min(left, scratch.length));
            left -= n;
            comes = n >= 0;
        }
    }

    /** What is left of it is the server's business. */
    void end() {
        closed = true;
        ended.set();
    }

    boolean awaitEnd() {
        ended.await();
        return true;
    }

    boolean awaitEnd(Duration most) {
        return ended.await(most);
    }
}
