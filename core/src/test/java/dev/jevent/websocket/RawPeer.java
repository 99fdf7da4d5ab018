package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jevent.http.HttpServer;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;

/** The other side of a WebSocket, by hand: sends any bytes, and reads frames one by one. */
final class RawPeer implements AutoCloseable {

    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final int MASK = 0x37FA213D;

    /** A frame that came; -1 as the opcode is the end of the stream. */
    @SuppressWarnings("ArrayRecordComponent")
    record Frame(int first, byte[] payload) {
        int opcode() {
            return first < 0 ? -1 : first & 0x0F;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int code() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
        }
    }

    final Socket socket;
    final SocketStream stream;
    private final boolean masks;

    RawPeer(Socket socket, boolean masks) throws IOException {
        this.socket = socket;
        this.masks = masks;
        stream = SocketStream.of(socket);
    }

    /** A client after a good handshake. */
    static RawPeer connect(HttpServer server) throws IOException {
        return connect(server, "");
    }

    static RawPeer connect(HttpServer server, String fields) throws IOException {
        RawPeer peer = new RawPeer(Sockets.connect("127.0.0.1", server.port()), true);
        peer.stream.writeString(request(server, fields));
        String head = peer.head();
        assertEquals("HTTP/1.1 101 Switching Protocols", head.lines().findFirst().orElse(""), head);
        return peer;
    }

    /** A server after a good handshake. */
    static RawPeer accept(ServerSocket listener, String fields) throws IOException {
        RawPeer peer = new RawPeer(listener.accept(), false);
        String key =
                peer.head()
                        .lines()
                        .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                        .map(line -> line.substring("Sec-WebSocket-Key: ".length()))
                        .findFirst()
                        .orElseThrow();
        peer.stream.writeString(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + Handshakes.accept(key)
                        + "\r\n"
                        + fields
                        + "\r\n");
        return peer;
    }

    static String request(HttpServer server, String fields) {
        return "GET / HTTP/1.1\r\nHost: 127.0.0.1:"
                + server.port()
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: "
                + KEY
                + "\r\n"
                + fields
                + "\r\n";
    }

    /** Up to the empty line. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = stream.readLine(LONG);
                line != null && !line.isEmpty();
                line = stream.readLine(LONG)) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    void sendHex(String hex) throws IOException {
        send(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    void send(byte[] bytes) throws IOException {
        stream.writeAll(bytes);
    }

    void sendFrame(int first, byte[] payload) throws IOException {
        send(frame(first, payload));
    }

    void sendFrame(int first, String text) throws IOException {
        sendFrame(first, text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] frame(int first, byte[] payload) {
        return frame(first, payload, masks);
    }

    static byte[] frame(int first, byte[] payload, boolean masks) {
        var out = new ByteArrayOutputStream();
        out.write(first);
        int bit = masks ? 0x80 : 0;
        int n = payload.length;
        if (n < 126) {
            out.write(bit | n);
        } else if (n < 65536) {
            out.write(bit | 126);
            out.write(n >> 8);
            out.write(n);
        } else {
            out.write(bit | 127);
            for (int i = 56; i >= 0; i -= 8) {
                out.write((int) ((long) n >> i));
            }
        }
        if (masks) {
            for (int i = 24; i >= 0; i -= 8) {
                out.write(MASK >> i);
            }
        }
        for (int i = 0; i < n; i++) {
            out.write(masks ? payload[i] ^ MASK >> 24 - 8 * (i & 3) : payload[i]);
        }
        return out.toByteArray();
    }

    static byte[] closeBody(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[2 + text.length];
        body[0] = (byte) (code >> 8);
        body[1] = (byte) code;
        System.arraycopy(text, 0, body, 2, text.length);
        return body;
    }

    void sendClose(int code, String reason) throws IOException {
        sendFrame(0x88, closeBody(code, reason));
    }

    Frame read() throws IOException {
        byte[] start = stream.peek(2, LONG);
        if (start.length < 2) {
            return new Frame(-1, new byte[0]);
        }
        byte[] two = stream.readExactly(2, LONG);
        assertEquals(!masks, (two[1] & 0x80) != 0, "masked");
        long n = two[1] & 0x7F;
        if (n >= 126) {
            byte[] more = stream.readExactly(n == 126 ? 2 : 8, LONG);
            n = 0;
            for (byte b : more) {
                n = n << 8 | b & 0xFF;
            }
        }
        byte[] key = masks ? new byte[4] : stream.readExactly(4, LONG);
        byte[] payload = stream.readExactly((int) n, LONG);
        for (int i = 0; i < n; i++) {
            payload[i] ^= key[i & 3];
        }
        return new Frame(two[0] & 0xFF, payload);
    }

    void expectFrame(int opcode) throws IOException {
        assertEquals(opcode, read().opcode());
    }

    /** The peer's Close, with that code. */
    void expectClose(int code) throws IOException {
        Frame frame = read();
        assertEquals(Frames.CLOSE, frame.opcode(), "opcode of " + frame);
        assertEquals(code, frame.code(), frame.payload.length > 2 ? frame.text() : "code");
    }

    void expectEnd() throws IOException {
        assertEquals(-1, read().opcode(), "the end of the stream");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
