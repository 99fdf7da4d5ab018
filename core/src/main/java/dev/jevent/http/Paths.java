package dev.jevent.http;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Paths of requests, segment by segment: each is decoded on its own and once, so that what comes
 * out of an encoded slash, dot or percent sign never becomes a part of the structure.
 */
final class Paths {

    private static final String WELL_KNOWN = ".well-known"; // made for the public: RFC 8615
    private static final String PLAIN = "-._~!$()*+,;=@"; // of a segment, besides letters, digits

    private Paths() {}

    /** An answer that needs no stack trace, for anybody can ask for any number of them. */
    static HttpException refused(int status) {
        return new HttpException(status, Status.reason(status), false);
    }

    /** Where the segment ends that begins behind the slash. */
    static int end(String path, int slash) {
        int end = slash < path.length() ? path.indexOf('/', slash + 1) : slash;
        return end < 0 ? path.length() : end;
    }

    /** The segment behind the slash; null if it stands there as it is. */
    static @Nullable String decodedIfNeeded(String path, int slash, int end) {
        return path.indexOf('%', Math.min(slash, end), end) < 0
                ? null
                : Text.decode(path.substring(slash + 1, end), false);
    }

    /** The segments of a prefix that somebody has set. */
    static List<String> prefix(String prefix) {
        List<String> segments = new ArrayList<>();
        for (String s : prefix.split("/", -1)) {
            if (!s.isEmpty()) {
                segments.add(s);
            }
        }
        if (!prefix.isEmpty() && !prefix.startsWith("/")
                || segments.contains(".")
                || segments.contains("..")) {
            throw new IllegalArgumentException(
                    "a prefix is a path that begins with a slash, not \""
                            + Text.shown(prefix)
                            + "\"");
        }
        return List.copyOf(segments);
    }

    /**
     * What a path means below a folder.
     *
     * @param relative the name of the file from there, or empty
     * @param last its last segment, or that of the prefix
     * @param slash whether it ends with a slash
     */
    record FileName(String relative, String last, boolean slash) {

        /** That of a file in this folder. */
        String child(String name) {
            return relative.isEmpty() ? name : relative + '/' + name;
        }
    }

    /**
     * The file that is asked for.
     *
     * @throws HttpException 404 if the path can be none below the prefix, 400 if it cannot be
     *     decoded
     */
    static FileName file(String path, List<String> prefix, boolean hidden) {
        if (!path.startsWith("/")) {
            throw refused(404);
        }
        var relative = new StringBuilder(path.length());
        String last = "";
        boolean slash = false;
        int n = 0;
        for (int at = 0; at < path.length() && !slash; n++) {
            int end = end(path, at);
            String segment = Text.decode(path.substring(at + 1, end), false);
            at = end;
            if (segment.isEmpty() && end == path.length()) {
                slash = true;
                break;
            }
            if (n < prefix.size()) {
                if (!segment.equals(prefix.get(n))) {
                    throw refused(404);
                }
            } else {
                check(segment, hidden || n == prefix.size() && segment.equals(WELL_KNOWN));
                relative.append(relative.isEmpty() ? "" : "/").append(segment);
            }
            last = segment;
        }
        if (n < prefix.size()) {
            throw refused(404);
        }
        return new FileName(relative.toString(), last, slash);
    }

    private static void check(String segment, boolean hidden) {
        if (segment.isEmpty()
                || segment.equals(".")
                || segment.equals("..")
                || segment.charAt(0) == '.' && !hidden
                || segment.indexOf('/') >= 0
                || segment.indexOf('\\') >= 0
                || segment.indexOf('\0') >= 0) {
            throw refused(404);
        }
    }

    /** As one segment of a relative reference, safe in a header field and in HTML. */
    static String encode(String segment) {
        var out = new StringBuilder(segment.length() + 16);
        for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
