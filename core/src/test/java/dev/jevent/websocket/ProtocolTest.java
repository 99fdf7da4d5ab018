package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.http.HttpServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Messages, control frames, limits and the close, against a peer that is made by hand. */
class ProtocolTest extends WebSocketScenario {

    private static final WebSocketOptions SMALL = WebSocketOptions.defaults().maxMessage(1000);

    private final List<String> heard = new ArrayList<>();

    /** Echoes, and notes how it ended. */
    private HttpServer noting(WebSocketOptions options) throws IOException {
        return server(
                options,
                socket -> {
                    try {
                        echo(socket);
                    } catch (WebSocketException e) {
                        heard.add("threw " + e.closeCode());
                    }
                    assertFalse(socket.isOpen());
                    assertNull(socket.receive());
                    heard.add(socket.closeCode() + socket.closeReason());
                });
    }

    // ---- what no client may send

    @ParameterizedTest
    @CsvSource({
        "1002, 8100", // no mask
        "1002, 838000000000", // opcodes
        "1002, 8b8000000000",
        "1002, c18000000000", // RSV1 without an extension
        "1002, 898000000000 0f8000000000",
        "1002, 098000000000", // a ping in two frames
        "1002, 89fe007e00000000",
        "1002, 808000000000",
        "1002, 018000000000 818000000000",
        "1002, 81fe000100000000 41",
        "1002, 888100000000 41", // a Close with half a code
        "1002, 888200000000 03e7", // 999
        "1002, 888200000000 03ec", // 1004
        "1002, 888200000000 03ed", // 1005
        "1002, 888200000000 03ee", // 1006
        "1002, 888200000000 03f7", // 1015
        "1002, 888200000000 07d0", // 2000
        "1002, 888200000000 0bb7", // 2999
        "1002, 888200000000 1388", // 5000
        "1002, 888200000000 0000",
        "1002, 888200000000 ffff",
        "1007, 888300000000 03e8ff", // a reason that is not UTF-8
        "1007, 888300000000 03e8c2",
        "1007, 818200000000 c3 28",
        "1007, 818100000000 ff",
        "1007, 818200000000 41c2", // ends in the middle of a character
        "1007, 018100000000 c2 808000000000",
        "1009, 82fe03e900000000", // 1001 bytes: seen before they come
        "1009, 82ff000000010000000000000000",
        "1009, 02fe03e700000000", // 999 and two more (below)
    })
    void isToldSoWithTheRightCode(int code, String hex) throws Exception {
        HttpServer server = noting(SMALL);
        together(
                () -> {
                    RawPeer peer = raw(server);
                    if (hex.startsWith("02fe03e7")) {
                        peer.sendFrame(0x02, new byte[999]);
                        peer.sendFrame(0x00, new byte[1]);
                        peer.sendHex("808100000000");
                    } else {
                        peer.sendHex(hex);
                    }
                    RawPeer.Frame frame = peer.read();
                    if (frame.opcode() == Frames.PONG) {
                        frame = peer.read();
                    }
                    assertEquals(Frames.CLOSE, frame.opcode());
                    assertEquals(code, frame.code(), frame.text());
                    peer.expectEnd();
                    peer.close();
                    until(() -> heard.size() == 2);
                });
        assertEquals("threw " + code, heard.getFirst());
        assertTrue(heard.getLast().startsWith(code + ""), heard.toString());
        assertEquals(List.of(), reports);
    }

    private int pings;

    @Test
    void aLongTextThatIsNotUtf8IsRefusedInItsMiddle() throws Exception {
        HttpServer server = noting(WebSocketOptions.defaults());
        together(
                () -> {
                    RawPeer peer = raw(server);
                    peer.sendHex("81ff00000000000f4240 00000000"); // a million bytes
                    byte[] good = "x".repeat(9999).getBytes(StandardCharsets.UTF_8);
                    peer.send(good);
                    peer.sendHex("c0");
                    peer.expectClose(1007);
                    peer.close();
                    until(() -> heard.size() == 2);
                });
    }

