package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.http.HttpServer;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** permessage-deflate: what is agreed on, what is sent, and what is refused. */
class CompressionTest extends WebSocketScenario {

    private static final WebSocketOptions ON = WebSocketOptions.defaults().compression(true);
    private static final WebSocketOptions WINDOWS =
            WebSocketOptions.defaults().compression(Compression.defaults().windows(true));
    private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";
    private static final String BOTH = "; server_no_context_takeover; client_no_context_takeover";

    // ---- what is agreed on

    private String agreed(WebSocketOptions options, String offer) throws Exception {
        HttpServer server = server(options, WebSocketScenario::echo);
        var head = new String[1];
        together(
                () -> {
                    try (var peer =
                            new RawPeer(Sockets.connect("127.0.0.1", server.port()), true)) {
                        peer.stream.writeString(
                                RawPeer.request(
                                        server, "Sec-WebSocket-Extensions: " + offer + "\r\n"));
                        head[0] = peer.head();
                    }
                });
        return head[0].lines()
                .filter(line -> line.startsWith("Sec-WebSocket-Extensions: "))
                .map(line -> line.substring("Sec-WebSocket-Extensions: ".length()))
                .findFirst()
                .orElse("");
    }

    private static final String PMD = "permessage-deflate";

    @ParameterizedTest
    @CsvSource({
        "permessage-deflate, ''",
        "Permessage-Deflate; client_max_window_bits, ''",
        "permessage-deflate; client_max_window_bits=9, ''",
        "permessage-deflate; server_max_window_bits=15, ''",
        "permessage-deflate; server_max_window_bits=10, ; server_max_window_bits=10",
        "permessage-deflate; server_max_window_bits=\"8\", ; server_max_window_bits=8",
        "'x-webkit-deflate-frame, permessage-deflate', ''",
        "'permessage-deflate; unknown, permessage-deflate', ''",
        "'permessage-deflate; server_max_window_bits=16, permessage-deflate;"
                + " server_max_window_bits=9', ; server_max_window_bits=9",
        "permessage-deflate; unknown, none",
        "permessage-deflate; server_max_window_bits, none",
        "permessage-deflate; server_max_window_bits=7, none",
        "permessage-deflate; server_max_window_bits=010, none",
        "permessage-deflate; client_max_window_bits=16, none",
        "permessage-deflate; client_max_window_bits=x, none",
        "permessage-deflate; server_no_context_takeover=1, none",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover, none",
        "x-other, none",
    })
    void theServerTakesTheFirstOfferThatItCanKeep(String offer, String more) throws Exception {
        assertEquals(more.equals("none") ? "" : PMD + BOTH + more, agreed(ON, offer));
        assertEquals("", agreed(WebSocketOptions.defaults(), offer), "it is off");
    }

    @ParameterizedTest
    @CsvSource({
        "permessage-deflate, ''",
        "permessage-deflate; server_no_context_takeover, ; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover, ; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=9, ; server_no_context_takeover;"
                + " server_max_window_bits=9",
    })
    void windowsAreKeptIfTheyAreWanted(String offer, String more) throws Exception {
        assertEquals(PMD + more, agreed(WINDOWS, offer));
    }

    // ---- by hand, with the JDK's Deflater and Inflater

    private static byte[] deflate(Deflater d, byte[] data) {
        byte[] out = new byte[data.length + 1000];
        d.setInput(data);
        int n = d.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        return Arrays.copyOf(out, n - 4);
    }

    private static byte[] inflate(Inflater i, byte[] payload) throws Exception {
        byte[] in = Arrays.copyOf(payload, payload.length + 4);
        in[in.length - 1] = -1;
        in[in.length - 2] = -1;
        i.setInput(in);
        var out = new ByteArrayOutputStream();
        byte[] piece = new byte[10_000];
        for (int n = i.inflate(piece); n > 0; n = i.inflate(piece)) {
            out.write(piece, 0, n);
        }
        return out.toByteArray();
    }

