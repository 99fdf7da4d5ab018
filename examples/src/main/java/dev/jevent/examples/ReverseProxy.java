package dev.jevent.examples;

import dev.jevent.http.HttpException;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Limits;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.pool.Scope;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Stands in front of other web servers and passes requests on to them, by turns; those that do not
 * answer are left out for a while. Requests and answers stream through in constant memory.
 *
 * <ul>
 *   <li>Connections to the servers are kept. A request without a body that meets one which the
 *       server has just closed is sent again on a new one.
 *   <li>A server that cannot be reached or talks nonsense is a 502, one that is too slow a 504.
 *   <li>Both sides have a framing of their own: no Content-Length, Transfer-Encoding, Connection or
 *       other field about one connection passes through, so none can smuggle a request.
 *   <li>WebSocket is tunnelled, and no other upgrade.
 *   <li>A client that goes away ends its request at the server too.
 *   <li>The servers learn of the client by {@code X-Forwarded-…} and {@code Forwarded} (RFC 7239),
 *       of which the client's own are dropped.
 * </ul>
 */
public final class ReverseProxy {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Upstream> upstreams;
    private int turn;

    private ReverseProxy(List<Upstream> upstreams) {
        this.upstreams = upstreams;
    }

    /** The port to listen to, and the servers. */
    public static void main(String[] args) throws IOException {
        if (args.length < 2 || !Arrays.stream(args).skip(1).allMatch(a -> a.matches(".+:\\d+"))) {
            System.err.println("Usage: ReverseProxy PORT HOST:PORT…");
            System.exit(2);
        }
        List<String> servers = Arrays.asList(args).subList(1, args.length);
        var server = newServer(Integer.parseInt(args[0]), PATIENCE, servers);
        server.start();
        System.out.println("ReverseProxy listens on port " + server.port());
        server.serveForever();
    }

    static HttpServer newServer(int port, Duration patience, List<String> servers) {
        var proxy = new ReverseProxy(servers.stream().map(s -> new Upstream(s, patience)).toList());
        return new HttpServer(port, proxy::handle)
                .limits(Limits.defaults().body(Long.MAX_VALUE)); // the servers have limits
    }

    private void handle(Request request, Response response) throws Exception {
        if (request.is("CONNECT") || request.is("TRACE")) {
            throw new HttpException(405, "not through this proxy");
        }
        IOException why = null;
        for (Upstream upstream : inOrder()) {
            Optional<UpstreamConnection> kept = upstream.kept();
            if (kept.isPresent() && pass(request, response, upstream, kept.get())) {
                return;
            }
            UpstreamConnection fresh;
            try {
                fresh = upstream.connect();
            } catch (IOException e) {
                why = e;
                continue;
            }
            boolean ignored = pass(request, response, upstream, fresh);
            return;
        }
        throw new HttpException(
                why instanceof SocketTimeoutException ? 504 : 502,
                "no server behind this one can be reached",
                why);
    }

    /** By turns, but those that are not well come last. */
    private List<Upstream> inOrder() {
        List<Upstream> all = new ArrayList<>(upstreams);
        Collections.rotate(all, -(turn++ & 0xFFFF));
        all.sort(Comparator.comparing(u -> !u.isWell()));
        return all;
    }

    /**
     * An exchange with the server.
     *
     * @return false if the connection was closed before the server saw the request
     */
    private static boolean pass(
            Request request, Response response, Upstream upstream, UpstreamConnection up)
            throws Exception {
        var exchange = new ProxyExchange(request, response, up);
        boolean keep = false;
        try {
            up.sendHead(exchange.head(upstream));
            keep = Scope.call(exchange::run);
            return true;
        } catch (UpstreamConnection.Failed e) {
            if (up.mayBeStale() && exchange.mayBeRepeated()) {
                return false;
            }
            throw new HttpException(e.status(), e.getMessage() + "", e);
        } finally {
            if (keep) {
                upstream.giveBack(up);
            } else {
                up.close();
            }
        }
    }
}
