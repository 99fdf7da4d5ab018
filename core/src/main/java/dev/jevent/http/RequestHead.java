package dev.jevent.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The request line and the header fields of one request, where they are in the connection's buffer:
 * positions, and no strings until somebody asks. Takes bytes as they come and goes on where it was,
 * so that each is looked at twice, whoever sends them one by one. Strict, as RFC 9112 allows it to
 * be: what two servers might understand differently is refused.
 *
 * <pre>
 *   request line --CRLF--> field --CRLF--> field ... --CRLF--> empty line: complete
 * </pre>
 *
 * All positions count from the beginning of the request, which may move in the buffer. For one
 * thread at a time; used again for other requests, of any connection.
 */
final class RequestHead {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    private static final byte[] HTTP = lower("http");
    private static final byte[] HOST = lower("host");
    private static final byte[] EXPECT = lower("expect");
    private static final byte[] CONNECTION = lower("connection");
    private static final byte[] CONTENT_LENGTH = lower("content-length");
    private static final byte[] TRANSFER_ENCODING = lower("transfer-encoding");

    private static final byte[] NOTHING = new byte[0];
    private static final int MOST_METHOD = 32;
    private static final int MOST_EMPTY_LINES = 4;
    private static final int PARTS = 4; // of a field: where name and value begin and end
    private static final int FIELDS = 16 * PARTS; // as many as most requests need

    private final Limits limits;
    private final boolean trailer;

    private byte[] buffer = NOTHING;
    private int base; // where the request begins in the buffer
    private int scanned; // up to here there is no end of a line
    private int line; // where the line begins that is being read
    private int fieldsBegin;
    private int emptyLines;

    private boolean hasRequestLine;
    private int methodBegin;
    private int methodEnd;
    private int targetBegin;
    private int targetEnd;
    private int authorityBegin; // of a target that is a whole address
    private int authorityEnd; // or zero
    private int minor;
    private int[] fields = new int[FIELDS];
    private int count;
    private int end;

    // what the framing needs
    private int hostField;
    private long contentLength;
    private boolean chunked;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrade;
    private boolean expectsContinue;

    RequestHead(Limits limits) {
        this(limits, false);
    }

    private RequestHead(Limits limits, boolean trailer) {
        this.limits = limits;
        this.trailer = trailer;
        reset();
    }

    /** Only the fields that follow a body in chunks; none of them may say where it ends. */
    static RequestHead ofTrailer(Limits limits) {
        return new RequestHead(limits, true);
    }

