package dev.jevent.examples.chatroom;

import dev.jevent.http.HttpException;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** A few files out of the jar, kept in memory. Browsers ask whether theirs is the same. */
final class Pages {

    /** Nothing from elsewhere, nothing inline, and no frame around it. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml");

    private static final class Page {
        final String type;
        final byte[] bytes;
        final String tag;

        Page(String type, byte[] bytes, String tag) {
            this.type = type;
            this.bytes = bytes;
            this.tag = tag;
        }
    }

    private final Map<String, Page> pages = new HashMap<>();

    Pages(String... names) {
        for (String name : names) {
            pages.put(name, load(name));
        }
    }

    private static Page load(String name) {
        try (var in = Pages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException(name + ", which belongs to this program");
            }
            byte[] bytes = in.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            String tag = '"' + HexFormat.of().formatHex(Arrays.copyOf(hash, 12)) + '"';
            return new Page(TYPES.get(name.substring(name.indexOf('.') + 1)), bytes, tag);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has SHA-256", e);
        }
    }

    void send(String name, Request request, Response response) throws IOException {
        Page page = pages.get(name);
        if (page == null) {
            throw new HttpException(404, "there is nothing here; the chat is at /rooms/lobby");
        }
        response.header("Cache-Control", "no-cache")
                .header("ETag", page.tag)
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer");
        if (request.header("If-None-Match").orElse("").contains(page.tag)) {
            response.status(304).send();
        } else {
            response.send(page.type, page.bytes);
        }
    }
}
