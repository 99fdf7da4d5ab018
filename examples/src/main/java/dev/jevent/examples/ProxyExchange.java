package dev.jevent.examples;

import dev.jevent.Greenlet;
import dev.jevent.http.HttpException;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.http.Upgrade;
import dev.jevent.pool.Scope;
import dev.jevent.socket.Sockets;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.SSLSocket;

/**
 * One request that {@link ReverseProxy} passes on, and its answer. A greenlet sends the body while
 * the caller waits for the answer, which may begin before the body has ended; a third one watches
 * whether the client is still there.
 */
final class ProxyExchange {

    private static final Duration TO_REFUSE_A_BODY = Duration.ofSeconds(1);
    private static final Duration EVER = Duration.ofDays(365);
    private static final int CLIENT_HAS_GONE = 499;
    private static final int PIECE = 32 * 1024;
    private static final Set<String> REPLACED =
            Set.of(
                    "expect",
                    "forwarded",
                    "host",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-proto",
                    "x-real-ip");

    private final Request request;
    private final Response response;
    private final UpstreamConnection up;
    private final long length; // of the request's body; -1: in chunks
    private final boolean expects; // to be asked for it
    private final boolean upgrades;

    ProxyExchange(Request request, Response response, UpstreamConnection up) {
        this.request = request;
        this.response = response;
        this.up = up;
        length = request.contentLength();
        expects = length != 0 && request.headers().contains("Expect");
        upgrades =
                length == 0
                        && request.is("GET")
                        && options().contains("upgrade")
                        && request.headers().list("Upgrade").stream()
                                .anyMatch("websocket"::equalsIgnoreCase);
    }

    private Set<String> options() {
        return Answer.options(request.headers().all("Connection").stream());
    }

    /** Whether nothing is lost and nothing happens twice if it is sent again. */
    boolean mayBeRepeated() {
        return length == 0 && List.of("GET", "HEAD", "OPTIONS").contains(request.method());
    }

    // ---- what the server is asked

    String head(Upstream upstream) {
        String host = request.host().isEmpty() ? upstream.toString() : request.host();
        String query = request.query().map(q -> "?" + q).orElse("");
        var head = new StringBuilder(512);
        head.append(request.method()).append(' ').append(request.rawPath()).append(query);
        head.append(" HTTP/1.1\r\n");
        add(head, "Host", host);
        Set<String> options = options();
        request.headers()
                .forEach(
                        (name, value) -> {
                            if (Answer.isEndToEnd(name, options)
                                    && !REPLACED.contains(name.toLowerCase(Locale.ROOT))) {
                                add(head, name, value);
                            }
                        });
        addFraming(head);
        addOrigin(head, host);
        return head.append("\r\n").toString();
    }

    private void addFraming(StringBuilder head) {
        if (length < 0) {
            add(head, "Transfer-Encoding", "chunked");
        } else if (length > 0 || request.headers().contains("Content-Length")) {
            add(head, "Content-Length", length + "");
        }
        if (expects) {
            add(head, "Expect", "100-continue");
        }
        if (upgrades) {
            add(head, "Connection", "Upgrade");
            add(head, "Upgrade", "websocket");
        }
    }

    private void addOrigin(StringBuilder head, String host) {
        String client = address(request.remoteAddress());
        String node = client.indexOf(':') < 0 ? client : "\"[" + client + "]\"";
        String proto = request.scheme();
        add(head, "X-Forwarded-For", client);
        add(head, "X-Forwarded-Host", host);
        add(head, "X-Forwarded-Proto", proto);
        add(head, "Forwarded", "for=" + node + ";host=\"" + host + "\";proto=" + proto);
        add(head, "Via", "1.1 jevent");
    }