    private static byte[] lower(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Ready for the next request. */
    void reset() {
        scanned = 0;
        line = 0;
        emptyLines = 0;
        hasRequestLine = trailer;
        fieldsBegin = 0;
        methodEnd = 0;
        targetBegin = 0;
        targetEnd = 0;
        authorityEnd = 0;
        minor = 1;
        count = 0;
        end = 0;
        hostField = -1;
        contentLength = -1;
        chunked = false;
        close = false;
        keepAlive = false;
        upgrade = false;
        expectsContinue = false;
    }

    /** The request is, or begins, there. */
    void in(byte[] newBuffer, int newBase) {
        buffer = newBuffer;
        base = newBase;
    }

    /** Whether it needs no more memory than a new one. */
    boolean isSmall() {
        return fields.length == FIELDS;
    }

    /** Nobody can read it any more. */
    void forget() {
        buffer = NOTHING;
        count = 0;
    }

    // ---- parsing

    /**
     * Goes on to parse.
     *
     * @param limit where the bytes end that have come, in the buffer
     * @return whether the head is complete; if not, more bytes are needed
     * @throws HttpException with the status, if it is no good request
     */
    boolean parse(int limit) {
        byte[] b = buffer;
        int i = base + scanned;
        for (; ; ) {
            i = findControl(b, i, limit);
            if (i >= limit) {
                return incomplete(limit, i);
            }
            if (b[i] == '\t') {
                i++;
                continue;
            }
            if (b[i] != '\r') {
                checkSize(i - base);
                throw badControl(b[i], i - base);
            }
            if (i + 1 == limit) {
                return incomplete(limit, i);
            }
            if (b[i + 1] != '\n') {
                checkSize(i + 1 - base);
                throw HttpException.bad("a CR that is not the end of a line");
            }
            boolean complete = line(b, base + line, i);
            i += 2;
            line = i - base;
            scanned = line;
            if (complete) {
                end = line;
                check();
                return true;
            }
        }
    }

    /** Where the first byte is that is below a space, or 127; the limit if there is none. */
    private static int findControl(byte[] b, int from, int limit) {
        int i = from;
        for (; i + 8 <= limit; i += 8) {
            long v = (long) LONGS.get(b, i);
            long del = v ^ EACH * 0x7F;
            // Exact up to and with the first such byte; bytes above 127 are none.
            long found = (v - EACH * 0x20 | del - EACH) & ~v & HIGH;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >> 3);
            }
        }
        for (; i < limit; i++) {
            if (b[i] >= 0 && b[i] < ' ' || b[i] == 0x7F) {
                return i;
            }
        }
        return limit;
    }

    private HttpException badControl(byte c, int at) {
        if (c == '\n') {
            return HttpException.bad("a line that ends in LF without CR");
        }
        if (at == 0 && c == 0x16) {
            return HttpException.bad("this is TLS, and the port speaks plain HTTP");
        }
        return HttpException.bad(
                String.format(java.util.Locale.ROOT, "the character 0x%02X in the header", c));
    }

    private boolean incomplete(int limit, int at) {
        scanned = at - base;
        checkSize(limit - base);
        return false;
    }

    /** So many bytes have come, and their line is not complete: its CR is not counted. */
    private void checkSize(int upTo) {
        if (!hasRequestLine) {
            checkRequestLine(upTo - line - 1);
        } else {
            checkFields(upTo - fieldsBegin - 1);
        }
    }

    private void checkRequestLine(int size) {
        if (size > limits.requestLine()) {
            throw new HttpException(
                    414,
                    "the request line is longer than " + limits.requestLine() + " bytes",
                    true);
        }
    }

    /** Without the empty line. */
    private void checkFields(int size) {
        if (size > limits.headerBytes()) {
            throw new HttpException(
                    431, "the header is longer than " + limits.headerBytes() + " bytes", true);
        }
    }

    /** A line is there; whether it was the last one. */
    private boolean line(byte[] b, int from, int to) {
        if (hasRequestLine) {
            if (from == to) {
                return true;
            }
            checkFields(to + 2 - base - fieldsBegin);
            field(b, from, to);
            return false;
        }
        if (from == to) {
            emptyLines++;
            if (emptyLines > MOST_EMPTY_LINES) {
                throw HttpException.bad("empty lines instead of a request");
            }
            return false;
        }
        checkRequestLine(to - from);
        requestLine(b, from, to);
        hasRequestLine = true;
        fieldsBegin = to + 2 - base;
        return false;
    }

    private void requestLine(byte[] b, int from, int to) {
        int i = from;
        while (i < to && Text.isToken(b[i]) && b[i] > 0) {
            i++;
        }
        if (i == from || i == to || b[i] != ' ' || i - from > MOST_METHOD) {
            throw HttpException.bad("no method in the request line");
        }
        methodBegin = from - base;
        methodEnd = i - base;
        int begin = ++i;
        while (i < to && b[i] > ' ' && b[i] != '#') {
            i++;
        }
        if (i == begin || i == to || b[i] != ' ') {
            throw HttpException.bad(
                    i == to
                            ? "no version in the request line"
                            : "a bad character in the request's target");
        }
        targetBegin = begin - base;
        targetEnd = i - base;
        version(b, i + 1, to);
        target(b, begin, i);
    }

    private void version(byte[] b, int from, int to) {
        boolean isHttp =
                to - from == 8
                        && b[from] == 'H'
                        && b[from + 1] == 'T'
                        && b[from + 2] == 'T'
                        && b[from + 3] == 'P'
                        && b[from + 4] == '/'
                        && isDigit(b[from + 5])
                        && b[from + 6] == '.'
                        && isDigit(b[from + 7]);
        if (!isHttp) {
            throw HttpException.bad("a bad version in the request line");
        }
        if (b[from + 5] != '1') {
            throw new HttpException(505, "this server speaks HTTP/1.1 and HTTP/1.0", true);
        }
        minor = b[from + 7] == '0' ? 0 : 1; // of a later one we speak what we know
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** RFC 9112, 3.2: a path, an address, an authority for CONNECT, an asterisk for OPTIONS. */
    private void target(byte[] b, int from, int to) {
        if (methodIs("CONNECT")) {
            if (!Text.isHost(b, from, to) || !Text.hasPort(b, from, to)) {
                throw HttpException.bad("CONNECT to something that is no host and port");
            }
            return;
        }
        if (b[from] == '/') {
            return;
        }
        if (b[from] == '*' && to - from == 1) {
            if (!methodIs("OPTIONS")) {
                throw HttpException.bad("the target * of another method than OPTIONS");
            }
            return;
        }
        int host = afterScheme(b, from, to);
        int hostEnd = host < 0 ? to : host;
        while (hostEnd < to && b[hostEnd] != '/' && b[hostEnd] != '?') {
            hostEnd++;
        }
        if (host < 0 || host == hostEnd || !Text.isHost(b, host, hostEnd)) {
            throw HttpException.bad("a target that is neither a path nor an address");
        }
        authorityBegin = host - base;
        authorityEnd = hostEnd - base;
    }

    private static int afterScheme(byte[] b, int from, int to) {
        int i = from;
        if (to - from < 7 || !isPrefix(b, from, HTTP)) {
            return -1;
        }
        i += HTTP.length;
        if (b[i] == 's' || b[i] == 'S') {
            i++;
        }
        return i + 3 < to && b[i] == ':' && b[i + 1] == '/' && b[i + 2] == '/' ? i + 3 : -1;
    }

    private static boolean isPrefix(byte[] b, int from, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            if ((b[from + i] | 0x20) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    private void field(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] > 0 && Text.isToken(b[i])) {
            i++;
        }
        if (i == from || i == to || b[i] != ':') {
            throw badName(b, from, i, to);
        }
        int nameEnd = i++;
        while (i < to && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        int valueEnd = to;
        while (valueEnd > i && (b[valueEnd - 1] == ' ' || b[valueEnd - 1] == '\t')) {
            valueEnd--;
        }
        if (count == limits.headers()) {
            throw new HttpException(431, "more than " + limits.headers() + " header fields", true);
        }
        int f = count++ * PARTS;
        if (f == fields.length) {
            fields = Arrays.copyOf(fields, 2 * f);
        }
        fields[f] = from - base;
        fields[f + 1] = nameEnd - base;
        fields[f + 2] = i - base;
        fields[f + 3] = valueEnd - base;
        if (trailer) {
            checkTrailer(b, from, nameEnd - from);
            return;
        }
        known(b, from, nameEnd - from, i, valueEnd);
    }

    private static HttpException badName(byte[] b, int from, int at, int to) {
        if (b[from] == ' ' || b[from] == '\t') {
            return HttpException.bad("a header line that begins with a space");
        }
        if (at == to) {
            return HttpException.bad("a header line without a colon");
        }
        return HttpException.bad(
                b[at] == ' ' || b[at] == '\t'
                        ? "a space before the colon of a header field"
                        : "a bad character in the name of a header field");
    }

    /** Those that this server itself acts upon. */
    private void known(byte[] b, int name, int length, int value, int valueEnd) {
        switch (length) {
            case 4 -> {
                if (isPrefix(b, name, HOST)) {
                    host(b, value, valueEnd);
                }
            }
            case 6 -> {
                if (isPrefix(b, name, EXPECT)) {
                    expect(b, value, valueEnd);
                }
            }
            case 10 -> {
                if (isPrefix(b, name, CONNECTION)) {
                    connection(b, value, valueEnd);
                }
            }
            case 14 -> {
                if (isPrefix(b, name, CONTENT_LENGTH)) {
                    contentLength(b, value, valueEnd);
                }
            }
            case 17 -> {
                if (isPrefix(b, name, TRANSFER_ENCODING)) {
                    transferEncoding(b, value, valueEnd);
                }
            }
            default -> {
                return;
            }
        }
    }

    private static void checkTrailer(byte[] b, int name, int length) {
        if (length == HOST.length && isPrefix(b, name, HOST)
                || length == CONTENT_LENGTH.length && isPrefix(b, name, CONTENT_LENGTH)
                || length == TRANSFER_ENCODING.length && isPrefix(b, name, TRANSFER_ENCODING)) {
            throw HttpException.bad("a field in the trailer that must not be there");
        }
    }

    private void host(byte[] b, int from, int to) {
        if (hostField >= 0) {
            throw HttpException.bad("more than one Host field");
        }
        if (!Text.isHost(b, from, to)) {
            throw HttpException.bad("a bad Host field");
        }
        hostField = count - 1;
    }

    private void expect(byte[] b, int from, int to) {
        if (!isWord(b, from, to, "100-continue")) {
            throw new HttpException(417, "an expectation that is not 100-continue", true);
        }
        expectsContinue = true;
    }

    private static boolean isWord(byte[] b, int from, int to, String lower) {
        if (to - from != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            int c = b[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void connection(byte[] b, int from, int to) {
        int i = from;
        while (i < to) {
            int begin = i;
            while (i < to && b[i] != ',') {
                i++;
            }
            int stop = i++;
            while (begin < stop && (b[begin] == ' ' || b[begin] == '\t')) {
                begin++;
            }
            while (stop > begin && (b[stop - 1] == ' ' || b[stop - 1] == '\t')) {
                stop--;
            }
            close |= isWord(b, begin, stop, "close");
            keepAlive |= isWord(b, begin, stop, "keep-alive");
            upgrade |= isWord(b, begin, stop, "upgrade");
        }
    }

    private void contentLength(byte[] b, int from, int to) {
        if (contentLength >= 0) {
            throw HttpException.bad("more than one Content-Length");
        }
        if (from == to) {
            throw HttpException.bad("an empty Content-Length");
        }
        long n = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(b[i])) {
                throw HttpException.bad("a Content-Length that is no number");
            }
            if (n > (Long.MAX_VALUE - 9) / 10) {
                throw new HttpException(413, "a Content-Length beyond all bounds", true);
            }
            n = 10 * n + b[i] - '0';
        }
        contentLength = n;
    }

    private void transferEncoding(byte[] b, int from, int to) {
        if (chunked) {
            throw HttpException.bad("more than one Transfer-Encoding");
        }
        if (!isWord(b, from, to, "chunked")) {
            throw new HttpException(501, "a Transfer-Encoding that is not just chunked", true);
        }
        chunked = true;
    }

    /** What can only be said when all fields are there. */
    private void check() {
        if (trailer) {
            return;
        }
        if (minor > 0 && hostField < 0) {
            throw HttpException.bad("no Host field");
        }
        if (chunked && contentLength >= 0) {
            throw HttpException.bad("both Content-Length and Transfer-Encoding");
        }
        if (chunked && minor == 0) {
            throw HttpException.bad("a Transfer-Encoding in HTTP/1.0");
        }
    }

    // ---- what it says

    /** How many bytes it has, from its beginning to the end of the empty line. */
    int length() {
        return end;
    }

    /** Whether a byte of it was seen. */
    boolean hasBegun(int limit) {
        return limit > base;
    }

    /** Whether nothing but ends of lines has come. */
    boolean isEmpty(int limit) {
        return !hasRequestLine && limit - base - line <= 1;
    }

    boolean methodIs(String name) {
        int n = methodEnd - methodBegin;
        if (n != name.length()) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            if (buffer[base + methodBegin + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String method() {
        return methodIs("GET")
                ? "GET"
                : methodIs("POST")
                        ? "POST"
                        : methodIs("HEAD") ? "HEAD" : text(methodBegin, methodEnd);
    }

    String target() {
        return text(targetBegin, targetEnd);
    }

    /** The target without scheme and host, if it has those. */
    String originTarget() {
        if (authorityEnd == 0) {
            return target();
        }
        String rest = text(authorityEnd, targetEnd);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    /** Empty if it does not say one. */
    String host() {
        if (authorityEnd > 0) {
            return text(authorityBegin, authorityEnd);
        }
        return hostField < 0 ? "" : value(hostField);
    }

    int minor() {
        return minor;
    }

    /** -1 if it does not say one. */
    long contentLength() {
        return contentLength;
    }

    boolean isChunked() {
        return chunked;
    }

    boolean wantsClose() {
        return close || minor == 0 && !keepAlive;
    }

    boolean wantsUpgrade() {
        return upgrade && minor > 0;
    }

    boolean expectsContinue() {
        return expectsContinue && minor > 0;
    }

    /** What came of the request line, for a log: nothing of what follows it, which is private. */
    String firstLine(int limit) {
        int from = base + line;
        int to = from;
        if (hasRequestLine) {
            from = base + methodBegin;
            to = base + targetEnd;
        }
        while (!hasRequestLine && to < limit && buffer[to] != '\r' && buffer[to] != '\n') {
            to++;
        }
        return Text.shown(
                new String(
                        buffer,
                        from,
                        Math.max(0, Math.min(to - from, 1000)),
                        StandardCharsets.ISO_8859_1));
    }

    private String text(int from, int to) {
        return new String(buffer, base + from, to - from, StandardCharsets.ISO_8859_1);
    }

    String name(int field) {
        return text(fields[field * PARTS], fields[field * PARTS + 1]);
    }

    String value(int field) {
        return text(fields[field * PARTS + 2], fields[field * PARTS + 3]);
    }

    // ---- as headers; see there

    Optional<String> get(String name) {
        int length = name.length();
        for (int f = 0; f < count; f++) {
            int from = fields[f * PARTS];
            if (fields[f * PARTS + 1] - from == length && isName(base + from, name)) {
                return Optional.of(value(f));
            }
        }
        return Optional.empty();
    }

    private boolean isName(int from, String name) {
        for (int i = 0; i < name.length(); i++) {
            if (lower(buffer[from + i]) != lower(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int lower(int c) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }

    int size() {
        return count;
    }

    void forEach(BiConsumer<String, String> field) {
        for (int f = 0; f < count; f++) {
            field.accept(name(f), value(f));
        }
    }
}
