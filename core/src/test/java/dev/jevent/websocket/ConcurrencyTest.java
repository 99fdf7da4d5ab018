package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.http.HttpServer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Many at once, and what a kill, a timeout, a close or a stop does to one who waits. */
class ConcurrencyTest extends WebSocketScenario {

    private static final int HUGE = 16 << 20; // more than the kernel takes

    private static final WebSocketOptions LARGE =
            WebSocketOptions.defaults().maxMessage(2 * HUGE).closeTimeout(Duration.ofMillis(100));

    // ---- senders

    @Test
    void messagesOfManySendersNeverMix() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    WebSocket socket = connect(server);
                    List<Greenlet<Void>> senders = new ArrayList<>();
                    for (int g = 0; g < 8; g++) {
                        String text = Character.toString('a' + g).repeat(10_000 * (g % 3) + 1);
                        senders.add(
                                Jevent.spawn(
                                        () -> {
                                            for (int i = 0; i < 10; i++) {
                                                socket.send(text);
                                            }
                                        }));
                    }
                    senders.add(Jevent.spawn(() -> sendStreamed(socket)));
                    Map<String, Integer> seen = new HashMap<>();
                    for (int i = 0; i < 81; i++) {
                        String text = socket.receiveText();
                        assertEquals(1, text.chars().distinct().count());
                        int ignored = seen.merge(text.substring(0, 1), 1, Integer::sum);
                    }
                    assertEquals(9, seen.size());
                    assertEquals(10, seen.get("a"));
                    Jevent.joinAllOrThrow(senders);
                });
    }

    private static void sendStreamed(WebSocket socket) throws IOException {
        try (Writer out = socket.sendWriter()) {
            for (int i = 0; i < 50; i++) {
                out.write("z".repeat(1000));
                out.flush();
                Jevent.sleep(0);
            }
        }
    }

    @Test
    void threadsMaySendToo() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    WebSocket socket = connect(server);
                    List<FutureTask<Void>> senders = new ArrayList<>();
                    for (int t = 0; t < 3; t++) {
                        var task =
                                new FutureTask<Void>(
                                        () -> {
                                            for (int i = 0; i < 50; i++) {
                                                socket.send("from a thread " + i);
                                            }
                                            return null;
                                        });
                        senders.add(task);
                        Thread.ofPlatform().daemon().start(task);
                    }
                    for (int i = 0; i < 150; i++) {
                        assertTrue(socket.receiveText().startsWith("from a thread"));
                    }
                    for (FutureTask<Void> task : senders) {
                        task.get(10, TimeUnit.SECONDS);
                    }
                });
    }

    @Test
    void aThreadWithoutAHubMayBeAClient() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        var client =
                new FutureTask<String>(
                        () -> {
                            try (WebSocket socket = WebSocket.connect(uri(server))) {
                                socket.send("from outside");
                                return socket.receiveText();
                            }
                        });
        Thread.ofPlatform().daemon().start(client);
        until(client::isDone);
        assertEquals("from outside", client.get());
        var virtual = new FutureTask<String>(() -> talk(server));
        Thread.ofVirtual().start(virtual);
        until(virtual::isDone);
        assertEquals("x", virtual.get());
    }

    private static String talk(HttpServer server) throws IOException {
        try (WebSocket socket = WebSocket.connect(uri(server))) {
            socket.send("x");
            return socket.receiveText();
        }
    }

    @Test
    void sendingWaitsWhileThePeerDoesNotReadAndPingsAreStillAnswered() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    Greenlet<Void> sender = Jevent.spawn(() -> ends.client().send(new byte[HUGE]));
                    Greenlet<Message> receiver = Jevent.spawn(ends.client()::receive);
                    turns(50);
                    assertFalse(sender.ready(), "it waits");
                    ends.peer().sendFrame(0x89, "first");
                    ends.peer().sendFrame(0x89, "second");
                    ends.peer().sendFrame(0x81, "text");
                    assertText("text", receiver.get());
                    assertFalse(sender.ready(), "it still waits");
                    assertEquals(HUGE, ends.peer().read().payload().length);
                    assertEquals("second", ends.peer().read().text(), "the last one counts");
                    sender.get();
                });
    }

    @Test
    void whoSendsAStreamCannotSendBetween() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    try (OutputStream out = ends.client().sendStream()) {
                        out.write(1);
                        assertThrows(IllegalStateException.class, () -> ends.client().send("no"));
                        out.flush();
                        out.write(new byte[20_000]);
                    }
                    ends.client().send("yes");
                    int n = 0;
                    RawPeer.Frame frame = ends.peer().read();
                    assertEquals(Frames.BINARY, frame.first());
                    assertEquals(1, frame.payload().length);
                    for (frame = ends.peer().read(); (frame.first() & 0x80) == 0; ) {
                        assertEquals(0, frame.first());
                        n += frame.payload().length;
                        frame = ends.peer().read();
                    }
                    assertEquals(20_000, n + frame.payload().length);
                    assertEquals(0x80, frame.first());
                    assertEquals("yes", ends.peer().read().text());
                });
    }

    // ---- streams

    @Test
    void aMessageOfAnyLengthIsReceivedAsAStream() throws Exception {
        for (boolean compressed : new boolean[] {false, true}) {
            var options = WebSocketOptions.defaults().maxMessage(1000).compression(compressed);
            List<String> got = new ArrayList<>();
            HttpServer server =
                    server(
                            options,
                            socket -> {
                                boolean more = true;
                                while (more) {
                                    more = readSome(socket, got);
                                }
                                got.add("end " + socket.closeCode());
                            });
            together(
                    () -> {
                        WebSocket socket = connect(server, options);
                        socket.send(new byte[300_000]);
                        socket.send("x".repeat(500_000)); // not read to its end
                        socket.send("");
                        socket.send("short");
                        socket.close(4000, "");
                    });
            assertEquals(
                    List.of("false 300000", "true 400000", "true 0", "true 5", "end 4000"), got);
        }
        assertEquals(List.of(), reports);
    }

    private static boolean readSome(WebSocket socket, List<String> got) throws IOException {
        try (MessageStream in = socket.receiveStream()) {
            if (in != null) {
                byte[] all = in.readNBytes(400_000);
                got.add(in.isText() + " " + all.length);
            }
            return in != null;
        }
    }

    @Test
    void nothingElseIsReceivedBeforeAStreamIsAtItsEnd() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    ends.peer().sendFrame(0x82, "bytes");
                    ends.peer().sendFrame(0x81, "text");
                    try (MessageStream in = ends.client().receiveStream()) {
                        assertEquals('b', in.read());
                        assertThrows(IllegalStateException.class, ends.client()::receive);
                        assertThrows(IllegalStateException.class, ends.client()::receiveStream);
                    }
                    assertText("text", ends.client().receive());
                });
    }

    @Test
    void aStreamThatIsCutOffThrows() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    ends.peer().sendFrame(0x01, "half");
                    MessageStream in = ends.client().receiveStream();
                    assertArrayEquals("half".getBytes(StandardCharsets.UTF_8), in.readNBytes(4));
                    ends.peer().close();
                    var e = assertThrows(WebSocketException.class, in::read);
                    assertEquals(1006, e.closeCode());
                    assertNull(ends.client().receive());
                });
    }

    // ---- receivers

    @Test
    void onlyOneReceivesAtATime() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    Greenlet<Message> first = Jevent.spawn(ends.client()::receive);
                    turns(3);
                    assertThrows(ConcurrentObjectUseError.class, ends.client()::receive);
                    ends.peer().sendFrame(0x81, "x");
                    assertText("x", first.get());
                });
    }

    @Test
    void aKillOrATimeoutInTheMiddleOfAMessageLosesNothing() throws Exception {
        notInThePortableMode("it closes a socket of the JDK");
        for (String offer : List.of("", "Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
            Ends ends = client(LARGE.compression(!offer.isEmpty()), offer);
            byte[] data = new byte[100_000];
            Arrays.fill(data, (byte) 7);
            byte[] frame = ends.peer().frame(0x82, data);
            together(
                    () -> {
                        int at = 0;
                        for (int cut : new int[] {1, 5, 6, 9000, 20_000, frame.length - 1}) {
                            ends.peer().send(Arrays.copyOfRange(frame, at, cut));
                            at = cut;
                            Greenlet<Message> receiver = Jevent.spawn(ends.client()::receive);
                            turns(5);
                            receiver.kill();
                            assertTrue(ends.client().isOpen());
                            assertThrows(
                                    Timeout.class,
                                    () ->
                                            Jevent.withTimeout(
                                                    Duration.ofMillis(2), ends.client()::receive));
                        }
                        ends.peer().send(Arrays.copyOfRange(frame, at, frame.length));
                        assertArrayEquals(data, bytes(ends.client().receive()));
                    });
        }
    }

    @Test
    void whoeverEndsItNothingIsKept() throws Exception {
        var options = LARGE.compression(Compression.defaults().windows(true));
        String offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
        byte[] data =
                "a message, a message, a message ".repeat(10).getBytes(StandardCharsets.UTF_8);
        for (String how : List.of("close", "peer", "lost", "kill", "violation", "unused")) {
            Ends ends = client(options, offer);
            together(
                    () -> {
                        WebSocket socket = ends.client();
                        socket.send(data);
                        ends.peer().sendHex("4107f248cdc9c90700"); // half a message
                        assertTrue(socket.holdsMemory(), how);
                        Greenlet<Message> receiver = Jevent.spawn(socket::receive);
                        turns(10);
                        end(how, ends, receiver);
                        until(() -> !socket.holdsMemory() && !socket.isOpen());
                    });
            reports.clear(); // of a receiver that was told of a violation
        }
    }

    private static void end(String how, Ends ends, Greenlet<Message> receiver) throws Exception {
        WebSocket socket = ends.client();
        switch (how) {
            case "close" -> socket.close();
            case "peer" -> {
                ends.peer().sendClose(1000, "");
                ends.peer().expectFrame(Frames.BINARY);
                ends.peer().expectClose(1000);
                ends.peer().close();
            }
            case "lost" -> ends.peer().close();
            case "kill" -> {
                receiver.kill();
                Greenlet<Void> sender = Jevent.spawn(() -> sendMuch(socket));
                turns(50);
                sender.kill();
            }
            case "violation" -> ends.peer().sendHex("8380");
            default -> {
                receiver.kill();
                socket.close();
            }
        }
        receiver.join();
    }

    private static void sendMuch(WebSocket socket) throws IOException {
        try (OutputStream out = socket.sendStream()) { // which is not compressed
            out.write(new byte[HUGE]);
        }
    }

    @Test
    void anIdleConnectionHoldsNothing() throws Exception {
        notInThePortableMode("a reader needs a buffer");
        Ends ends =
                client(LARGE.compression(true), "Sec-WebSocket-Extensions: " + Terms.NAME + BOTH);
        together(
                () -> {
                    Greenlet<Void> receiver = Jevent.spawn(() -> echo(ends.client()));
                    for (int n : new int[] {1, 100, 8184, 8192, 16376, 100_000, 1 << 20}) {
                        ends.peer().sendFrame(0x82, new byte[n]);
                        ends.peer().expectFrame(Frames.BINARY);
                        until(() -> !ends.client().holdsMemory());
                    }
                    ends.peer().close();
                    receiver.join();
                });
    }

    private static final String BOTH =
            "; server_no_context_takeover; client_no_context_takeover\r\n";

    @Test
    void aKillInTheMiddleOfASendSpoilsTheConnection() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    Greenlet<Void> sender = Jevent.spawn(() -> ends.client().send(new byte[HUGE]));
                    Greenlet<Void> next = Jevent.spawn(() -> ends.client().send("next"));
                    Greenlet<Void> third = Jevent.spawn(() -> ends.client().send("third"));
                    turns(50);
                    next.kill(); // it waits for its turn: that harms nobody
                    assertTrue(ends.client().isOpen());
                    sender.kill();
                    assertFalse(ends.client().isOpen());
                    assertEquals(1006, ends.client().closeCode());
                    third.join();
                    assertInstanceOf(WebSocketException.class, third.exception());
                    assertNull(ends.client().receive());
                    reports.clear(); // the third's failure
                });
    }

    // ---- close

    @Test
    void closeWakesTheReceiver() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    WebSocket socket = connect(server);
                    Greenlet<Message> receiver = Jevent.spawn(socket::receive);
                    turns(3);
                    socket.close(4000, "");
                    assertNull(receiver.get());
                    assertEquals(4000, socket.closeCode());
                });
    }

    @Test
    void closeWakesTheReceiverAlsoOfASilentPeer() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    Greenlet<Message> receiver = Jevent.spawn(ends.client()::receive);
                    turns(3);
                    ends.client().close();
                    assertNull(receiver.get());
                    assertEquals(1006, ends.client().closeCode());
                });
    }

    @Test
    void messagesThatComeBeforeTheCloseAreForTheReceiver() throws Exception {
        Ends ends = client(WebSocketOptions.defaults(), "");
        together(
                () -> {
                    List<String> got = new ArrayList<>();
                    Greenlet<Void> receiver =
                            Jevent.spawn(
                                    () -> {
                                        for (String s = ends.client().receiveText();
                                                s != null;
                                                s = ends.client().receiveText()) {
                                            got.add(s);
                                        }
                                        got.add("end");
                                    });
                    turns(3);
                    Greenlet<Void> closer = Jevent.spawn(() -> ends.client().close());
                    ends.peer().expectClose(1000);
                    ends.peer().sendFrame(0x81, "one more");
                    until(() -> got.size() == 1);
                    ends.peer().sendClose(1000, "");
                    ends.peer().close();
                    closer.join();
                    receiver.join();
                    assertEquals(List.of("one more", "end"), got);
                });
    }

    @Test
    void closeEndsAfterItsTimeThoughASendIsStuck() throws Exception {
        Ends ends = client(LARGE, "");
        together(
                () -> {
                    Greenlet<Void> sender = Jevent.spawn(() -> ends.client().send(new byte[HUGE]));
                    turns(20);
                    ends.client().close();
                    sender.join();
                    assertInstanceOf(WebSocketException.class, sender.exception());
                    reports.clear();
                });
    }

    @Test
    void aCloserThatIsKilledCutsTheConnection() throws Exception {
        Ends ends = client(WebSocketOptions.defaults(), "");
        together(
                () -> {
                    Greenlet<Message> receiver = Jevent.spawn(ends.client()::receive);
                    Greenlet<Void> closer = Jevent.spawn(() -> ends.client().close());
                    ends.peer().expectClose(1000);
                    closer.kill();
                    assertNull(receiver.get());
                    ends.peer().expectEnd();
                });
    }

    @Test
    void bothMayCloseAtOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            List<WebSocket> there = new ArrayList<>();
            HttpServer server =
                    server(
                            socket -> {
                                there.add(socket);
                                echo(socket);
                            });
            together(
                    () -> {
                        WebSocket socket = connect(server);
                        until(() -> there.size() == 1);
                        together(
                                () -> socket.close(4001, "client"),
                                () -> there.getFirst().close(4002, "server"));
                        assertEquals(4002, socket.closeCode());
                        assertEquals(4001, there.getFirst().closeCode());
                    });
        }
        assertEquals(List.of(), reports);
    }

    // ---- server

    @Test
    void aServerThatStopsSaysGoodbyeToIdleOnes() throws Exception {
        List<String> log = new ArrayList<>();
        HttpServer server =
                server(
                        socket -> {
                            for (String s = socket.receiveText();
                                    s != null;
                                    s = socket.receiveText()) {
                                Jevent.sleep(30); // busy
                                socket.send("answer to " + s);
                            }
                            log.add("null " + socket.closeCode());
                        });
        together(
                () -> {
                    WebSocket idle = connect(server);
                    RawPeer raw = raw(server);
                    WebSocket busy = connect(server);
                    busy.send("question");
                    turns(10);
                    Greenlet<Void> stop = Jevent.spawn(() -> server.stop(LONG));
                    assertNull(idle.receive());
                    assertEquals(1001, idle.closeCode());
                    assertEquals("the server stops", idle.closeReason());
                    raw.expectClose(1001);
                    raw.expectEnd();
                    assertEquals("answer to question", busy.receiveText());
                    assertNull(busy.receive());
                    assertEquals(1001, busy.closeCode());
                    stop.join();
                });
        assertEquals(List.of("null 1001", "null 1001", "null 1001"), log);
        assertEquals(List.of(), reports);
    }

    @Test
    void aHandlerThatIsKilledGivesBackWhatItHas() throws Exception {
        HttpServer server = server(socket -> Jevent.sleep(LONG));
        together(
                () -> {
                    RawPeer raw = raw(server);
                    Greenlet<Void> stop = Jevent.spawn(() -> server.stop(Duration.ZERO));
                    raw.expectClose(1000); // by the end of its try block
                    raw.sendClose(1000, "");
                    raw.expectEnd();
                    stop.join();
                });
    }

    @Test
    void aThousandConnectionsOnOneHub() throws Exception {
        int n = 1000;
        int before = openDescriptors();
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    List<Greenlet<WebSocket>> connecting = new ArrayList<>();
                    for (int i = 0; i < n; i++) {
                        connecting.add(Jevent.spawn(() -> WebSocket.connect(uri(server))));
                    }
                    Jevent.joinAllOrThrow(connecting);
                    assertEquals(n, server.connections());
                    List<Greenlet<Void>> talking = new ArrayList<>();
                    for (int i = 0; i < n; i++) {
                        WebSocket socket = connecting.get(i).get();
                        String text = "number " + i;
                        talking.add(
                                Jevent.spawn(
                                        () -> {
                                            for (int j = 0; j < 3; j++) {
                                                socket.send(text);
                                                assertText(text, socket.receive());
                                            }
                                            socket.close();
                                        }));
                    }
                    Jevent.joinAllOrThrow(talking);
                    until(() -> server.connections() == 0);
                    server.stop(LONG);
                });
        until(() -> openDescriptors() <= before + 5);
        assertEquals(List.of(), reports);
        assertEquals(List.of(), problems);
    }
}
