package dev.jevent.http;

import java.nio.charset.StandardCharsets;

/** The status codes of RFC 9110 and its neighbours, with their phrases. */
final class Status {

    private static final int LEAST = 100;
    private static final int MOST = 599;
    private static final String[] REASONS = new String[MOST + 1];
    private static final byte[][] LINES = new byte[MOST + 1][];

    static {
        String all =
                """
                100 Continue
                101 Switching Protocols
                102 Processing
                103 Early Hints
                200 OK
                201 Created
                202 Accepted
                203 Non-Authoritative Information
                204 No Content
                205 Reset Content
                206 Partial Content
                207 Multi-Status
                208 Already Reported
                226 IM Used
                300 Multiple Choices
                301 Moved Permanently
                302 Found
                303 See Other
                304 Not Modified
                305 Use Proxy
                307 Temporary Redirect
                308 Permanent Redirect
                400 Bad Request
                401 Unauthorized
                402 Payment Required
                403 Forbidden
                404 Not Found
                405 Method Not Allowed
                406 Not Acceptable
                407 Proxy Authentication Required
                408 Request Timeout
                409 Conflict
                410 Gone
                411 Length Required
                412 Precondition Failed
                413 Content Too Large
                414 URI Too Long
                415 Unsupported Media Type
                416 Range Not Satisfiable
                417 Expectation Failed
                421 Misdirected Request
                422 Unprocessable Content
                423 Locked
                424 Failed Dependency
                425 Too Early
                426 Upgrade Required
                428 Precondition Required
                429 Too Many Requests
                431 Request Header Fields Too Large
                451 Unavailable For Legal Reasons
                500 Internal Server Error
                501 Not Implemented
                502 Bad Gateway
                503 Service Unavailable
                504 Gateway Timeout
                505 HTTP Version Not Supported
                506 Variant Also Negotiates
                507 Insufficient Storage
                508 Loop Detected
                511 Network Authentication Required
                """;
        all.lines().forEach(l -> REASONS[Integer.parseInt(l.substring(0, 3))] = l.substring(4));
        for (int i = LEAST; i <= MOST; i++) {
            LINES[i] =
                    ("HTTP/1.1 " + i + " " + reason(i) + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private Status() {}

    /** What it is called; that of its class if it has no name of its own. */
    static String reason(int status) {
        String known = status < LEAST || status > MOST ? null : REASONS[status];
        return known != null
                ? known
                : switch (status / 100) {
                    case 1 -> "Informational";
                    case 2 -> "Success";
                    case 3 -> "Redirection";
                    case 4 -> "Client Error";
                    default -> "Server Error";
                };
    }

    /** The first line of such a response, with its end. Not to be changed. */
    static byte[] line(int status) {
        return LINES[status];
    }

    /** Refuses what is no status of a response, informational ones included. */
    static int check(int status) {
        if (status < 200 || status > MOST) {
            throw new IllegalArgumentException(
                    "a response has a status from 200 to 599, not " + status);
        }
        return status;
    }

    /** Whether nothing may be in its body: with 205 that has to be said. */
    static boolean hasNoContent(int status) {
        return status == 205 || hasNoBody(status);
    }

    /** Whether such a response never has a body, not even an empty one. */
    static boolean hasNoBody(int status) {
        return status == 204 || status == 304 || status < 200;
    }
}
