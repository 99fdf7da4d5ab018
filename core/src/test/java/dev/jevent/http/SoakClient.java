package dev.jevent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * One client that asks for all kinds of things, checks each answer to the last byte, and goes now
 * and then when nobody expects it.
 */
final class SoakClient {

    static final int BIG = 100_000;

    private final InetSocketAddress address;
    private final Random random;
    private Socket socket;
    private SocketStream stream;

    SoakClient(InetSocketAddress address, long seed) {
        this.address = address;
        random = new Random(seed);
    }

    /** One answer. */
    record Answer(int status, String head, byte[] body) {}

    /** How many requests that were. */
    int once() throws IOException {
        if (socket == null) {
            socket = Sockets.connect(address, java.time.Duration.ZERO);
            stream = SocketStream.of(socket);
        }
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> get("/hello", 200, "hello");
            case 4 -> get("/nowhere", 404, "404 Not Found\n");
            case 5 -> get("/fails", 500, "500 Internal Server Error\n");
            case 6 -> head();
            case 7, 8 -> echo();
            case 9, 10 -> echoInChunks();
            case 11 -> big();
            case 12 -> {
                return pipelined();
            }
            case 13 -> continued();
            case 14 -> old();
            default -> vanish();
        }
        return 1;
    }

    void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }

    private void send(String text) throws IOException {
        stream.writeAll(text.getBytes(ISO_8859_1));
    }

    private static String head(String method, String path, String fields) {
        return method + " " + path + " HTTP/1.1\r\nHost: soak\r\n" + fields + "\r\n";
    }

    private void get(String path, int status, String body) throws IOException {
        send(head("GET", path, ""));
        expect(answer(true), status, body.getBytes(ISO_8859_1));
    }

    private void head() throws IOException {
        send(head("HEAD", "/big", ""));
        Answer a = answer(false);
        check(a.status == 200 && a.head.contains("Content-Length: " + BIG), a);
    }

    private byte[] bytes() {
        byte[] b = new byte[random.nextInt(random.nextInt(20) == 0 ? 100_000 : 2000)];
        random.nextBytes(b);
        return b;
    }

    private void echo() throws IOException {
        byte[] b = bytes();
        stream.writeAll(
                head("POST", "/echo", "Content-Length: " + b.length + "\r\n").getBytes(ISO_8859_1),
                b);
        expect(answer(true), 200, b);
    }

    private void echoInChunks() throws IOException {
        byte[] b = bytes();
        var out = new ByteArrayOutputStream();
        out.writeBytes(
                head("POST", "/echo", "Transfer-Encoding: chunked\r\n").getBytes(ISO_8859_1));
        for (int at = 0; at < b.length; ) {
            boolean tiny = b.length < 2000 && random.nextBoolean();
            int n = Math.min(b.length - at, 1 + random.nextInt(tiny ? 20 : 9000));
            out.writeBytes((Integer.toHexString(n) + "\r\n").getBytes(ISO_8859_1));
            out.write(b, at, n);
            out.writeBytes("\r\n".getBytes(ISO_8859_1));
            at += n;
            if (random.nextInt(20) == 0) {
                stream.writeAll(out.toByteArray());
                out.reset();
            }
        }
        out.writeBytes("0\r\nX-Sum: 1\r\n\r\n".getBytes(ISO_8859_1));
        stream.writeAll(out.toByteArray());
        expect(answer(true), 200, b);
    }

    private void big() throws IOException {
        send(head("GET", "/big", ""));
        Answer a = answer(true);
        check(a.status == 200 && a.body.length == BIG && a.body[BIG - 1] == 'x', a);
    }

    private int pipelined() throws IOException {
        int n = 2 + random.nextInt(19);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < n; i++) {
            all.append(head("GET", "/number?" + i, ""));
        }
        send(all.toString());
        for (int i = 0; i < n; i++) {
            expect(answer(true), 200, ("number " + i).getBytes(ISO_8859_1));
        }
        return n;
    }

    private void continued() throws IOException {
        byte[] b = bytes();
        send(head("POST", "/echo", "Expect: 100-continue\r\nContent-Length: " + b.length + "\r\n"));
        if (b.length > 0) {
            check(answer(false), 100);
        }
        stream.writeAll(b);
        expect(answer(true), 200, b);
    }

    private void old() throws IOException {
        send("GET /stream HTTP/1.0\r\n\r\n");
        Answer a = answer(true);
        check(a.status == 200 && a.body.length == 20_000, a);
        close();
    }

    /** In the middle of something, or with something that is no request. */
    private void vanish() throws IOException {
        switch (random.nextInt(6)) {
            case 0 -> send("GET /hel");
            case 1 -> send(head("POST", "/echo", "Content-Length: 1000\r\n") + "only this");
            case 2 -> send(head("POST", "/echo", "Transfer-Encoding: chunked\r\n") + "5\r\nhe");
            case 3 -> {
                send(head("GET", "/big", "") + head("GET", "/big", ""));
                byte[] ignored = stream.read(1 + random.nextInt(10_000));
            }
            case 4 -> {
                byte[] garbage = new byte[1 + random.nextInt(200)];
                random.nextBytes(garbage);
                garbage[0] = (byte) (1 + random.nextInt(8));
                stream.writeAll(garbage);
                check(answer(true), 400);
            }
            default -> {
                send(head("POST", "/echo", "Content-Length: 5\r\nContent-Length: 5\r\n"));
                check(answer(true), 400);
            }
        }
        if (random.nextBoolean()) {
            socket.setSoLinger(true, 0); // a reset
        }
        close();
    }

    private Answer answer(boolean hasBody) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            head.append(line).append('\n');
        }
        String h = head.toString();
        int status = Integer.parseInt(h.substring(9, 12));
        byte[] body = hasBody ? body(h) : new byte[0];
        if (h.contains("Connection: close") && status != 400) {
            close();
        }
        return new Answer(status, h, body);
    }

    private String line() throws IOException {
        String line = stream.readLine();
        if (line == null) {
            throw new EOFException("the server has closed the connection");
        }
        return line;
    }

    private byte[] body(String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        if (at >= 0) {
            int from = at + "content-length: ".length();
            return stream.readExactly(
                    Integer.parseInt(head.substring(from, head.indexOf('\n', from))));
        }
        if (!lower.contains("transfer-encoding: chunked")) {
            return stream.readAll(1 << 20);
        }
        var all = new ByteArrayOutputStream();
        for (int n = size(); n > 0; n = size()) {
            all.writeBytes(stream.readExactly(n));
            check(line().isEmpty(), new Answer(0, "a chunk is too long", new byte[0]));
        }
        check(line().isEmpty(), new Answer(0, "a trailer", new byte[0]));
        return all.toByteArray();
    }

    private int size() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private static void expect(Answer a, int status, byte[] body) {
        check(a.status == status && Arrays.equals(body, a.body), a);
    }

    private static void check(Answer a, int status) {
        check(a.status == status, a);
    }

    private static void check(boolean good, Answer a) {
        if (!good) {
            throw new AssertionError(a.status + " " + a.head + new String(a.body, ISO_8859_1));
        }
    }
}
