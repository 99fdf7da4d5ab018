package dev.jevent.examples;

import dev.jevent.Timeout;
import dev.jevent.server.StreamServer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says hello over HTTP/1.1 and 1.0 (RFC 9112), in plain blocking code: connections are kept,
 * several requests may be under way on one, and bodies are skipped. What it does not understand it
 * refuses, and hangs up.
 */
public final class HelloHttp {

    private static final int MOST_HEAD = 8192;
    private static final Pattern REQUEST_LINE =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP/1\\.([01])");
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)");

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[MOST_HEAD];
    private int start; // of what was read and not used yet
    private int end;

    private HelloHttp(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        var server = new StreamServer(port, HelloHttp::serve);
        server.start();
        System.out.println("HelloHttp listens on port " + server.address().getPort());
        server.serveForever();
    }

    /** Answers all requests of a connection. */
    static void serve(Socket socket) throws IOException {
        new HelloHttp(socket).serve();
    }

    private void serve() throws IOException {
        try {
            for (String head = readHead(); head != null; head = readHead()) {
                Request request = Request.parse(head);
                if (request.expectsContinue && start == end) {
                    out.write(bytes("HTTP/1.1 100 Continue\r\n\r\n"));
                }
                skip(request.contentLength);
                answer("200 OK", "Hello, world!\n", request.isHead, request.keepAlive);
                if (!request.keepAlive) {
                    break;
                }
            }
            out.flush();
        } catch (Refusal e) {
            answer(e.getMessage(), e.getMessage() + "\n", false, false);
            hangUp();
        }
    }

    private void answer(String status, String body, boolean withoutBody, boolean keepAlive)
            throws IOException {
        String head =
                "HTTP/1.1 "
                        + status
                        + "\r\n"
                        + "Content-Type: text/plain\r\n"
                        + "Content-Length: "
                        + body.length()
                        + "\r\n"
                        + "Connection: "
                        + (keepAlive ? "keep-alive" : "close")
                        + "\r\n\r\n";
        out.write(bytes(withoutBody ? head : head + body));
    }

    /** The next head, without the empty line at its end; null at the end of the connection. */
    private String readHead() throws IOException, Refusal {
        int seen = start;
        for (; ; ) {
            for (; seen + 4 <= end; seen++) {
                if (isEndOfHead(seen)) {
                    var head = new String(buffer, start, seen - start, StandardCharsets.ISO_8859_1);
                    start = seen + 4;
                    return head;
                }
            }
            if (end == buffer.length && start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                seen -= start;
                end -= start;
                start = 0;
            }
            if (end == buffer.length) {
                throw new Refusal("431 Request Header Fields Too Large");
            }
            if (!readMore()) {
                if (start < end) {
                    throw new Refusal("400 Bad Request");
                }
                return null;
            }
        }
    }

    private boolean isEndOfHead(int i) {
        return buffer[i] == '\r'
                && buffer[i + 1] == '\n'
                && buffer[i + 2] == '\r'
                && buffer[i + 3] == '\n';
    }

    private boolean readMore() throws IOException {
        out.flush(); // the client may wait for that before it says more
        int n = in.read(buffer, end, buffer.length - end);
        end += Math.max(n, 0);
        return n >= 0;
    }

    private void skip(long body) throws IOException, Refusal {
        for (long left = body; ; ) {
            int here = (int) Math.min(left, end - start);
            start += here;
            left -= here;
            if (left == 0) {
                return;
            }
            start = 0;
            end = 0;
            if (!readMore()) {
                throw new Refusal("400 Bad Request");
            }
        }
    }

    /** So that the answer arrives: a socket closed with unread bytes is reset. */
    private void hangUp() throws IOException {
        out.flush();
        socket.shutdownOutput();
        try (var _ = Timeout.start(Duration.ofSeconds(1))) {
            while (in.read(buffer) >= 0) {
                // whatever else it has to say
            }
        } catch (Timeout e) {
            // it has had its time
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The status line of a refused request. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String status) {
            super(status, null, false, false);
        }
    }

    private static final class Request {
        boolean isHead;
        boolean keepAlive;
        boolean expectsContinue;
        long contentLength;
        private int hosts;
        private String length;

        static Request parse(String head) throws Refusal {
            String[] lines = head.stripLeading().split("\r\n", -1);
            Matcher first = REQUEST_LINE.matcher(lines[0]);
            check(first.matches());
            var request = new Request();
            boolean isNew = first.group(1).equals("1");
            request.isHead = lines[0].startsWith("HEAD ");
            request.keepAlive = isNew;
            for (int i = 1; i < lines.length; i++) {
                Matcher field = FIELD.matcher(lines[i]);
                check(field.matches());
                request.add(field.group(1).toLowerCase(Locale.ROOT), field.group(2).strip());
            }
            check(request.hosts == 1 || !isNew && request.hosts == 0);
            return request;
        }

        private void add(String name, String value) throws Refusal {
            switch (name) {
                case "host" -> hosts++;
                case "connection" -> {
                    String options = "," + value.toLowerCase(Locale.ROOT).replace(" ", "") + ",";
                    if (options.contains(",close,")) {
                        keepAlive = false;
                    } else if (options.contains(",keep-alive,")) {
                        keepAlive = true;
                    }
                }
                case "content-length" -> {
                    check(value.matches("[0-9]{1,18}") && (length == null || length.equals(value)));
                    length = value;
                    contentLength = Long.parseLong(value);
                }
                case "transfer-encoding" -> throw new Refusal("501 Not Implemented");
                case "expect" -> expectsContinue = value.equalsIgnoreCase("100-continue");
                default -> {}
            }
        }

        private static void check(boolean ok) throws Refusal {
            if (!ok) {
                throw new Refusal("400 Bad Request");
            }
        }
    }
}
