package dev.jevent.http;

import dev.jevent.GreenletExit;
import dev.jevent.internal.CallerAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * What a connection does when something goes wrong. What the client did is told once as a {@link
 * Problem}; what is the server's fault goes to the hub's error handler. The client sees a status
 * and a message, and never more of the cause. For the connection's greenlet.
 */
final class Trouble {

    private final HttpServer server;
    private final HttpConnection connection;
    private @Nullable String problem; // of the exchange that is under way

    Trouble(HttpServer server, HttpConnection connection) {
        this.server = server;
        this.connection = connection;
    }

    /** An exchange begins. */
    void begin() {
        problem = null;
    }

    // ---- what the client has done

    void tell(int status, String message, String line) {
        problem = message;
        server.problem(new Problem(connection.connection().remoteAddress(), status, message, line));
    }

    /** The client has gone, or was sent away; told once. */
    void gone(@Nullable Throwable how, String line) {
        if (problem == null) {
            String why = connection.progress().expired();
            String what = how == null ? null : how.getMessage();
            tell(
                    0,
                    why != null
                            ? why
                            : "the client has gone"
                                    + (what == null ? "" : " (" + Text.shown(what) + ")"),
                    line);
        }
    }

    /** It is no request that anybody could answer. */
    void refuse(HttpException e) throws IOException {
        String line = connection.firstLine();
        tell(e.status(), e.getMessage(), line);
        RequestHead head = connection.head();
        Response p = new Response(connection, head.methodIs("HEAD"), head.minor(), true);
        boolean done = false;
        try {
            page(
                    new ErrorPage.Failure(
                            e.status(), e.getMessage(), Optional.empty(), Optional.empty()),
                    p,
                    null);
            connection.output().flush();
            done = true;
        } catch (Exception wrong) {
            if (CallerAccess.get().isInterruption(wrong)) {
                throw CallerAccess.<RuntimeException>sneaky(wrong);
            }
            if (!connection.progress().isGone()) {
                server.report("refusing a request", wrong);
            }
        } finally {
            boolean ignored = p.over();
            AccessLog log = server.log();
            if (log != null) {
                logRefused(log, line, p, e.getMessage());
            }
        }
        if (done) {
            connection.linger();
        }
    }

    // ---- what the handler has thrown

    /** Whether there is a complete response nevertheless. */
    boolean failed(Request q, Response p, Throwable e) throws Exception {
        boolean closedByUpgrade = p.isUpgraded() && connection.socket().isClosed();
        if (connection.progress().isGone() || closedByUpgrade && e instanceof IOException) {
            gone(e, q.toString());
            cut(p);
            return false;
        }
        HttpException answer = answer(q, e);
        if (answer.isFatal()) {
            tell(answer.status(), answer.getMessage(), q.toString());
        } else if (answer != e) {
            server.report("answering " + q + " of " + connection.connection().remoteAddress(), e);
            problem = e.toString();
        }
        if (p.isCommitted()) {
            if (problem == null) {
                server.report("answering " + q + ", of which a part was sent already", e);
            }
            cut(p);
            return false;
        }
        Response ignored = p.reset();
        if (answer.isFatal()) {
            ignored = p.close();
        }
        page(
                new ErrorPage.Failure(
                        answer.status(), answer.getMessage(), Optional.of(e), Optional.of(q)),
                p,
                answer);
        return true;
    }

    private static HttpException answer(Request q, Throwable e) {
        if (e instanceof HttpException h) {
            return h;
        }
        if (e instanceof IOException && q.input().isCut()) {
            return HttpException.bad(
                    Objects.requireNonNullElse(e.getMessage(), "the body was cut"));
        }
        return new HttpException(500);
    }

    /** The handler did not say that a read or write has failed. */
    void hidden(Request q, Response p) throws IOException {
        if (connection.progress().isGone()) {
            gone(null, q.toString());
        }
        cut(p);
    }

    /** The client must see that something is missing. */
    private void cut(Response p) throws IOException {
        if (!connection.progress().isBroken() && !p.isUpgraded()) {
            connection.output().flush();
        }
        if (p.isUntilEnd()) { // the end would look as it should
            connection.socket().setSoLinger(true, 0);
            connection.connection().abort();
        }
    }

    // ---- pages and logs

    private void page(ErrorPage.Failure failure, Response p, @Nullable HttpException answer)
            throws Exception {
        prepare(failure, p, answer);
        try {
            server.page().write(failure, p);
            p.end();
        } catch (Throwable e) {
            if (e instanceof GreenletExit
                    || CallerAccess.get().isInterruption(e)
                    || connection.progress().isBroken()
                    || p.isCommitted()) {
                throw e;
            }
            server.report("writing the page of the error " + failure.status(), e);
            prepare(failure, p.reset(), answer);
            ErrorPage.plain().write(failure, p);
            p.end();
        }
    }

    private static void prepare(
            ErrorPage.Failure failure, Response p, @Nullable HttpException answer) {
        Response ignored = p.status(failure.status());
        if (answer != null) {
            answer.addTo(p);
        }
    }

    void log(AccessLog log, Request q, Response p, long begun) {
        try {
            Log.answered(connection, log, q, p, begun, problem);
        } catch (Exception e) {
            server.report(log, e);
        }
    }

    private void logRefused(AccessLog log, String line, Response p, String message) {
        try {
            Log.refused(connection, log, line, p, message);
        } catch (Exception e) {
            server.report(log, e);
        }
    }
}