    @Test
    void aViolationThatTheHandlerDoesNotCatchIsAProblemOfTheClientAndNoFailure() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = raw(server);
                    peer.sendHex("8100");
                    peer.expectClose(1002);
                    peer.close();
                    until(() -> problems.size() == 1);
                });
        assertTrue(problems.getFirst().message().contains("without a mask"), problems.toString());
        assertEquals(List.of(), reports);
    }

    @Test
    void ourClientRefusesWhatNoServerMaySend() throws Exception {
        for (String bad : List.of("818000000000", "8300", "c10141", "0000", "817e0001")) {
            Ends ends = client(WebSocketOptions.defaults(), "");
            together(
                    () -> {
                        ends.peer().sendHex(bad);
                        ends.peer().expectClose(1002);
                        ends.peer().expectEnd();
                        ends.peer().close();
                    },
                    () -> {
                        var e = assertThrows(WebSocketException.class, ends.client()::receive);
                        assertEquals(1002, e.closeCode());
                        assertEquals(1002, ends.client().closeCode());
                    });
        }
    }

    // ---- messages

    @Test
    void fragmentsWithControlFramesInBetweenAreOneMessage() throws Exception {
        HttpServer server = noting(WebSocketOptions.defaults());
        together(
                () -> {
                    RawPeer peer = raw(server);
                    byte[] text = "grüße 😀".getBytes(StandardCharsets.UTF_8);
                    var all = new ByteArrayOutputStream();
                    for (int i = 0; i < text.length; i++) { // characters are cut as well
                        all.write(peer.frame(i == 0 ? 1 : 0, new byte[] {text[i]}));
                        all.write(peer.frame(0x89, new byte[] {(byte) i}));
                        all.write(peer.frame(0x8A, new byte[0])); // a pong that nobody asked for
                    }
                    all.write(peer.frame(0x80, new byte[0]));
                    for (byte b : all.toByteArray()) {
                        peer.send(new byte[] {b});
                    }
                    RawPeer.Frame frame = peer.read();
                    boolean pong = false;
                    for (; frame.opcode() == Frames.PONG; frame = peer.read()) {
                        pong = true;
                    }
                    assertEquals("grüße 😀", frame.text());
                    assertEquals(0x81, frame.first());
                    assertTrue(pong || peer.read().opcode() == Frames.PONG);
                });
    }

    @Test
    void manyMessagesInOnePieceAreAllReceived() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = raw(server);
                    var all = new ByteArrayOutputStream();
                    for (int i = 0; i < 1000; i++) {
                        all.write(peer.frame(0x81, ("m" + i).getBytes(StandardCharsets.UTF_8)));
                    }
                    peer.send(all.toByteArray());
                    for (int i = 0; i < 1000; i++) {
                        assertEquals("m" + i, peer.read().text());
                    }
                });
    }

    @Test
    void messagesOfAllSizesAreReceivedWhole() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = raw(server);
                    for (int n : new int[] {0, 1, 125, 126, 8190, 8192, 8193, 16384, 70_000}) {
                        byte[] data = new byte[n];
                        for (int i = 0; i < n; i++) {
                            data[i] = (byte) (i * 31);
                        }
                        peer.sendFrame(0x82, data);
                        assertArrayEquals(data, peer.read().payload());
                        peer.sendFrame(0x02, data);
                        peer.sendFrame(0x80, data);
                        assertEquals(2 * n, peer.read().payload().length);
                    }
                });
    }

    @Test
    void onlyTextIsTakenWhereTextIsWanted() throws Exception {
        HttpServer server =
                server(
                        socket -> {
                            heard.add(String.valueOf(socket.receiveText()));
                            var e =
                                    assertThrows(
                                            WebSocketException.class, () -> socket.receiveText());
                            heard.add(e.closeCode() + "");
                            heard.add(String.valueOf(socket.receiveText()));
                        });
        together(
                () -> {
                    RawPeer peer = raw(server);
                    peer.sendFrame(0x81, "text");
                    peer.sendFrame(0x82, "bytes");
                    peer.expectClose(1003);
                    peer.close();
                    until(() -> heard.size() == 3);
                });
        assertEquals(List.of("text", "1003", "null"), heard);
        assertEquals(List.of(), reports);
    }

    // ---- pings

    @Test
    void aPingIsAnsweredWithWhatItHas() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    RawPeer peer = raw(server);
                    for (int n : new int[] {0, 1, 125}) {
                        byte[] data = "p".repeat(n).getBytes(StandardCharsets.UTF_8);
                        peer.sendFrame(0x89, data);
                        RawPeer.Frame frame = peer.read();
                        assertEquals(0x8A, frame.first());
                        assertArrayEquals(data, frame.payload());
                    }
                });
    }

    @Test
    void pingsCanBeSent() throws Exception {
        Ends ends = client(WebSocketOptions.defaults(), "");
        together(
                () -> {
                    ends.client().ping(new byte[] {1, 2});
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> ends.client().ping(new byte[126]));
                    RawPeer.Frame frame = ends.peer().read();
                    assertEquals(0x89, frame.first());
                    assertArrayEquals(new byte[] {1, 2}, frame.payload());
                });
    }

    @Test
    void aFloodOfPingsByOneWhoDoesNotReadPilesUpNothing() throws Exception {
        HttpServer server = noting(WebSocketOptions.defaults());
        together(
                () -> {
                    RawPeer peer = raw(server);
                    peer.socket.setReceiveBufferSize(256 * 1024);
                    byte[] ping = peer.frame(0x89, new byte[125]);
                    byte[] many = new byte[ping.length * 1000];
                    for (int i = 0; i < 1000; i++) {
                        System.arraycopy(ping, 0, many, i * ping.length, ping.length);
                    }
                    for (int i = 0; i < 60; i++) { // 8 MB: more than the kernel keeps
                        peer.send(many);
                    }
                    peer.sendFrame(0x89, "last");
                    peer.sendFrame(0x81, "text");
                    RawPeer.Frame frame = peer.read();
                    int pongs = 0;
                    String last = "";
                    boolean text = false;
                    for (; !(text && last.equals("last")); frame = peer.read()) {
                        if (frame.opcode() == Frames.PONG) {
                            pongs++;
                            last = frame.text();
                        } else {
                            assertEquals("text", frame.text());
                            text = true;
                        }
                        if (text && last.equals("last")) {
                            break;
                        }
                    }
                    assertTrue(pongs <= 60_001, pongs + "");
                });
        assertEquals(List.of(), reports);
    }

    @Test
    void aSilentPeerIsPingedAndThenGone() throws Exception {
        var options = WebSocketOptions.defaults().pingInterval(Duration.ofMillis(30));
        HttpServer server = noting(options);
        together(
                () -> {
                    RawPeer peer = raw(server);
                    assertEquals(0x89, peer.read().first());
                    peer.sendFrame(0x8A, new byte[0]);
                    assertEquals(0x89, peer.read().first(), "it is asked again");
                    var cut =
                            assertThrows(
                                    SocketException.class,
                                    () -> {
                                        while (peer.read().first() == 0x89) {
                                            pings++;
                                        }
                                    });
                    assertTrue(cut.getMessage().contains("reset"), cut + ", pings: " + pings);
                    until(() -> heard.equals(List.of("1006")));
                });
        assertEquals(List.of(), reports);
    }

    @Test
    void aPeerThatAnswersPingsStays() throws Exception {
        var options = WebSocketOptions.defaults().pingInterval(Duration.ofMillis(20));
        HttpServer server = noting(options);
        together(
                () -> {
                    WebSocket socket = connect(server);
                    Greenlet<Message> receiver = Jevent.spawn(socket::receive);
                    Jevent.sleep(150);
                    assertTrue(socket.isOpen());
                    socket.send("still here");
                    assertText("still here", receiver.get());
                });
    }

    @Test
    void theTimeInWhichNobodyReceivesDoesNotCount() throws Exception {
        var options =
                WebSocketOptions.defaults()
                        .pingInterval(Duration.ZERO)
                        .idleTimeout(Duration.ofMillis(80));
        Ends ends = client(options, "");
        together(
                () -> {
                    Jevent.sleep(200);
                    ends.peer().sendFrame(0x81, "late");
                    assertText("late", ends.client().receive());
                    Jevent.sleep(200);
                    Greenlet<Message> receiver = Jevent.spawn(ends.client()::receive);
                    Jevent.sleep(1);
                    ends.peer().sendFrame(0x81, "later");
                    assertText("later", receiver.get());
                    assertNull(ends.client().receive(), "now it has waited");
                    assertEquals(1006, ends.client().closeCode());
                });
    }

    // ---- the close

    @ParameterizedTest
    @CsvSource({
        "1000, bye",
        "1001, ",
        "1002, ",
        "1003, ",
        "1007, ",
        "1008, ",
        "1009, ",
        "1010, ",
        "1011, ",
        "1012, ",
        "1013, ",
        "1014, ",
        "3000, ",
        "3999, ",
        "4000, grüße",
        "4999, ",
    })
    void aCloseOfThePeerIsAnsweredWithItsCode(int code, String reason) throws Exception {
        HttpServer server = noting(WebSocketOptions.defaults());
        String why = reason == null ? "" : reason;
        together(
                () -> {
                    RawPeer peer = raw(server);
                    peer.sendClose(code, why);
                    peer.expectClose(code);
                    peer.expectEnd();
                    until(() -> heard.size() == 1);
                });
        assertEquals(List.of(code + why), heard);
    }

    @Test
    void aCloseWithoutACodeIsAnsweredWithoutOne() throws Exception {
        HttpServer server = noting(WebSocketOptions.defaults());
        together(
                () -> {
                    RawPeer peer = raw(server);
                    peer.sendFrame(0x88, new byte[0]);
                    RawPeer.Frame frame = peer.read();
                    assertEquals(Frames.CLOSE, frame.opcode());
                    assertEquals(0, frame.payload().length);
                    peer.expectEnd();
                    until(() -> heard.equals(List.of("1005")));
                });
    }

    @Test
    void aConnectionThatEndsWithoutACloseIsClosedWith1006() throws Exception {
        HttpServer server = noting(WebSocketOptions.defaults());
        together(
                () -> {
                    raw(server).close();
                    until(() -> heard.equals(List.of("1006")));
                    RawPeer peer = raw(server);
                    peer.sendHex("8185 00000000 4142"); // in the middle of a frame
                    peer.close();
                    until(() -> heard.equals(List.of("1006", "1006")));
                    peer = raw(server);
                    peer.socket.setSoLinger(true, 0);
                    peer.close(); // a reset
                    until(() -> heard.equals(List.of("1006", "1006", "1006")));
                });
        assertEquals(List.of(), reports);
    }

    @Test
    void theServerClosesFirstAndTheClientWaitsForThat() throws Exception {
        Ends ends = client(WebSocketOptions.defaults(), "");
        together(
                () -> {
                    Greenlet<Void> closer =
                            Jevent.spawn(() -> ends.client().close(4001, "why not"));
                    RawPeer.Frame frame = ends.peer().read();
                    assertEquals(4001, frame.code());
                    ends.peer().sendFrame(0x81, "was on its way");
                    ends.peer().sendClose(4001, "");
                    turns(20);
                    assertFalse(closer.ready(), "it waits for the end of the connection");
                    ends.peer().close();
                    closer.join();
                    assertEquals(4001, ends.client().closeCode());
                    assertNull(ends.client().receive());
                });
    }

    @Test
    void closeWaitsNotLongerThanItsTime() throws Exception {
        var options = WebSocketOptions.defaults().closeTimeout(Duration.ofMillis(50));
        Ends ends = client(options, "");
        together(
                () -> {
                    ends.client().close();
                    assertEquals(1006, ends.client().closeCode());
                    ends.peer().expectClose(1000);
                    ends.peer().expectEnd();
                });
    }

    @Test
    void closeDoesNotWaitForeverForOneWhoSendsAndDoesNotClose() throws Exception {
        var options = WebSocketOptions.defaults().closeTimeout(Duration.ofMillis(50));
        Ends ends = client(options, "");
        together(
                () -> ends.client().close(),
                () -> {
                    var e =
                            assertThrows(
                                    IOException.class,
                                    () -> {
                                        while (true) {
                                            ends.peer().sendFrame(0x82, new byte[1000]);
                                        }
                                    });
                    assertNotNull(e);
                });
        assertEquals(1006, ends.client().closeCode());
    }

    @ParameterizedTest
    @CsvSource({"0", "999", "1004", "1005", "1006", "1015", "1016", "2999", "5000", "70536", "-1"})
    void codesThatAreNoneFailAtTheDoor(int code) throws Exception {
        Ends ends = client(WebSocketOptions.defaults(), "");
        assertThrows(IllegalArgumentException.class, () -> ends.client().close(code, ""));
        assertTrue(ends.client().isOpen());
        ends.peer().close();
    }

    @Test
    void aReasonMayHave123Bytes() throws Exception {
        var options = WebSocketOptions.defaults().closeTimeout(Duration.ofMillis(20));
        Ends ends = client(options, "");
        String most = "ü".repeat(61) + "x";
        assertThrows(IllegalArgumentException.class, () -> ends.client().close(1000, most + "y"));
        together(
                () -> ends.client().close(1000, most),
                () -> assertEquals(125, ends.peer().read().payload().length));
    }

    @Test
    void whatIsSentToAClosedOneIsRefused() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    WebSocket socket = connect(server);
                    socket.close(4000, "enough");
                    socket.close();
                    socket.close(4001, "too late");
                    assertEquals(4000, socket.closeCode());
                    var e = assertThrows(WebSocketException.class, () -> socket.send("x"));
                    assertEquals(4000, e.closeCode());
                    assertThrows(WebSocketException.class, () -> socket.send(new byte[1]));
                    assertThrows(WebSocketException.class, () -> socket.ping(new byte[1]));
                    assertThrows(WebSocketException.class, socket::sendStream);
                    assertNull(socket.receive());
                    assertNull(socket.receiveStream());
                    assertTrue(socket.toString().contains("closed: 4000"), socket.toString());
                });
    }

    @Test
    void aHandlerThatReturnsWithoutClosingSaysThatItGoesAway() throws Exception {
        var server =
                new HttpServer(
                        loopback(),
                        (request, response) -> {
                            WebSocket socket = WebSocket.accept(request, response);
                            if (!"stay".equals(socket.receiveText())) {
                                throw new IllegalStateException("out of order");
                            }
                        });
        server.start();
        closing(server);
        together(
                () -> {
                    for (String text : List.of("stay", "fail")) {
                        RawPeer peer = raw(server);
                        peer.sendFrame(0x81, text);
                        peer.expectClose(1001);
                        peer.expectEnd();
                    }
                });
        assertEquals(1, reports.size());
        assertInstanceOf(IllegalStateException.class, reports.getFirst().error());
    }
}