    private static String text(int length) {
        Random random = new Random(length);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("word")
                    .append(random.nextInt(300))
                    .append(random.nextInt(20) == 0 ? "ü " : " ");
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "'', true",
        "; server_no_context_takeover, true",
        "; client_no_context_takeover, true",
        "; server_max_window_bits=8, false",
        "; server_max_window_bits=9, true",
        "; server_max_window_bits=12; client_max_window_bits, true",
    })
    void messagesAreWhatTheJdkSays(String offer, boolean windows) throws Exception {
        HttpServer server = server(windows ? WINDOWS : ON, WebSocketScenario::echo);
        boolean serverForgets = !windows || offer.contains("server");
        boolean clientForgets = !windows || offer.contains("client_no");
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + offer + "\r\n"));
                    var d = new Deflater(6, true);
                    var i = new Inflater(true);
                    int compressed = 0;
                    for (int n : new int[] {1, 200, 5000, 200, 100_000, 5000, 9000}) {
                        byte[] data = text(n).getBytes(StandardCharsets.UTF_8);
                        peer.sendFrame(0xC1, deflate(d, data));
                        if (clientForgets) {
                            d.reset();
                        }
                        RawPeer.Frame frame = peer.read();
                        byte[] back = frame.payload();
                        if ((frame.first() & Frames.RSV1) != 0) {
                            compressed++;
                            assertTrue(back.length < data.length);
                            back = inflate(i, back);
                            if (serverForgets) {
                                i.reset();
                            }
                        }
                        assertEquals(Frames.TEXT, frame.opcode());
                        assertArrayEquals(data, back);
                    }
                    assertTrue(compressed >= 4, compressed + "");
                    d.end();
                    i.end();
                });
        assertEquals(List.of(), reports);
    }

    @Test
    void noReferenceGoesFurtherBackThanWasAgreed() throws Exception {
        for (int bits = 8; bits <= 15; bits++) {
            var deflation = new Deflation(Compression.defaults().level(9), true, bits);
            byte[] data = text(50_000).getBytes(StandardCharsets.UTF_8);
            int end = deflation.deflate(data, 0, data.length, new byte[64], 3);
            byte[] out = deflation.takeOut();
            byte[] payload = Arrays.copyOfRange(out, 3, end);
            assertArrayEquals(data, inflate(new Inflater(true), payload));
            assertTrue(farthest(payload) <= 1 << bits, bits + ": " + farthest(payload));
            assertTrue(bits > 13 || farthest(payload) > 1 << bits - 1, "it is used");
        }
    }

    /** The longest distance in blocks of deflate (RFC 1951), which we decode for that. */
    private static int farthest(byte[] payload) {
        return new DeflateDistances(payload).farthest();
    }

    @Test
    void fragmentsOfACompressedMessageAreOneMessage() throws Exception {
        HttpServer server = server(ON, WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + "\r\n"));
                    byte[] z =
                            deflate(
                                    new Deflater(9, true),
                                    "hello hello hello".getBytes(StandardCharsets.UTF_8));
                    for (int i = 0; i < z.length; i++) {
                        peer.sendFrame(i == 0 ? 0x41 : 0, new byte[] {z[i]});
                        peer.sendFrame(0x89, "x");
                        assertEquals("x", peer.read().text());
                    }
                    peer.sendFrame(0x80, new byte[0]);
                    assertEquals("hello hello hello", peer.read().text());
                });
    }

    @ParameterizedTest
    @CsvSource({
        "f248cdc9c90700, Hello", // RFC 7692, 7.2.3.1
        "000500faff48656c6c6f00, Hello", // a stored block
        "f348cdc9c9070000, Hello", // the last block of its stream
        "f248050000 00ffffcac9c90700, Hello", // two blocks
        "00, ''",
        "0300, ''",
    })
    void theExamplesOfTheRfcAreUnderstood(String hex, String text) throws Exception {
        HttpServer server = server(WINDOWS, WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + "\r\n"));
                    byte[] z = HexFormat.of().parseHex(hex.replace(" ", ""));
                    for (int i = 0; i < 3; i++) {
                        peer.sendFrame(0xC1, z);
                        assertEquals(text, peer.read().text());
                    }
                });
    }

    @Test
    void theWindowOfEarlierMessagesIsFollowed() throws Exception {
        HttpServer server = server(WINDOWS, WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + "\r\n"));
                    peer.sendHex("c18700000000 f248cdc9c90700");
                    assertEquals("Hello", peer.read().text());
                    peer.sendHex("c18500000000 f200110000"); // refers to the first
                    assertEquals("Hello", peer.read().text());
                });
    }

    // ---- what is refused

    @ParameterizedTest
    @CsvSource({
        "1007, c1820000000007ff", // no block has this type
        "1007, c18400000000 ffffffff",
        "1002, c08000000000", // RSV1 in a continuation
        "1002, c98000000000",
        "1002, a18000000000",
    })
    void whatCannotBeDecompressedIsRefused(int code, String hex) throws Exception {
        HttpServer server = server(ON, WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + "\r\n"));
                    peer.sendHex(hex);
                    peer.expectClose(code);
                });
    }

    @Test
    void textIsLookedAtWhileItIsDecompressed() throws Exception {
        HttpServer server = server(ON, WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + "\r\n"));
                    byte[] bad = new byte[5000];
                    Arrays.fill(bad, (byte) 'x');
                    bad[100] = -1;
                    peer.sendFrame(0x41, deflate(new Deflater(1, true), bad)); // not the last
                    peer.expectClose(1007);
                });
    }

    @Test
    void aBombEndsAtTheLimitAndTakesNoMemory() throws Exception {
        HttpServer server = server(ON.maxMessage(100_000), WebSocketScenario::echo);
        byte[] bomb = new byte[40 << 20];
        byte[] z = deflate(new Deflater(9, true), bomb);
        assertTrue(z.length < 100_000);
        var builder = new MessageBuilder(100_000, new Inflation(true));
        var decoder = new FrameDecoder(false, true, Integer.MAX_VALUE);
        byte[] frame = RawPeer.frame(0xC2, z, false);
        var e =
                assertThrows(
                        WebSocketException.class,
                        () -> decoder.feed(frame, 0, frame.length, builder));
        assertEquals(1009, e.closeCode());
        assertTrue(builder.array().length <= 100_001, builder.array().length + " bytes");
        builder.release();
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + "\r\n"));
                    peer.sendFrame(0xC2, z);
                    peer.expectClose(1009);
                });
    }

    @Test
    void whatIsJustAllowedIsTakenAlsoCompressed() throws Exception {
        HttpServer server = server(ON.maxMessage(100_000), WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = closing(RawPeer.connect(server, OFFER + "\r\n"));
                    var d = new Deflater(1, true);
                    peer.sendFrame(0xC2, deflate(d, new byte[100_000]));
                    assertNotNull(peer.read());
                    d.reset();
                    peer.sendFrame(0xC2, deflate(d, new byte[100_001]));
                    peer.expectClose(1009);
                });
    }

    // ---- ours against ours

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void bothSidesTalk(boolean serverWindows, boolean clientWindows) throws Exception {
        List<Boolean> seen = new ArrayList<>();
        HttpServer server =
                server(
                        serverWindows ? WINDOWS : ON,
                        socket -> {
                            seen.add(socket.isCompressed());
                            echo(socket);
                        });
        together(
                () -> {
                    WebSocket socket = connect(server, clientWindows ? WINDOWS : ON);
                    assertTrue(socket.isCompressed());
                    for (int n : new int[] {0, 1, 127, 128, 5000, 300_000, 200}) {
                        String text = text(n);
                        socket.send(text);
                        assertText(text, socket.receive());
                        byte[] noise = new byte[n];
                        new Random(n).nextBytes(noise);
                        socket.send(noise);
                        assertArrayEquals(noise, bytes(socket.receive()));
                    }
                    socket.close();
                });
        assertEquals(List.of(true), seen);
        assertEquals(List.of(), reports);
    }
}
