package dev.jevent.websocket;

import dev.jevent.http.Headers;
import dev.jevent.http.HttpException;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.http.Upgrade;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** The server's side of the opening handshake: RFC 6455, 4.2. */
final class ServerHandshake {

    private ServerHandshake() {}

    static WebSocket accept(Request request, Response response, WebSocketOptions options)
            throws IOException {
        Headers headers = request.headers();
        checkUpgrade(request, headers);
        String key = key(headers);
        checkOrigin(request, headers, options.origins());
        String subprotocol = subprotocol(headers, options.subprotocols());
        Terms terms = terms(headers, options.compression());

        Response r = response.header("Sec-WebSocket-Accept", Handshakes.accept(key));
        if (subprotocol != null) {
            r = r.header("Sec-WebSocket-Protocol", subprotocol);
        }
        if (terms != null) {
            r = r.header("Sec-WebSocket-Extensions", terms.answer());
        }
        Upgrade upgrade = r.upgrade("websocket");
        var below = upgrade.connection();
        Link link = new Link(below.socket(), upgrade.in(), upgrade.out(), below);
        var connection = new Connection(link, options, terms, Buffers.NONE, 0, 0);
        upgrade.onEnd(connection::handlerEnded);
        return new WebSocket(connection, subprotocol);
    }

    private static void checkUpgrade(Request request, Headers headers) {
        if (!has(headers, "Upgrade", "websocket")) {
            throw new HttpException(426, "this address speaks WebSocket")
                    .header("Upgrade", "websocket")
                    .header("Sec-WebSocket-Version", Handshakes.VERSION);
        }
        if (!request.is("GET") || !request.version().equals("HTTP/1.1")) {
            throw bad("a WebSocket begins with GET in HTTP/1.1");
        }
        if (!has(headers, "Connection", "upgrade")) {
            throw bad("no Connection: Upgrade");
        }
        List<String> versions = headers.all("Sec-WebSocket-Version");
        if (!versions.equals(List.of(Handshakes.VERSION))) {
            throw new HttpException(426, "this server speaks version 13 of WebSocket")
                    .header("Upgrade", "websocket")
                    .header("Sec-WebSocket-Version", Handshakes.VERSION);
        }
    }

    private static boolean has(Headers headers, String name, String word) {
        return headers.list(name).stream().anyMatch(word::equalsIgnoreCase);
    }

    private static HttpException bad(String message) {
        return new HttpException(400, message);
    }

    private static String key(Headers headers) {
        List<String> keys = headers.all("Sec-WebSocket-Key");
        if (keys.size() != 1 || !Handshakes.isKey(keys.getFirst())) {
            throw bad("no Sec-WebSocket-Key of 16 bytes in Base64");
        }
        return keys.getFirst();
    }

    // ---- origin

    private static void checkOrigin(
            Request request, Headers headers, @Nullable Predicate<String> allowed) {
        List<String> origins = headers.all("Origin");
        if (origins.isEmpty()) {
            return; // no browser
        }
        String origin = origins.getFirst();
        boolean good =
                origins.size() == 1
                        && (allowed == null
                                ? isSameHost(origin, request.host())
                                : allowed.test(origin));
        if (!good) {
            throw new HttpException(403, "no WebSocket for pages of " + Tokens.shown(origin));
        }
    }

    /** A proxy in front may have ended TLS, so that the scheme says nothing but the usual port. */
    private static boolean isSameHost(String origin, String host) {
        try {
            URI page = new URI(origin);
            URI here = new URI("//" + host);
            String scheme = String.valueOf(page.getScheme()).toLowerCase(Locale.ROOT);
            int usual = scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : -1;
            return usual > 0
                    && page.getHost() != null
                    && page.getHost().equalsIgnoreCase(here.getHost())
                    && port(page, usual) == port(here, usual);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static int port(URI uri, int usual) {
        return uri.getPort() < 0 ? usual : uri.getPort();
    }

    // ---- what is agreed on

    private static @Nullable String subprotocol(Headers headers, List<String> mine) {
        List<String> offered = headers.list("Sec-WebSocket-Protocol");
        Set<String> all = new HashSet<>();
        for (String name : offered) {
            if (!Tokens.isToken(name) || !all.add(name)) {
                throw bad("a bad Sec-WebSocket-Protocol");
            }
        }
        return mine.stream().filter(all::contains).findFirst().orElse(null);
    }

    private static @Nullable Terms terms(Headers headers, @Nullable Compression wanted) {
        List<Extension> offers = new ArrayList<>();
        for (String element : headers.list("Sec-WebSocket-Extensions")) {
            try {
                offers.add(Extension.parse(element));
            } catch (IllegalArgumentException e) {
                throw new HttpException(400, "a bad Sec-WebSocket-Extensions", e);
            }
        }
        return wanted == null ? null : Terms.accept(offers, wanted);
    }
}
