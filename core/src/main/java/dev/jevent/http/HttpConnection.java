package dev.jevent.http;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.GreenletExit;
import dev.jevent.Jevent;
import dev.jevent.internal.CallerAccess;
import dev.jevent.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.util.Objects;

import javax.net.ssl.SSLSocket;

/**
 * One connection of a server, from its first request to its end.
 *
 * <pre>
 *             .--------------------------- answered ---------------------------.
 *             v                                                                |
 *   begin --> IDLE --first byte--> HEAD --complete--> BUSY <--> BODY, ANSWER --'
 *              |                     |                  |
 *              '-----> end <--- LAST <--- refused, or not to be used again
 * </pre>
 *
 * The names are what it waits for; the {@link Watch} sees to it that it does not wait too long. All
 * is done by the connection's greenlet, but {@link #look}.
 */
final class HttpConnection {

    private static final long LAST_MILLIS = 300; // for who is told that it was too slow
    private static final long MOST_DRAINED = 64 * 1024; // of a body that no handler wants
    private static final long MOST_LAST = 32 << 20; // bytes of one who is told to stop

    private final HttpServer server;
    private final ServerConnection connection;
    private final Limits limits;
    private final Progress progress;
    private final WireInput input;
    private final WireOutput output;
    private final Trouble trouble;
    private int served;

    @Nullable HttpConnection next; // guarded by the watch
    @Nullable HttpConnection previous; // guarded by the watch

    private @Nullable RequestHead head; // from a request's first byte until there is none

    // of the request that is served now
    private @Nullable Request request;
    private @Nullable Response response;
    private @Nullable Runnable atEnd; // of an upgrade
    private boolean lingers; // when the exchange is over
    private volatile @Nullable EventStream events; // read by the watch's greenlet

    HttpConnection(HttpServer server, ServerConnection connection) throws IOException {
        this.server = server;
        this.connection = connection;
        limits = server.limitsInUse();
        progress = new Progress(connection, limits);
        output = new WireOutput(server, progress, connection.socket());
        input = new WireInput(server.inputs(), progress, output, connection.socket());
        trouble = new Trouble(server, this);
    }

    // ---- requests

    /** Serves them all. */
    void serve() throws Exception {
        // The watch of a server that was stopped may have ended already.
        boolean goesOn = !connection.stopping();
        try {
            while (goesOn) {
                goesOn = readHead() && exchange();
            }
            if (!progress.isBroken()) {
                output.flush();
            }
        } catch (IOException e) {
            if (!progress.isGone() || CallerAccess.get().isInterruption(e)) {
                throw e;
            }
            trouble.gone(e, firstLine());
        }
        input.release();
        output.release();
        releaseHead();
    }

    private void releaseHead() {
        RequestHead h = head;
        if (h != null) {
            head = null;
            h.forget();
            if (h.isSmall()) {
                server.heads().give(h);
            }
        }
    }

    private boolean readHead() throws IOException {
        trouble.begin();
        if (input.buffered() == 0) {
            output.flush();
            output.release();
            input.release(); // first: it knows the head
            releaseHead();
            connection.idle(true);
            if (!input.awaitFirst()) {
                return false;
            }
            connection.idle(false);
        }
        RequestHead h = head;
        if (h == null) {
            h = server.heads().take();
            head = h;
        }
        h.reset();
        try {
            input.beginHead(h);
            while (!h.parse(input.limit())) {
                if (!input.fillHead(h)) {
                    return goneInHead(h);
                }
            }
        } catch (HttpException e) {
            trouble.refuse(e);
            return false;
        }
        input.endHead(h);
        return true;
    }

    private boolean goneInHead(RequestHead h) {
        if (progress.expired() != null) {
            throw new HttpException(408, "the header did not come in time", true);
        }
        if (!h.isEmpty(input.limit())) {
            trouble.tell(0, "it was closed in the middle of a header", firstLine());
        }
        return false;
    }

    private boolean exchange() throws Exception {
        boolean last = ++served >= limits.requests();
        RequestHead h = head();
        Request q = new Request(this, h);
        Response p = new Response(this, h.methodIs("HEAD"), h.minor(), last || h.wantsClose());
        request = q;
        response = p;
        AccessLog log = server.log();
        long begun = log == null ? 0 : System.nanoTime();
        server.countRequest();
        output.flushSoon();
        boolean goesOn = false;
        boolean free = false;
        try {
            goesOn = answer(q, p);
        } finally {
            free = p.over();
            if (!free && !progress.isBroken()) {
                abandon(q, inUse()); // another thread, in this very moment
            }
            if (atEnd != null) {
                atEnd.run();
            }
            if (log != null) {
                trouble.log(log, q, p, begun);
            }
            q.end();
            request = null;
            events = null;
        }
        if (lingers) {
            linger(); // nobody looks at the request any more
        }
        return goesOn && free;
    }

    private boolean answer(Request q, Response p) throws Exception {
        try {
            handle(q, p);
            checkNotInUse(q, p);
            if (events != null) {
                return endEvents(q, p);
            }
            p.end();
        } catch (Throwable e) {
            EventStream s = events;
            if (s != null && s.isItsEnd(e)) {
                return endEvents(q, p);
            }
            if (e instanceof GreenletExit || CallerAccess.get().isInterruption(e)) {
                throw e;
            }
            if (isInUse(q, p)) {
                abandon(q, e);
                return false;
            }
            if (!trouble.failed(q, p, e)) {
                return false;
            }
        }
        if (progress.isBroken()) {
            trouble.hidden(q, p);
            return false;
        }
        return !p.isUpgraded() && mayGoOn(q, p);
    }

