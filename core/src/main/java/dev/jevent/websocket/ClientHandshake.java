package dev.jevent.websocket;

import dev.jevent.Timeout;
import dev.jevent.internal.HubAccess;
import dev.jevent.socket.Sockets;
import dev.jevent.ssl.Tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The client's side of the opening handshake: RFC 6455, 4.1. */
final class ClientHandshake {

    /** Made when it is first needed: it reads the system's authorities. */
    private static final class Usual {
        static final Tls TLS = Tls.client();
    }

    private final URI uri;
    private final WebSocketOptions options;
    private final boolean secure;
    private final String host; // without brackets
    private final int port;

    private ClientHandshake(URI uri, WebSocketOptions options) {
        this.uri = uri;
        this.options = options;
        secure = "wss".equalsIgnoreCase(uri.getScheme());
        if (!secure && !"ws".equalsIgnoreCase(uri.getScheme())) {
            throw bad("needs the scheme ws: or wss:");
        }
        String name = uri.getHost();
        if (name == null) {
            throw bad("has no host");
        }
        if (uri.getRawFragment() != null) {
            throw bad("has a fragment, which no WebSocket has");
        }
        if (uri.getRawUserInfo() != null) {
            throw bad("has a user; use options.header(\"Authorization\", …)");
        }
        host = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    }

    private IllegalArgumentException bad(String what) {
        return new IllegalArgumentException("the address " + uri + " " + what);
    }

    static WebSocket connect(URI uri, WebSocketOptions options) throws IOException {
        var handshake = new ClientHandshake(uri, options);
        Duration limit = options.connectTimeout();
        if (limit.isZero()) {
            return handshake.connect();
        }
        var late =
                new SocketTimeoutException(
                        "no WebSocket at "
                                + uri
                                + " in "
                                + HubAccess.get().nanos(limit) / 1_000_000
                                + " ms");
        try {
            return new Timeout(limit, late).call(handshake::connect);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("connecting to " + uri, e);
        }
    }

    private WebSocket connect() throws IOException {
        Socket socket = secure ? secureSocket() : Sockets.connect(host, port);
        boolean done = false;
        try {
            socket.setTcpNoDelay(true);
            String key = Handshakes.newKey();
            byte[] request = request(key).getBytes(StandardCharsets.ISO_8859_1);
            socket.getOutputStream().write(request);
            ResponseHead head = ResponseHead.read(socket.getInputStream());
            WebSocket made = check(socket, head, key);
            done = true;
            return made;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private Socket secureSocket() throws IOException {
        Tls given = options.tls().orElse(null);
        return (given == null ? Usual.TLS : given).connect(host, port);
    }

    private String request(String key) {
        String path =
                uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        StringBuilder text = new StringBuilder(500);
        text.append("GET ").append(URI.create(path + query).toASCIIString());
        text.append(" HTTP/1.1\r\nHost: ").append(uri.getHost());
        if (port != (secure ? 443 : 80)) {
            text.append(':').append(port);
        }
        text.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ")
                .append(key)
                .append("\r\nSec-WebSocket-Version: ")
                .append(Handshakes.VERSION)
                .append("\r\n");
        List<String> subprotocols = options.subprotocols();
        if (!subprotocols.isEmpty()) {
            text.append("Sec-WebSocket-Protocol: ")
                    .append(String.join(", ", subprotocols))
                    .append("\r\n");
        }
        Compression wanted = options.compression();
        if (wanted != null) {
            text.append("Sec-WebSocket-Extensions: ").append(Terms.offer(wanted)).append("\r\n");
        }
        List<String> fields = options.fields();
        for (int i = 0; i < fields.size(); i += 2) {
            text.append(fields.get(i)).append(": ").append(fields.get(i + 1)).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    // ---- the answer

    private WebSocket check(Socket socket, ResponseHead head, String key) throws IOException {
        if (head.status() != 101) {
            String to = head.first("Location");
            throw new WebSocketHandshakeException(
                    "the server has answered "
                            + head.shown()
                            + " to the handshake for "
                            + uri
                            + (to == null ? "" : "; it points to " + Tokens.shown(to)),
                    head.status(),
                    to);
        }
        expect(head.has("Upgrade", "websocket"), "does not say Upgrade: websocket");
        expect(head.has("Connection", "upgrade"), "does not say Connection: Upgrade");
        expect(
                head.all("Sec-WebSocket-Accept").equals(List.of(Handshakes.accept(key))),
                "has not the Sec-WebSocket-Accept that belongs to the key");
        String subprotocol = subprotocol(head);
        Terms terms = terms(head);
        return new WebSocket(
                new Connection(
                        Link.of(socket), options, terms, head.buffer(), head.pos(), head.limit()),
                subprotocol);
    }

    private void expect(boolean good, String what) throws WebSocketHandshakeException {
        if (!good) {
            throw new WebSocketHandshakeException(
                    "the server's answer to the handshake for " + uri + " " + what, 101, null);
        }
    }

    private @Nullable String subprotocol(ResponseHead head) throws IOException {
        List<String> chosen = head.all("Sec-WebSocket-Protocol");
        expect(
                chosen.isEmpty()
                        || chosen.size() == 1 && options.subprotocols().contains(chosen.getFirst()),
                "chooses a sub-protocol that was not offered: " + Tokens.shown(chosen + ""));
        return chosen.isEmpty() ? null : chosen.getFirst();
    }

    private @Nullable Terms terms(ResponseHead head) throws IOException {
        List<String> answers = head.all("Sec-WebSocket-Extensions");
        Compression wanted = options.compression();
        if (answers.isEmpty()) {
            return null;
        }
        Terms terms = null;
        if (answers.size() == 1 && wanted != null) {
            try {
                terms = Terms.ofAnswer(Extension.parse(answers.getFirst()), wanted);
            } catch (IllegalArgumentException e) {
                terms = null; // as what was not offered
            }
        }
        expect(
                terms != null,
                "has extensions that were not offered, or not so: " + Tokens.shown(answers + ""));
        return terms;
    }
}
