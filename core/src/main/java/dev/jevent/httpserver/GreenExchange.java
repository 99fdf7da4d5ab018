package dev.jevent.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpPrincipal;

import dev.jevent.event.Event;
import dev.jevent.http.HttpException;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * What is behind both types of exchange. All that is known of the request is taken from it at once,
 * so that it can be asked for when the connection has gone on.
 *
 * <pre>
 *   open --sendResponseHeaders--> head is sent --the body is closed--> over
 *     '--------------'--close, or what was too little--> broken off: the connection ends
 * </pre>
 *
 * For one thread at a time, but for what the greenlet of the connection does: {@link #await},
 * {@link #leave}.
 */
final class GreenExchange {

    private final GreenServer server;
    private final Context context;
    private final ServerConnection connection;
    private final InetSocketAddress remoteAddress;
    private final @Nullable SSLSession sslSession;
    private final URI uri;
    private final String method;
    private final String protocol;
    private final Headers requestHeaders;
    private final Headers responseHeaders = new Headers();
    private final RequestBody in;
    private final ResponseHead head;
    private final ResponseBody out;

    private InputStream givenIn;
    private OutputStream givenOut;
    private volatile int status = -1;
    private volatile @Nullable HttpPrincipal principal;
    private boolean closed;

    private final Event over = new Event();
    private volatile boolean complete;
    private volatile boolean brokenOff;
    private volatile boolean expired; // and so broken off
    private volatile boolean lost; // the client has gone
    private volatile boolean left; // the connection's greenlet has gone on; written under this
    private @Nullable Throwable failure; // guarded by this
    private volatile @Nullable HttpException badBody; // why it cannot be read

    GreenExchange(
            GreenServer server, Context context, URI uri, Request request, Response response) {
        this.server = server;
        this.context = context;
        this.uri = uri;
        connection = request.connection();
        remoteAddress = (InetSocketAddress) connection.remoteAddress();
        sslSession = connection.socket() instanceof SSLSocket s ? s.getSession() : null;
        method = request.method();
        protocol = request.version();
        Headers received = new Headers();
        request.headers().forEach(received::add);
        requestHeaders = Headers.of(received);
        in = new RequestBody(this, request, server.settings().drain());
        head = new ResponseHead(this, response);
        out = new ResponseBody(this, response);
        givenIn = in;
        givenOut = out;
        greetOldClient();
    }

    /** What the JDK's server says to an HTTP/1.0 client, where handlers can see it. */
    private void greetOldClient() {
        if (!protocol.equals("HTTP/1.0")) {
            return;
        }
        String wish = requestHeaders.getFirst("Connection");
        if (wish == null) {
            responseHeaders.set("Connection", "close");
        } else if (wish.equalsIgnoreCase("keep-alive")) {
            responseHeaders.set("Connection", "keep-alive");
            long seconds = server.settings().limits().idleTimeout().toSeconds();
            responseHeaders.set("Keep-Alive", "timeout=" + seconds);
        }
    }

    // ---- the request

    Headers requestHeaders() {
        return requestHeaders;
    }

    URI uri() {
        return uri;
    }

    String method() {
        return method;
    }

    String protocol() {
        return protocol;
    }

    HttpContext context() {
        return context;
    }

    InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    InetSocketAddress localAddress() {
        return (InetSocketAddress) connection.localAddress();
    }

    @Nullable SSLSession sslSession() {
        return sslSession;
    }

    @Nullable HttpPrincipal principal() {
        return principal;
    }

    void principal(HttpPrincipal who) {
        principal = who;
    }

    // ---- attributes: those of the context, as in the JDK of today

    @Nullable Object attribute(String name) {
        return context.getAttributes().get(Objects.requireNonNull(name, "a name"));
    }

    void attribute(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "a name");
        Map<String, Object> attributes = context.getAttributes();
        if (value == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, value);
        }
    }

    // ---- streams

    InputStream requestBody() {
        return givenIn;
    }

    OutputStream responseBody() {
        return givenOut;
    }

    void streams(@Nullable InputStream newIn, @Nullable OutputStream newOut) {
        givenIn = newIn == null ? givenIn : newIn;
        givenOut = newOut == null ? givenOut : newOut;
    }

    /** A read of the body has failed for a reason that the client is to be told. */
    IOException unreadable(HttpException reason) {
        badBody = reason;
        return new IOException(reason.getMessage(), reason);
    }

    /** What is to be answered: if a handler throws because of a bad body, that is the client's. */
    Exception cause(Exception thrown) {
        HttpException bad = badBody;
        return bad == null || head.isSent() ? thrown : bad;
    }

    // ---- the answer

    Headers responseHeaders() {
        return responseHeaders;
    }

    int status() {
        return status;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    void sendResponseHeaders(int code, long length) throws IOException {
        if (head.isSent()) {
            throw new IOException("headers already sent: an exchange has one answer");
        }
        checkConnection();
        status = code;
        head.send(code, length, responseHeaders, out);
    }

    /** Ends it. Without an answer, or with one that is not complete, the connection ends. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!head.isSent()) {
            breakOff();
            return;
        }
        try {
            givenOut.close();
        } catch (IOException e) {
            breakOff();
        }
    }

    // ---- the connection

    /**
     * Before anything is written or read.
     *
     * @throws IOException if there is no connection any more
     */
    void checkConnection() throws IOException {
        if (brokenOff || lost || left) {
            throw new IOException(
                    "this exchange is over, and its connection was closed or serves another");
        }
    }

    /** The answer is complete, and on its way. */
    void complete() {
        complete = true;
        closed = true;
        in.end();
        over.set();
    }

    /** The connection ends at once. Any thread. */
    void breakOff() {
        brokenOff = true;
        in.end();
        connection.abort();
        over.set();
    }

    /** The client does not take it any more: nobody needs to wait for the rest. */
    void lose() {
        lost = true;
        in.end();
        over.set();
    }

    /** Whether the connection must end without any more being said. */
    boolean isBrokenOff() {
        return brokenOff || lost && failure() == null;
    }

    /** It has taken too long. */
    void expire() {
        expired = true;
        breakOff();
    }

    /** Whether it has failed because the client was sent away. */
    boolean isExpired() {
        return expired && failure() instanceof IOException;
    }

    // ---- for the greenlet of the connection

    /** Waits until it is over. */
    void await() {
        over.await();
    }

    boolean awaitRequest(Duration most) {
        return most.isZero() ? in.awaitEnd() : in.awaitEnd(most);
    }

    boolean awaitAnswer(Duration most) {
        return most.isZero() || over.await(most);
    }

    /** From now on nothing of this must touch the connection. */
    synchronized void leave() {
        left = true;
        in.end();
    }

    synchronized @Nullable Throwable failure() {
        return failure;
    }

    /**
     * The handler has failed.
     *
     * @return false if the connection has gone on, so that nobody here will tell of it
     */
    synchronized boolean fail(Throwable thrown) {
        if (left) {
            return !complete && thrown instanceof IOException; // what we did to it
        }
        failure = thrown;
        over.set();
        return true;
    }

    @Override
    public String toString() {
        return method + " " + uri + " of " + remoteAddress;
    }
}
