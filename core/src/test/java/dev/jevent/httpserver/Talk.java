package dev.jevent.httpserver;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that says exactly what it is told, and tells exactly what it hears. */
final class Talk implements AutoCloseable {

    /**
     * An answer, with what may differ left out: the reason, the date, the order and the case of the
     * fields, and Connection.
     */
    record Answer(int status, Map<String, String> fields, String body) {
        static final Answer CLOSED = new Answer(0, Map.of(), "");

        @Override
        public String toString() {
            return status == 0 ? "closed" : status + " " + fields + " \"" + body + "\"";
        }
    }

    private final Socket socket;
    private final InputStream in;
    private String connection = "";

    Talk(InetSocketAddress address) throws IOException {
        this(new Socket(address.getAddress(), address.getPort()));
    }

    Talk(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A request with a Host field, and an empty line at its end. */
    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    static String post(String path, String body) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    static String chunked(String path, String... chunks) {
        String head = lines("POST " + path + " HTTP/1.1", "Host: a", "Transfer-Encoding: chunked");
        return head + "\r\n" + lines(chunks);
    }

    Talk say(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Answer ask(String request) throws IOException {
        return say(request).hear(request.startsWith("HEAD "));
    }

    Answer hear() throws IOException {
        return hear(false);
    }

    Answer hear(boolean headOnly) throws IOException {
        String line;
        try {
            line = line();
        } catch (SocketException e) {
            return Answer.CLOSED; // reset
        }
        if (line == null) {
            return Answer.CLOSED;
        }
        int status = Integer.parseInt(line.split(" ", -1)[1]);
        Map<String, String> fields = new TreeMap<>();
        for (String f = line(); f != null && !f.isEmpty(); f = line()) {
            int colon = f.indexOf(':');
            String name = f.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.merge(name, f.substring(colon + 1).strip(), (a, b) -> a + " | " + b);
        }
        connection = String.valueOf(fields.remove("connection"));
        fields.computeIfPresent("date", (name, date) -> "some");
        boolean none = headOnly || status < 200 || status == 204 || status == 304;
        return new Answer(status, fields, none ? "" : body(fields));
    }

    /** What the last answer said of it. */
    String connection() {
        return connection;
    }

    private String body(Map<String, String> fields) throws IOException {
        var body = new ByteArrayOutputStream();
        if (fields.containsKey("transfer-encoding")) {
            for (int n = chunk(); n > 0; n = chunk()) {
                body.write(in.readNBytes(n));
                line();
            }
            line();
        } else if (fields.containsKey("content-length")) {
            body.write(in.readNBytes(Integer.parseInt(fields.get("content-length"))));
        } else {
            in.transferTo(body);
        }
        return body.toString(StandardCharsets.ISO_8859_1);
    }

    private int chunk() throws IOException {
        String size = line();
        if (size == null) {
            throw new IOException("closed in the middle of the chunks");
        }
        return Integer.parseInt(size, 16);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** Whether the server has closed it, or does so now. */
    boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true; // reset
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
