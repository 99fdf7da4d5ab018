package dev.jevent.http;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Compresses the answers of another handler for clients that accept gzip, RFC 9110 sections 8.4 and
 * 12.5.3.
 *
 * <pre>{@code
 * new HttpServer(8080, Gzip.of(new StaticFiles(Path.of("site")))).serveForever();
 * }</pre>
 *
 * <p>An answer is compressed if its type is one that becomes smaller by that, and it has 1,024
 * bytes or more, or nobody knows; but none that has a {@code Content-Encoding}, {@code
 * Content-Range} or digest already, nor {@code Cache-Control: no-transform}. Then
 *
 * <ul>
 *   <li>it is sent in chunks, for its length is not known; HTTP/1.0 clients get it as it is;
 *   <li>a strong {@code ETag} becomes a weak one, and {@code Accept-Ranges} is taken away;
 *   <li>a flush of the handler sends all that was written, so that streams work.
 * </ul>
 *
 * Whatever could be compressed says {@code Vary: Accept-Encoding}. An answer to HEAD has the fields
 * of the one to GET.
 *
 * <p>At most 256 answers are compressed at once, each in a quarter of a megabyte of native memory;
 * others are sent as they are. An answer that has both a secret and something that the client has
 * said should not be compressed over TLS: its length tells of the secret (the attack BREACH).
 *
 * <p>Options are set before it is used. Any thread.
 */
public final class Gzip implements HttpHandler {

    private static final int MINIMUM = 1024;
    private static final int LEVEL = 6;
    private static final int MOST = 256;
    private static final Set<String> TYPES =
            Set.of(
                    "application/javascript",
                    "application/json",
                    "application/wasm",
                    "application/x-javascript",
                    "application/x-ndjson",
                    "application/xml",
                    "font/otf",
                    "font/ttf",
                    "image/bmp",
                    "image/vnd.microsoft.icon");

    private final HttpHandler handler;
    private volatile Predicate<String> types = Gzip::isCompressible;
    private volatile int minimum = MINIMUM;
    private volatile int level = LEVEL;
    private volatile int most = MOST;
    private volatile boolean requests;
    private volatile Compressors compressors = new Compressors(LEVEL, MOST);

    private Gzip(HttpHandler handler) {
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /** Around that handler. */
    public static Gzip of(HttpHandler handler) {
        return new Gzip(handler);
    }

    // ---- options

    /**
     * Which media types are compressed, in lower case and without parameters; instead of text, and
     * what is text in truth, as JSON, XML and SVG.
     */
    public Gzip types(Predicate<String> compressible) {
        types = Objects.requireNonNull(compressible, "compressible");
        return this;
    }

    /** How many bytes an answer must have, if that is known: 1,024. */
    public Gzip minimum(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a minimum of " + bytes + " bytes");
        }
        minimum = bytes;
        return this;
    }

    /** How hard it tries: from 1, fast, to 9, small; 6 if this is not said. */
    public Gzip level(int oneToNine) {
        if (oneToNine < 1 || oneToNine > 9) {
            throw new IllegalArgumentException("a level from 1 to 9, not " + oneToNine);
        }
        level = oneToNine;
        compressors = new Compressors(oneToNine, most);
        return this;
    }

    /** How many answers are compressed at once: 256. */
    public Gzip atOnce(int answers) {
        if (answers < 1) {
            throw new IllegalArgumentException(answers + " answers at once; use 1 or more");
        }
        most = answers;
        compressors = new Compressors(level, answers);
        return this;
    }

    /**
     * Whether the bodies of requests are inflated as well: then those with {@code Content-Encoding:
     * gzip} are read as if they had been sent without it, and a read throws 413 beyond the limit of
     * {@linkplain Limits#inflated inflated} bytes. What is no gzip throws 400; other encodings are
     * answered with 415. The header still says how it was sent. Off if this is not said.
     */
    public Gzip requests(boolean on) {
        requests = on;
        return this;
    }

    // ---- what it does

    @Override
    public void handle(Request request, Response response) throws Exception {
        if (requests) {
            inflate(request);
        }
        response.filter(new GzipBody(request, compressors, types, minimum));
        handler.handle(request, response);
    }

    private static void inflate(Request request) {
        List<String> encodings = request.headers().list("Content-Encoding");
        boolean gzip = false;
        for (String encoding : encodings) {
            if (gzip || !isGzip(encoding) && !encoding.equalsIgnoreCase("identity")) {
                throw new HttpException(
                                415,
                                "a body may be encoded with gzip, not with " + Text.shown(encoding))
                        .header("Accept-Encoding", "gzip, identity");
            }
            gzip = isGzip(encoding);
        }
        if (gzip) {
            request.inflate();
        }
    }

    Compressors compressors() {
        return compressors;
    }

    // ---- words of HTTP

    private static boolean isGzip(String coding) {
        return coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip");
    }

    static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        String type = end < 0 ? contentType : contentType.substring(0, end);
        return type.strip().toLowerCase(Locale.ROOT);
    }

    static boolean isCompressible(String type) {
        return type.startsWith("text/")
                || type.endsWith("+json")
                || type.endsWith("+xml")
                || TYPES.contains(type);
    }

    /**
     * Whether the items of Accept-Encoding allow gzip, and do not like it less than no encoding.
     * What is malformed allows nothing.
     */
    static boolean accepts(List<String> items) {
        int gzip = -1; // not mentioned; else thousandths
        int identity = -1;
        int others = -1;
        for (String item : items) {
            int semicolon = item.indexOf(';');
            String coding = (semicolon < 0 ? item : item.substring(0, semicolon)).strip();
            int q = semicolon < 0 ? 1000 : quality(item.substring(semicolon + 1));
            if (isGzip(coding)) {
                gzip = Math.max(gzip, q);
            } else if (coding.equalsIgnoreCase("identity")) {
                identity = q;
            } else if (coding.equals("*")) {
                others = q;
            }
        }
        int q = gzip >= 0 ? gzip : others;
        return q > 0 && q >= identity;
    }

    /** In thousandths; zero for what is none. */
    static int quality(String parameter) {
        String p = parameter.strip();
        if (p.length() < 3 || p.length() > 7 || p.charAt(0) != 'q' && p.charAt(0) != 'Q') {
            return 0;
        }
        if (p.charAt(1) != '=' || p.charAt(2) != '0' && p.charAt(2) != '1') {
            return 0;
        }
        int q = (p.charAt(2) - '0') * 1000;
        if (p.length() > 3 && p.charAt(3) != '.') {
            return 0;
        }
        for (int i = 4, unit = 100; i < p.length(); i++, unit /= 10) {
            char c = p.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            q += (c - '0') * unit;
        }
        return q <= 1000 ? q : 0;
    }
}
