package dev.jevent.http;

import dev.jevent.GreenletExit;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.event.Event;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.lock.RLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A response that is a stream of events for the browser's {@code EventSource}: server-sent events,
 * section 9.2 of WHATWG HTML.
 *
 * <pre>{@code
 * (request, response) -> {
 *     try (EventStream events = EventStream.open(request, response)) {
 *         while (true) {
 *             events.send("price", prices.take(), null);
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Each event goes out at once. Any greenlet or thread may send; whole events never mix. A send
 * waits while the client does not read, within the {@link Limits}. After fifteen seconds of silence
 * a comment is sent ({@link #pingInterval}), so that nobody in between takes the connection for a
 * dead one.
 *
 * <p><b>The end.</b> The stream ends when the client has gone, which is seen when it closes its
 * side, or by the failure of a send or a ping; and when the server is stopped. Then each send
 * throws an {@link IOException}, {@link #awaitEnd} returns, and a handler that waits for something
 * else, as for the next price above, is killed there: its {@code finally} blocks run, and {@link
 * GreenletExit} is thrown through them; one that is no greenlet is interrupted. A handler that ends
 * by either has not failed: nobody is told. It is seen within a second, or within the ping interval
 * if only a ping can see it.
 *
 * <p>The stream lasts no longer than its handler. A send that is cut short by a kill, a timeout or
 * an interrupt ends it.
 */
public final class EventStream implements AutoCloseable {

    private static final Duration PING = Duration.ofSeconds(15);
    private static final byte[] PING_BYTES = ":\n\n".getBytes(StandardCharsets.UTF_8);

    /** It has ended; the handler need not catch it. */
    private static final class Ended extends IOException {
        private static final long serialVersionUID = 1;

        Ended(String why, @Nullable Throwable cause) {
            super("the stream of events has ended: " + why, cause);
        }
    }

    /** Thrown into the handler where it waits. */
    private static final class Exit extends GreenletExit {
        private static final long serialVersionUID = 1;

        Exit() {
            super("its stream of events has ended");
        }
    }

    private final HttpConnection connection;
    private final Response response;
    private final OutputStream out;
    private final @Nullable String lastEventId;
    private final @Nullable Descriptor descriptor; // null: it cannot be asked whether it ends

    // the handler
    private final Object owner = CallerAccess.get().caller();
    private final Thread thread = Thread.currentThread();
    private final long since = CallerAccess.get().since(owner);
    private final Exit exit = new Exit();
    private final Event over = new Event();
    private final RLock lock = new RLock(); // of the response

    private volatile @Nullable String why; // it has ended; set once, under this
    private volatile boolean informed; // the handler will find out by itself; written by it
    private volatile boolean left; // the handler has returned; written under this
    private volatile boolean interrupts; // the handler is no greenlet; written under this
    private boolean interrupted; // own thread: the JDK has told it so in its words
    private boolean whole = true; // guarded by lock: no event was cut short

    private volatile long pingNanos = PING.toNanos();
    private long sends; // written under lock; the watch may see it late
    private long seen; // the watch's greenlet
    private long quiet; // the watch's greenlet

    private EventStream(Request request, Response response, HttpConnection connection)
            throws IOException {
        this.connection = connection;
        this.response = response;
        out = response.body();
        lastEventId = request.header("Last-Event-ID").map(EventStream::utf8).orElse(null);
        descriptor = request.input().isEnded() ? descriptor(connection) : null;
    }

    /** Registers it, so that an event of the loop will say that the client goes. */
    private static @Nullable Descriptor descriptor(HttpConnection connection) throws IOException {
        HasDescriptor socket = HasDescriptor.of(connection.socket());
        if (socket == null) {
            return null;
        }
        Descriptor d = socket.descriptor();
        try {
            d.awaitInput(Deadline.of(Duration.ZERO, "nothing has come"));
            return d; // a request has come, or the end, which a ping will find
        } catch (SocketTimeoutException e) {
            return d; // as it should be: a client has nothing more to say
        }
    }

    /** The browser sends it in UTF-8, and fields are read as ISO-8859-1. */
    private static String utf8(String field) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(StandardCharsets.ISO_8859_1.encode(field))
                    .toString();
        } catch (CharacterCodingException e) {
            return field;
        }
    }

    // ---- its life

    /**
     * Begins the response, whose head is sent at once; header fields may have been set before. In
     * the handler; a body of the request should have been read.
     *
     * @throws IOException if the client has gone
     * @throws IllegalStateException if the response was begun
     */
    public static EventStream open(Request request, Response response) throws IOException {
        Response ignored =
                response.contentType("text/event-stream").header("X-Accel-Buffering", "no");
        if (response.header("Cache-Control").isEmpty()) {
            ignored = response.header("Cache-Control", "no-store");
        }
        ignored = response.flush();
        HttpConnection connection = response.connection();
        EventStream stream = new EventStream(request, response, connection);
        connection.events(stream);
        if (request.is("HEAD")) {
            stream.end("the answer to HEAD has none");
        }
        return stream;
    }

    /**
     * After how long a silence a comment is sent; zero for never. It is looked at about once a
     * second.
     *
     * @throws IllegalArgumentException if negative
     */
    public EventStream pingInterval(Duration silence) {
        pingNanos = HubAccess.get().nanos(silence);
        return this;
    }

    /** The id of the last event that the client has seen, if it was connected before. */
    public Optional<String> lastEventId() {
        return Optional.ofNullable(lastEventId);
    }

    /** Whether it has not ended, as far as anybody knows. */
    public boolean isOpen() {
        return why == null;
    }

    /** Waits until it ends; for a handler whose events are sent by others. */
    public void awaitEnd() {
        boolean mine = beginOwn();
        try {
            over.await();
        } finally {
            endOwn(mine);
        }
    }

    /**
     * Ends it, and the response, when a send that is under way is done. If it is not the handler
     * who does this, that is told like of any other end.
     */
    @Override
    public void close() throws IOException {
        boolean mine = beginOwn();
        end("it was closed");
        lock.acquire();
        try {
            if (whole && !left) {
                response.end();
            }
        } finally {
            lock.release();
            endOwn(mine);
        }
    }

    // ---- events

    /** Sends an event with this text; it may have several lines. */
    public void send(String data) throws IOException {
        send(null, data, null);
    }

    /**
     * Sends an event.
     *
     * @param event its type; null for {@code message}
     * @param data its text, of one line or several: a CR, LF or CRLF ends each
     * @param id of the event, which a client that comes again will say; null for none
     * @throws IllegalArgumentException if type or id have a line end, or the id has a NUL
     * @throws IOException if the stream has ended
     */
    public void send(@Nullable String event, String data, @Nullable String id) throws IOException {
        StringBuilder text = new StringBuilder(data.length() + 64);
        if (event != null && !event.isEmpty()) {
            text.append("event: ").append(oneLine(event, "type")).append('\n');
        }
        if (id != null) {
            text.append("id: ").append(oneLine(id, "id")).append('\n');
        }
        lines("data: ", data, text);
        send(text);
    }

    /** Tells the client how long to wait before it connects again. */
    public void retry(Duration time) throws IOException {
        long millis = HubAccess.get().nanos(time) / 1_000_000;
        send(new StringBuilder("retry: ").append(millis).append('\n'));
    }

    /** Sends a comment, of which no program is told. */
    public void comment(String text) throws IOException {
        StringBuilder lines = new StringBuilder();
        lines(": ", text, lines);
        send(lines);
    }

    private static String oneLine(String text, String what) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new IllegalArgumentException(
                        "the "
                                + what
                                + " of an event must be one line: \""
                                + Text.shown(text)
                                + "\"");
            }
        }
        return text;
    }

    private static void lines(String field, String text, StringBuilder to) {
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n') {
                to.append(field).append(text, begin, i).append('\n');
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                begin = i + 1;
            }
        }
        to.append(field).append(text, begin, text.length()).append('\n');
    }

    private void send(StringBuilder text) throws IOException {
        byte[] bytes = text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        boolean mine = beginOwn();
        try {
            write(bytes);
            if (mine) {
                checkOpen(); // who waits for the next one now might never learn it
            }
        } finally {
            endOwn(mine);
        }
    }

    private void write(byte[] bytes) throws IOException {
        lock.acquire();
        try {
            checkOpen();
            boolean done = false;
            try {
                out.write(bytes);
                out.flush();
                sends++;
                done = true;
            } catch (IOException e) {
                end("the client has gone");
                throw new Ended("the client has gone", e);
            } finally {
                if (!done) {
                    whole = false;
                    end("an event was cut short");
                    connection.progress().spoil();
                    connection.connection().abort();
                }
            }
        } finally {
            lock.release();
        }
    }

    private void checkOpen() throws IOException {
        String reason = why;
        if (reason != null) {
            throw new Ended(reason, null);
        }
    }

    // ---- the end

    /** The handler is in here, and need not be told. */
    private boolean beginOwn() {
        boolean mine = !informed && Thread.currentThread() == thread;
        if (mine) {
            informed = true;
            takeBack();
        }
        return mine;
    }

    /** What was to be thrown into the handler is not thrown any more. On its thread. */
    private void takeBack() {
        CallerAccess access = CallerAccess.get();
        interrupted |= interrupts || access.wasTold(owner, exit);
        boolean ignored = access.revoke(owner, exit);
        if (interrupts) {
            interrupts = false;
            ignored = Thread.interrupted(); // it was for this stream and nothing else
        }
    }

    /** It leaves, and must be told of an end from now on; of one that was before it knows. */
    private void endOwn(boolean mine) {
        if (mine && why == null) {
            informed = false;
            if (why != null) {
                tell(); // in the very moment
            }
        }
    }

    private void end(String reason) {
        synchronized (this) {
            if (why != null) {
                return;
            }
            why = reason;
        }
        tell();
        over.set();
    }

    /** Where the handler runs, so that it neither is told when it has returned, nor later. */
    private void tell() {
        if (owner instanceof RawGreenlet greenlet) {
            CallerAccess.get().onLoop(greenlet.hub(), this::throwIntoOwner);
        } else {
            throwIntoOwner();
        }
    }

    private synchronized void throwIntoOwner() {
        if (left || informed) {
            return;
        }
        if (owner instanceof RawGreenlet) {
            CallerAccess.get().throwInto(owner, exit, since, false);
        } else {
            interrupts = true;
            thread.interrupt();
        }
    }

    /**
     * The handler is over; on its thread. Nobody sends any more when this returns.
     *
     * @param orderly whether a send of somebody else that is under way may go on
     */
    void leave(boolean orderly) throws Exception {
        synchronized (this) {
            left = true;
            why = why == null ? "its handler has returned" : why;
        }
        takeBack();
        over.set();
        if (!orderly && lock.isLocked()) {
            connection.connection().abort();
        }
        Object ignored =
                CallerAccess.get()
                        .shielded(
                                () -> {
                                    lock.acquire();
                                    lock.release();
                                    return null;
                                });
    }

    /** Whether what the handler has thrown only tells of the end of this. */
    boolean isItsEnd(Throwable thrown) {
        Throwable t = thrown;
        for (int i = 0; t != null && i < 8; i++) {
            if (t == exit || t instanceof Ended) {
                return true;
            }
            t = t.getCause();
        }
        return interrupted && CallerAccess.get().isInterruption(thrown);
    }

    // ---- for the watch

    /** So much time has passed. In the watch's greenlet; does not wait. */
    void look(long passed) {
        if (why != null) {
            return;
        }
        if (connection.server().isEnding()) {
            end("the server stops");
        } else if (descriptor != null && descriptor.isEnding()) {
            end("the client has gone");
        } else if (sends != seen) {
            seen = sends;
            quiet = 0;
        } else {
            quiet += passed;
            if (pingNanos > 0 && quiet >= pingNanos && !lock.isLocked()) {
                quiet = 0;
                RawGreenlet ignored = Jevent.spawnRaw(this::ping);
            }
        }
    }

    /** In a greenlet of its own, for it may have to wait. */
    private void ping() {
        try {
            write(PING_BYTES);
        } catch (IOException e) {
            return; // the stream has ended, and those know who must
        }
    }

    @Override
    public String toString() {
        String reason = why;
        return "EventStream[" + (reason == null ? "open" : reason) + "]";
    }
}