    private static void add(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    private static String address(SocketAddress client) {
        return client instanceof InetSocketAddress internet
                ? internet.getAddress().getHostAddress()
                : "unknown";
    }

    // ---- what the client gets

    /** Answers whether the connection to the server can be used again. */
    boolean run(Scope scope) throws Exception {
        Optional<Answer> early = expects ? answerBeforeTheBody() : Optional.empty();
        Optional<Greenlet<Void>> upload =
                length == 0 || early.isPresent()
                        ? Optional.empty()
                        : Optional.of(scope.spawn(() -> up.sendBody(request.body(), length)));
        Optional<Greenlet<Void>> watch =
                upgrades ? Optional.empty() : Optional.of(scope.spawn(() -> watchClient(upload)));
        Answer answer = early.isPresent() ? early.get() : nextAnswer(upload);
        while (answer.status() < 200) {
            if (answer.status() == 101) {
                tunnel(answer);
                return false;
            }
            passOnInterim(answer);
            answer = nextAnswer(upload);
        }
        passOn(answer);
        boolean sentAll = length == 0 || upload.isPresent() && upload.get().ready();
        upload.ifPresent(Greenlet::kill);
        watch.ifPresent(Greenlet::kill);
        return sentAll && answer.keepsAlive();
    }

    /** If the server decides without the body, the client need not send it. */
    private Optional<Answer> answerBeforeTheBody() throws IOException {
        if (!up.awaitAnswer(TO_REFUSE_A_BODY)) {
            return Optional.empty(); // it does not know of that, and waits for the body
        }
        Answer answer = up.readAnswer(request.is("HEAD"), () -> true);
        return answer.status() == 100 ? Optional.empty() : Optional.of(answer);
    }

    private Answer nextAnswer(Optional<Greenlet<Void>> upload) throws IOException {
        return up.readAnswer(request.is("HEAD"), () -> upload.isEmpty() || upload.get().ready());
    }

    /** Ends all this when the client has gone; while it sends its body it is not looked at. */
    private void watchClient(Optional<Greenlet<Void>> upload) throws IOException {
        upload.ifPresent(Greenlet::join);
        Socket client = request.connection().socket();
        if (client instanceof SSLSocket) {
            return; // what can be read there may be TLS's own
        }
        try {
            if (Sockets.waitRead(client, EVER) && client.getInputStream().available() == 0) {
                throw new HttpException(CLIENT_HAS_GONE, "the client has gone");
            }
        } catch (UnsupportedOperationException e) {
            return; // in the portable mode: the next write notices it
        }
    }

    private void passOnInterim(Answer answer) throws IOException {
        if (answer.status() > 101) {
            Map<String, String> fields = new LinkedHashMap<>();
            answer.endToEnd()
                    .forEach(f -> fields.merge(f.name(), f.value(), (a, b) -> a + ", " + b));
            Response ignored = response.interim(answer.status(), fields);
        }
    }

    private void passOn(Answer answer) throws IOException {
        Response ignored = response.status(answer.status());
        passOnFields(answer);
        if (answer.length() >= 0) {
            ignored = response.contentLength(answer.length());
        }
        if (answer.body() == Answer.Body.NONE) {
            if (answer.length() < 0) {
                ignored = response.flush(); // without a word on its length
            }
        } else {
            OutputStream out = response.body();
            byte[] piece = new byte[piece(answer.length())];
            for (int n = up.readBody(piece); n >= 0; n = up.readBody(piece)) {
                out.write(piece, 0, n);
                out.flush();
            }
        }
        response.end();
    }

    private static int piece(long length) {
        return length < 0 ? PIECE : Math.clamp(length, 1, PIECE);
    }

    private void passOnFields(Answer answer) throws IOException {
        try {
            answer.endToEnd().forEach(f -> response.addHeader(f.name(), f.value()));
        } catch (IllegalArgumentException e) {
            throw new UpstreamConnection.Failed(
                    502, "the server behind this one sends bad fields", e);
        }
    }

    /** From here on both speak something else; when the server has no more to say it is over. */
    private void tunnel(Answer answer) throws Exception {
        if (!upgrades || !answer.upgrade().equalsIgnoreCase("websocket")) {
            throw new UpstreamConnection.Failed(
                    502, "the server behind this one speaks what nobody asked for", null);
        }
        passOnFields(answer);
        Upgrade client = response.upgrade("websocket");
        Scope.run(
                scope -> {
                    Greenlet<Void> sender =
                            scope.spawn(() -> quietly(() -> up.sendAll(client.in())));
                    quietly(() -> up.receiveAll(client.out()));
                    sender.kill();
                });
    }

    private interface Pump {
        void run() throws IOException;
    }

    private static void quietly(Pump pump) {
        try {
            pump.run();
        } catch (IOException e) {
            return; // one of the two has gone without a farewell; they know why
        }
    }
}