    private void handle(Request q, Response p) throws Exception {
        boolean done = false;
        try {
            server.handler().handle(q, p);
            done = true;
        } finally {
            EventStream s = events;
            if (s != null) {
                s.leave(done);
            }
        }
    }

    /** There was a stream of events, and often the client or the server goes: it is the last. */
    private boolean endEvents(Request q, Response p) {
        try {
            if (!progress.isBroken()) {
                p.close().end();
                return mayGoOn(q, p);
            }
        } catch (IOException e) {
            progress.spoil(); // it is the client that has gone
        }
        return false;
    }

    private static boolean isInUse(Request q, Response p) {
        return q.input().isBusy() || p.isBusy();
    }

    private static void checkNotInUse(Request q, Response p) {
        if (isInUse(q, p)) {
            throw inUse();
        }
    }

    private static ConcurrentObjectUseError inUse() {
        return new ConcurrentObjectUseError(
                "the handler has returned, and another greenlet still reads the body of the"
                        + " request or writes that of the response; wait for it");
    }

    /** What the other one reads or writes would be another request's: there must be none. */
    private void abandon(Request q, Throwable e) {
        server.report("answering " + q + " of " + connection.remoteAddress(), e);
        progress.spoil();
        input.abandon();
        connection.abort();
    }

    /** The response is complete; whether another may come. */
    private boolean mayGoOn(Request q, Response p) throws IOException {
        BodyInput in = q.input();
        if (!in.over()) { // what he reads might belong to the next request
            abandon(q, inUse());
            return false;
        }
        if (p.closes()) {
            output.flush();
            lingers = !in.isEnded() || !head().wantsClose();
            return false;
        }
        if (in.isEnded()) {
            return true;
        }
        try {
            if (in.drain(new byte[2048], MOST_DRAINED)) {
                return true;
            }
        } catch (HttpException e) {
            trouble.tell(0, e.getMessage(), q.toString());
        } catch (IOException e) {
            return false; // it has gone, and has got its answer before
        }
        output.flush();
        lingers = true;
        return false;
    }

    /**
     * What is under way to us is read and dropped for a while: if there were any when the socket is
     * closed, the kernel would send a reset, and the client might never see the answer. Who stops
     * the server does not wait for that.
     */
    void linger() {
        try {
            if (progress.expired() != null) {
                awaitItsReading();
                return;
            }
            connection.socket().shutdownOutput();
            connection.idle(true);
            input.drop(MOST_LAST);
        } catch (IOException e) {
            return; // it has gone, and that is what we wait for
        }
    }

    /**
     * Its input was ended by the watch, so that nothing can be dropped any more; and were the
     * output ended as well, the next byte of the client would be answered with a reset.
     */
    private void awaitItsReading() {
        connection.idle(true);
        Jevent.sleep(LAST_MILLIS);
    }

    // ---- for the watch

    /** So much time has passed since the last look. In the watch's greenlet. */
    void look(long passed) {
        EventStream s = events;
        if (s != null) {
            s.look(passed);
        }
        progress.look(passed, server.isClosed());
    }

    // ---- for requests and responses

    HttpServer server() {
        return server;
    }

    /** The response that is given now is a stream of events. */
    void events(EventStream stream) {
        events = stream;
    }

    ServerConnection connection() {
        return connection;
    }

    Socket socket() {
        return connection.socket();
    }

    Limits limits() {
        return limits;
    }

    RequestHead head() {
        return Objects.requireNonNull(head);
    }

    WireInput input() {
        return input;
    }

    WireOutput output() {
        return output;
    }

    Progress progress() {
        return progress;
    }

    /** What came of the request line, for a log. */
    String firstLine() {
        return head == null ? "" : head.firstLine(input.limit());
    }

    /** Whether the caller runs where nobody else runs beside him. */
    boolean isHome() {
        return server.isHome();
    }

    boolean isSecure() {
        return connection.socket() instanceof SSLSocket;
    }

    /** Whether the request wants a tunnel. */
    boolean isConnect() {
        return request != null && head().methodIs("CONNECT");
    }

    /** Whether the connection has to end after the response that begins now. */
    boolean mustClose() {
        Request q = request;
        return connection.stopping()
                || q != null
                        && (q.input().isUnasked()
                                || q.input().isCut()
                                || !q.input().hasBegun() && q.input().isTooLong(MOST_DRAINED));
    }

    /** The client waits to be asked for the body. */
    void sendContinue() throws IOException {
        Response p = response;
        if (p == null || !p.isCommitted()) {
            output.putLine(100);
            output.putCrLf();
            output.flush();
        }
    }

    /**
     * Whether the client asks for that protocol.
     *
     * @return whether by CONNECT
     */
    boolean checkUpgrade(String protocol) {
        Request q = Objects.requireNonNull(request);
        if (!q.input().isEnded()) {
            throw new HttpException(400, "an upgrade with a body that was not read");
        }
        if (q.is("CONNECT")) {
            return true;
        }
        if (!head().wantsUpgrade()
                || q.headers().list("Upgrade").stream().noneMatch(protocol::equalsIgnoreCase)) {
            throw new HttpException(426, "this address speaks " + protocol)
                    .header("Upgrade", protocol);
        }
        return false;
    }

    Upgrade upgraded() {
        input.detach(head());
        output.release();
        return new Upgrade(this);
    }

    /** As {@link Upgrade#onEnd}. */
    void onEnd(Runnable action) {
        atEnd = action;
    }

    /** As {@link Response#send(FileChannel, long, long)}. */
    void putFile(FileChannel file, long offset, long count) throws IOException {
        output.putFile(file, offset, count);
    }
}
