package dev.jevent.httpserver;

import com.sun.net.httpserver.HttpExchange;

import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.http.HttpException;
import dev.jevent.http.HttpHandler;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.internal.CallerAccess;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Makes an exchange of every request and has it answered: here, in the greenlet of the connection,
 * or by the executor; and waits until the exchange is over, for the handler may have left it to
 * somebody else.
 */
final class Dispatcher implements HttpHandler {

    private final GreenServer server;

    Dispatcher(GreenServer server) {
        this.server = server;
    }

    @Override
    public void handle(Request request, Response response) throws Exception {
        URI uri = uriOf(request);
        Context context = contextOf(uri);
        var exchange = new GreenExchange(server, context, uri, request, response);
        RawGreenlet guard = server.settings().limitsTime() ? guard(exchange) : null;
        try {
            serve(context, exchange);
            exchange.await();
        } finally {
            exchange.leave();
            if (guard != null) {
                guard.killLater();
            }
        }
        end(exchange);
    }

    private static void end(GreenExchange exchange) {
        Throwable failure = exchange.failure();
        if (exchange.isBrokenOff()) {
            if (failure != null && !exchange.isExpired()) {
                CallerAccess.get().report(Jevent.getHub(), exchange, failure);
            }
            throw new GreenletExit("the exchange was closed without an answer");
        }
        if (failure != null) {
            throw CallerAccess.<RuntimeException>sneaky(failure);
        }
    }

    private static URI uriOf(Request request) {
        try {
            return new URI(request.target());
        } catch (URISyntaxException e) {
            throw new HttpException(400, "the target of the request is no URI", e);
        }
    }

    private Context contextOf(URI uri) {
        String path = uri.getPath();
        Context context = path == null ? null : server.contexts().find(path);
        if (context == null) {
            throw new HttpException(404, "there is nothing at this address");
        }
        if (context.getHandler() == null) {
            throw new HttpException(500, "the context of this address has no handler");
        }
        return context;
    }

    private void serve(Context context, GreenExchange exchange) {
        HttpExchange view =
                server.isSecure() ? new SecureExchange(exchange) : new PlainExchange(exchange);
        Executor executor = server.executor();
        if (executor == null) {
            try {
                context.handle(exchange, view);
            } catch (Exception e) {
                boolean ignored = exchange.fail(exchange.cause(e));
            }
            return;
        }
        Hub hub = Jevent.getHub();
        try {
            executor.execute(() -> elsewhere(hub, context, exchange, view));
        } catch (RejectedExecutionException e) {
            throw new HttpException(503, "the server has no thread for this request", e);
        }
    }

    /** On a thread of the executor's, or wherever it thinks fit. */
    private static void elsewhere(
            Hub hub, Context context, GreenExchange exchange, HttpExchange view) {
        Throwable failure;
        try {
            context.handle(exchange, view);
            return;
        } catch (Exception e) {
            failure = exchange.cause(e);
        } catch (Throwable e) {
            failure = e;
        }
        if (!exchange.fail(failure)) {
            CallerAccess.get().report(hub, view, failure); // the connection has gone on
        }
    }

    /** Ends an exchange that takes longer than the properties allow. */
    private RawGreenlet guard(GreenExchange exchange) {
        Settings settings = server.settings();
        return Jevent.spawnRaw(
                () -> {
                    if (!exchange.awaitRequest(settings.requestTime())
                            || !exchange.awaitAnswer(settings.responseTime())) {
                        exchange.expire();
                    }
                });
    }
}
