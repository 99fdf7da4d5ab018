package dev.jevent.http;

import dev.jevent.GreenletExit;
import dev.jevent.internal.CallerAccess;
import dev.jevent.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.Optional;

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

    private static final long MOST_DRAINED = 64 * 1024; // of a body that no handler wants
    private static final int MOST_LAST = 1 << 20; // bytes of one who is told to stop
    private static final long LAST_NANOS = 2_000_000_000;

    private final HttpServer server;
    private final ServerConnection connection;
    private final Limits limits;
    private final Wire wire;
    private final RequestHead head;
    private int served;

    @Nullable HttpConnection next; // guarded by the watch
    @Nullable HttpConnection previous; // guarded by the watch

    // of the request that is served now
    private @Nullable Request request;
    private @Nullable Response response;
    private long begun;
    private @Nullable String problem;

    // of the watch's greenlet
    private int seen;
    private long waited;

    HttpConnection(HttpServer server, ServerConnection connection) throws IOException {
        this.server = server;
        this.connection = connection;
        limits = server.limitsInUse();
        wire = new Wire(server, connection.socket());
        head = new RequestHead(limits);
    }

    // ---- requests

    /** Serves them all. */
    void serve() throws Exception {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = readHead() && exchange();
        }
        wire.release();
    }

    private boolean readHead() throws IOException {
        head.reset();
        if (wire.buffered() == 0) {
            wire.flush();
            connection.idle(true);
            boolean some = wire.awaitFirst();
            if (!some) {
                return false;
            }
            connection.idle(false);
        }
        try {
            wire.beginHead(head);
            while (!head.parse(wire.limit())) {
                if (!wire.fillHead(head)) {
                    return goneInHead();
                }
            }
        } catch (HttpException e) {
            refuse(e);
            return false;
        }
        wire.endHead(head);
        return true;
    }

    private boolean goneInHead() throws IOException {
        if (wire.expired() != null) {
            throw new HttpException(408, "the header did not come in time", true);
        }
        if (head.hasBegun(wire.limit()) && !head.isEmpty(wire.limit())) {
            tell(0, "it was closed in the middle of a header", head.firstLine(wire.limit()));
        }
        return false;
    }

    private boolean exchange() throws Exception {
        boolean last = ++served >= limits.requests();
        Request q = new Request(this, head, limits.body());
        Response p =
                new Response(
                        this, head.methodIs("HEAD"), head.minor(), last || head.wantsClose());
        request = q;
        response = p;
        problem = null;
        AccessLog log = server.log();
        begun = log == null ? 0 : System.nanoTime();
        server.countRequest();
        try {
            return answer(q, p);
        } finally {
            p.over();
            if (log != null) {
                log(log, q, p);
            }
            q.end();
        }
    }

    private boolean answer(Request q, Response p) throws Exception {
        try {
            server.handler().handle(q, p);
            p.end();
        } catch (Throwable e) {
            if (e instanceof GreenletExit || CallerAccess.get().isInterruption(e)) {
                throw e;
            }
            if (!failed(q, p, e)) {
                return false;
            }
        }
        return !p.isUpgraded() && mayGoOn(q, p);
    }

    /** The response is complete; whether another may come. */
    private boolean mayGoOn(Request q, Response p) throws IOException {
        BodyInput in = q.input();
        if (p.closes()) {
            wire.flush();
            if (!in.isEnded()) {
                linger();
            }
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
            tell(0, e.getMessage(), q.toString());
        } catch (IOException e) {
            return false; // it has gone
        }
        linger();
        return false;
    }

    // ---- what goes wrong

    /** The handler has thrown; whether there is a complete response nevertheless. */
    private boolean failed(Request q, Response p, Throwable e) throws Exception {
        if (wire.isBroken()) {
            String slow = wire.expired();
            tell(0, slow != null ? slow : "the client has gone", q.toString());
            return false;
        }
        int status = 500;
        String message = Status.reason(500);
        if (e instanceof HttpException h) {
            status = h.status();
            message = Objects.requireNonNullElse(h.getMessage(), Status.reason(status));
            if (h.isFatal()) {
                tell(status, message, q.toString());
            }
        } else {
            server.report("answering " + q + " of " + connection.remoteAddress(), e);
            problem = e.toString();
        }
        if (p.isCommitted()) {
            cut(p, e);
            return false;
        }
        Response ignored = p.reset();
        if (e instanceof HttpException h && h.isFatal()) {
            ignored = p.close();
        }
        page(new ErrorPage.Failure(status, message, Optional.of(e), Optional.of(q)), p);
        return true;
    }

    /** The client must see that something is missing. */
    private void cut(Response p, Throwable e) throws IOException {
        if (e instanceof HttpException && problem == null) {
            server.report("answering " + request + ", of which a part was sent already", e);
        }
        wire.flush();
        if (!p.isUpgraded() && p.length() < 0 && head.minor() == 0) {
            connection.socket().setSoLinger(true, 0); // the end would look as it should
        }
    }

    private void page(ErrorPage.Failure failure, Response p) throws Exception {
        Response ignored = p.status(failure.status());
        try {
            server.page().write(failure, p);
            p.end();
        } catch (Exception e) {
            if (wire.isBroken() || p.isCommitted()) {
                throw e;
            }
            server.report("writing the page of the error " + failure.status(), e);
            ignored = p.reset().status(failure.status());
            ErrorPage.plain().write(failure, p);
            p.end();
        }
    }

    /** It is no request that anybody could answer. */
    private void refuse(HttpException e) throws IOException {
        String line = head.firstLine(wire.limit());
        tell(e.status(), e.getMessage(), line);
        Response p = new Response(this, false, 1, true);
        response = p;
        try {
            page(
                    new ErrorPage.Failure(
                            e.status(), e.getMessage(), Optional.empty(), Optional.empty()),
                    p);
            linger();
        } catch (IOException gone) {
            return;
        } catch (Exception wrong) {
            server.report("refusing a request", wrong);
        } finally {
            p.over();
            AccessLog log = server.log();
            if (log != null) {
                Log.refused(this, log, line, p.status(), e.getMessage());
            }
        }
    }

    private void tell(int status, String message, String line) {
        problem = message;
        server.problem(new Problem(connection.remoteAddress(), status, message, line));
    }

    /**
     * What is under way to us is read and dropped for a while: if there were any when the socket is
     * closed, the kernel would send a reset, and the client might never see the answer.
     */
    private void linger() throws IOException {
        wire.flush();
        try {
            connection.socket().shutdownOutput();
            wire.drop(MOST_LAST);
        } catch (IOException e) {
            return; // it has gone, and that is what we wait for
        }
    }

    private void log(AccessLog log, Request q, Response p) {
        try {
            Log.answered(this, log, q, p, begun, problem);
        } catch (Exception e) {
            server.report(log, e);
        }
    }

    // ---- for the watch

    /**
     * So much time has passed since the last look. In the watch's greenlet; the connection may go
     * on meanwhile, and then one that was nearly too slow is ended.
     */
    void look(long passed) {
        int state = wire.state();
        if (Wire.serial(state) != seen) {
            seen = Wire.serial(state);
            waited = 0;
            return;
        }
        int what = Wire.what(state);
        if (what == Wire.BUSY) {
            return;
        }
        waited += passed;
        switch (what) {
            case Wire.IDLE -> {
                if (waited > Watch.nanos(limits.idleTimeout())) {
                    wire.expire("it was idle for too long", connection, false);
                }
            }
            case Wire.HEAD -> {
                if (waited > Watch.nanos(limits.headerTimeout())) {
                    wire.expire("the header did not come in time", connection, false);
                }
            }
            case Wire.BODY -> {
                if (isTooSlow()) {
                    wire.expire("the body comes too slowly", connection, false);
                }
            }
            case Wire.ANSWER -> {
                if (isTooSlow()) {
                    wire.expire("the client takes the answer too slowly", connection, true);
                }
            }
            default -> {
                if (waited > LAST_NANOS) {
                    wire.expire("it does not end", connection, true);
                }
            }
        }
    }

    private boolean isTooSlow() {
        long over = waited - Watch.nanos(limits.grace());
        return limits.minRate() > 0 && over > 0 && wire.moved() < over / 1e9 * limits.minRate();
    }

    // ---- for requests and responses

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
        return head;
    }

    boolean isSecure() {
        return connection.socket() instanceof SSLSocket;
    }

    Wire wire() {
        return wire;
    }

    /** Whether the connection has to end after the response that begins now. */
    boolean mustClose() {
        Request q = request;
        return connection.stopping()
                || q != null
                        && (q.input().isUnasked()
                                || !q.input().hasBegun() && q.input().isTooLong(MOST_DRAINED));
    }

    /** The client waits to be asked for the body. */
    void sendContinue() throws IOException {
        Response p = response;
        if (p == null || !p.isCommitted()) {
            wire.putLine(100);
            wire.putCrLf();
            wire.flush();
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
        if (!head.wantsUpgrade()) {
            throw new HttpException(426, "this address speaks " + protocol);
        }
        if (q.headers().list("Upgrade").stream().noneMatch(protocol::equalsIgnoreCase)) {
            throw new HttpException(426, "this address speaks " + protocol);
        }
        return false;
    }

    Upgrade upgraded() {
        wire.detach(head);
        return new Upgrade(this);
    }

    /** As {@link Response#send(FileChannel, long, long)}. */
    void putFile(FileChannel file, long offset, long count) throws IOException {
        wire.putFile(connection.socket(), file, offset, count);
    }
}
