package dev.jevent.examples.chatroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;

import dev.jevent.websocket.WebSocket;
import dev.jevent.websocket.WebSocketOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** What a room promises to those in it, seen over the wire. */
class ChatTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private Running running;

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    /** The address of a room in which nobody is limited. */
    private URI lobby() throws Exception {
        return lobby(new Rules(1000, 500, 100, 24, 2000, 1000, 1_000_000, 1, LONG, LONG));
    }

    private URI lobby(Rules rules) throws Exception {
        running =
                Running.start(
                        rules, InstantSource.fixed(Instant.ofEpochMilli(1_234_567_890_123L)), 0);
        return running.socket("lobby");
    }

    // ---- talking

    @Test
    void allHearTheSameInTheSameOrder() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor ben = Visitor.join(lobby, "ben")) {
            ann.hears("joined", "ben");
            ann.say("hello, ben \uD83D\uDC4B\n<b>&\"'</b>", 7);
            JsonObject mine = ann.hears("said");
            assertEquals("1 ann (me): hello, ben \uD83D\uDC4B\n<b>&\"'</b>", Visitor.shown(mine));
            assertEquals(7, mine.get("ref").getAsLong());
            assertEquals(1_234_567_890_123L, mine.get("time").getAsLong());
            JsonObject other = ben.hears("said");
            assertEquals("1 ann: hello, ben \uD83D\uDC4B\n<b>&\"'</b>", Visitor.shown(other));
            assertEquals(
                    0, other.get("ref").getAsLong(), "that is between ann's page and the room");
            for (int i = 2; i < 52; i += 2) {
                ben.say("b" + i);
                ann.hearsSaid(i + " ben: b" + i);
                ben.hearsSaid(i + " ben (me): b" + i);
                ann.say("a" + i);
                ben.hearsSaid(i + 1 + " ann: a" + i);
                ann.hearsSaid(i + 1 + " ann (me): a" + i);
            }
        }
    }

    @Test
    void aRoomDoesNotHearAnother() throws Exception {
        try (Visitor ann = Visitor.join(lobby(), "ann");
                Visitor ben = Visitor.join(running.socket("k%C3%BCche"), "ann")) {
            assertEquals("ann", ben.name());
            ann.say("here");
            ben.say("there");
            ann.hearsSaid("1 ann (me): here");
            ben.hearsSaid("1 ann (me): there");
        }
    }

    @Test
    void theOthersSeeWhoTypes() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor ben = Visitor.join(lobby, "ben")) {
            ann.hears("joined", "ben");
            ann.send("type", "typing");
            ben.hears("typing", "ann");
            for (int i = 0; i < 20; i++) {
                ann.send("type", "typing"); // seldom is enough
            }
            ann.say("done");
            int typing = 0;
            JsonObject m = ben.next();
            for (; m.get("type").getAsString().equals("typing"); m = ben.next()) {
                typing++;
            }
            assertEquals("1 ann: done", Visitor.shown(m));
            assertTrue(typing < 5, "told " + typing + " times");
            ann.hearsSaid("1 ann (me): done");
        }
    }

    // ---- names and presence

    @Test
    void aNameBelongsToOne() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor second = Visitor.join(lobby, " ANN ");
                Visitor third = Visitor.join(lobby, "ann", "another key", "", 0)) {
            assertEquals("ANN 2", second.name());
            assertEquals("ann 3", third.name());
            assertEquals(List.of("ann", "ANN 2", "ann 3"), third.people());
            ann.hears("joined", "ANN 2");
            ann.hears("joined", "ann 3");
            ann.send("type", "name", "name", "Ann 2");
            JsonObject renamed = ann.hears("renamed");
            assertEquals("ann", renamed.get("from").getAsString());
            assertEquals("Ann 2 2", renamed.get("to").getAsString());
            second.hears("joined", "ann 3");
            assertEquals("Ann 2 2", second.hears("renamed").get("to").getAsString());
            ann.say("x");
            second.hearsSaid("1 Ann 2 2: x");
        }
    }

    @Test
    void aNameIsShortAndVisible() throws Exception {
        URI lobby = lobby();
        String[][] wantedAndGiven = {
            {"  Mary\n\t Ann  ", "Mary Ann"},
            {"\u202Eeve\u2066\u0000", "eve"},
            {"", "guest"},
            {" \u00A0\u2003 ", "guest 2"},
            {"x".repeat(100), "x".repeat(24)},
            {"\uD83D\uDE00".repeat(30), "\uD83D\uDE00".repeat(24)},
            {"e\u0301", "\u00E9"},
        };
        var all = new java.util.ArrayList<Visitor>();
        for (String[] pair : wantedAndGiven) {
            Visitor visitor = Visitor.join(lobby, pair[0], "key " + all.size(), "", 0);
            all.add(visitor);
            assertEquals(pair[1], visitor.name());
        }
        for (Visitor visitor : all) {
            visitor.close();
        }
    }

    @Test
    void whoGoesHasLeftHoweverThatHappens() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann")) {
            Visitor ben = Visitor.join(lobby, "ben");
            ann.hears("joined", "ben");
            ben.close();
            ann.hears("left", "ben");
            try (RawVisitor eve = new RawVisitor(running.port(), "eve")) {
                ann.hears("joined", "eve");
                eve.socket.setSoLinger(true, 0);
            } // a reset
            ann.hears("left", "eve");
        }
    }

    @Test
    void aPhoneThatFellAsleepLeaves() throws Exception {
        var often = Duration.ofMillis(100);
        URI lobby = lobby(new Rules(10, 10, 100, 24, 2000, 100, 3, 1, LONG, often));
        try (Visitor ann = Visitor.join(lobby, "ann");
                RawVisitor phone = new RawVisitor(running.port(), "phone")) {
            ann.hears("joined", "phone");
            ann.hears("left", "phone"); // and she herself answers, and stays
            assertFalse(phone.socket.isClosed());
            ann.say("x");
            ann.hearsSaid("1 ann (me): x");
        }
    }

    // ---- history

    @Test
    void whoComesSeesTheLastHundred() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann")) {
            assertEquals(List.of(), ann.said());
            assertFalse(ann.gap());
            for (int i = 1; i <= 103; i++) {
                ann.say("m" + i);
                ann.hearsSaid(i + " ann (me): m" + i);
            }
            try (Visitor ben = Visitor.join(lobby, "ben")) {
                assertEquals(100, ben.said().size());
                assertEquals("4 ann: m4", ben.said().getFirst());
                assertEquals("103 ann: m103", ben.said().getLast());
            }
        }
    }

    @Test
    void whoComesBackGetsWhatWasMissedAndNoMore() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann")) {
            String epoch = ann.epoch();
            try (Visitor ben = Visitor.join(lobby, "ben")) {
                ben.say("one");
                ben.hearsSaid("1 ben (me): one");
                ben.say("two");
                ben.hearsSaid("2 ben (me): two");
            }
            ann.hears("joined", "ben");
            ann.hearsSaid("1 ben: one");
            ann.hearsSaid("2 ben: two");
            ann.hears("left", "ben");
            ann.say("three");
            ann.hearsSaid("3 ann (me): three");
            try (Visitor ben = Visitor.join(lobby, "ben", "key of ben", epoch, 1)) {
                assertEquals(List.of("2 ben (me): two", "3 ann: three"), ben.said());
                assertFalse(ben.gap());
            }
            try (Visitor ben = Visitor.join(lobby, "ben", "key of ben", epoch, 3)) {
                assertEquals(List.of(), ben.said());
            }
            try (Visitor ben = Visitor.join(lobby, "ben", "key of ben", "of another life", 3)) {
                assertEquals(3, ben.said().size());
            }
        }
    }

    @Test
    void whoComesBackTooLateIsToldThatSomethingIsMissing() throws Exception {
        URI lobby = lobby(new Rules(10, 10, 2, 24, 2000, 1000, 1_000_000, 1, LONG, LONG));
        try (Visitor ann = Visitor.join(lobby, "ann")) {
            for (int i = 1; i <= 4; i++) {
                ann.say("m" + i);
                ann.hearsSaid(i + " ann (me): m" + i);
            }
            try (Visitor ben = Visitor.join(lobby, "ben", "b", ann.epoch(), 1)) {
                assertEquals(List.of("3 ann: m3", "4 ann: m4"), ben.said());
                assertTrue(ben.gap());
            }
        }
    }

    @Test
    void whoJoinsFromAnotherWindowTakesThePlaceAndNobodyIsTold() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor ben = Visitor.join(lobby, "ben")) {
            ann.hears("joined", "ben");
            try (Visitor again = Visitor.join(lobby, "ben")) {
                assertEquals("ben", again.name());
                assertEquals(List.of("ann", "ben"), again.people());
                assertEquals(4000, ben.closed());
                again.say("it is me");
                ann.hearsSaid("1 ben: it is me");
            }
            ann.hears("left", "ben");
        }
    }

    // ---- those who harm

    @Test
    void whoReadsSlowlyDelaysNobodyAndIsShownOut() throws Exception {
        URI lobby = lobby(new Rules(10, 10, 2, 24, 60_000, 8, 1_000_000, 1_000_000, LONG, LONG));
        try (Visitor ann = Visitor.join(lobby, "ann");
                RawVisitor slow = new RawVisitor(running.port(), "slow")) {
            ann.hears("joined", "slow");
            String text = "z".repeat(60_000);
            String type = "said";
            int said = 0;
            while (type.equals("said")) {
                ann.say(text);
                said++;
                type = ann.next().get("type").getAsString();
                assertTrue(said < 5000, "nobody is shown out");
            }
            assertEquals("left", type, "after " + said + " messages");
            assertFalse(slow.socket.isClosed());
        }
    }

    @Test
    void aFloodIsRefusedAndThenEnded() throws Exception {
        URI lobby = lobby(new Rules(10, 10, 100, 24, 2000, 1000, 3, 0.001, LONG, LONG));
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor ben = Visitor.join(lobby, "ben")) {
            ann.hears("joined", "ben");
            for (int i = 1; i <= 3; i++) {
                ben.say("m" + i, i);
                ben.hearsSaid(i + " ben (me): m" + i);
            }
            ben.say("m4", 4);
            JsonObject refused = ben.hears("refused");
            assertEquals(4, refused.get("ref").getAsLong());
            assertTrue(refused.get("reason").getAsString().contains("faster"));
            for (int i = 0; i < 1000 && ben.socket.isOpen(); i++) {
                try {
                    ben.say("m");
                } catch (IOException e) {
                    break; // closed meanwhile
                }
            }
            JsonObject m = ben.next();
            while (m != null) {
                assertEquals("refused", m.get("type").getAsString());
                m = ben.next();
            }
            assertEquals(1008, ben.socket.closeCode());
            ann.hearsSaid("1 ben: m1");
            ann.hearsSaid("2 ben: m2");
            ann.hearsSaid("3 ben: m3");
            ann.hears("left", "ben");
        }
    }

    @Test
    void nonsenseCostsNobodyElseAnything() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann")) {
            for (String nonsense :
                    List.of(
                            "",
                            "hello",
                            "{",
                            "null",
                            "[]",
                            "{}",
                            "{\"type\":[]}",
                            "{\"type\":\"dance\"}",
                            "{\"type\":\"say\",\"text\":{}}",
                            "{\"type\":\"say\",\"text\":\"x\",\"ref\":1e99}",
                            "{type:'say'}",
                            "{\"type\":\"join\",\"name\":\"again\",\"key\":\"x\"}",
                            "[".repeat(10_000),
                            "{\"x\":".repeat(2_000))) {
                try (Visitor eve = Visitor.join(lobby, "eve")) {
                    ann.hears("joined", "eve");
                    eve.raw(nonsense);
                    assertEquals(1008, eve.closed(), nonsense);
                }
                ann.hears("left", "eve");
            }
            try (Visitor eve = Visitor.join(lobby, "eve")) {
                ann.hears("joined", "eve");
                eve.raw("x".repeat(1_000_000));
                assertEquals(1009, eve.closed());
            }
            ann.hears("left", "eve");
            try (Visitor eve = Visitor.join(lobby, "eve")) {
                ann.hears("joined", "eve");
                eve.socket.send(new byte[] {1, 2, 3});
                assertEquals(1003, eve.closed());
            }
            ann.hears("left", "eve");
            ann.say("nothing happened");
            ann.hearsSaid("1 ann (me): nothing happened");
        }
    }

    @Test
    void whatIsTooLongOrEmptyIsRefusedAndTheConnectionGoesOn() throws Exception {
        try (Visitor ann = Visitor.join(lobby(), "ann")) {
            ann.say("\u20AC".repeat(2001), 5);
            assertEquals(5, ann.hears("refused").get("ref").getAsLong());
            ann.say(" \n ", 6);
            assertEquals(6, ann.hears("refused").get("ref").getAsLong());
            ann.send("type", "say");
            assertEquals(0, ann.hears("refused").get("ref").getAsLong());
            ann.say("\u20AC".repeat(2000));
            ann.hearsSaid("1 ann (me): " + "\u20AC".repeat(2000));
        }
    }

    @Test
    void halfCharactersAndTurnedTextHarmNobody() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor ben = Visitor.join(lobby, "ben")) {
            ann.hears("joined", "ben");
            ben.raw("{\"type\":\"say\",\"text\":\"a\\ud83d\\u202e\\u0007b\\r\\nc\"}");
            ann.hearsSaid("1 ben: ab\nc");
        }
    }

    // ---- doors

    @Test
    void whoDoesNotSayWhoItIsIsShownOut() throws Exception {
        URI lobby = lobby(new Rules(10, 10, 100, 24, 2000, 100, 3, 1, Duration.ofMillis(50), LONG));
        try (Visitor silent = Visitor.silent(lobby)) {
            assertEquals(1008, silent.closed());
        }
        for (String first :
                List.of(
                        "{\"type\":\"say\",\"text\":\"hello\"}",
                        "{\"type\":\"join\",\"name\":\"ann\"}",
                        "{\"type\":\"join\",\"name\":\"ann\",\"key\":\"\"}")) {
            try (Visitor visitor = Visitor.silent(lobby)) {
                visitor.raw(first);
                assertEquals(1008, visitor.closed(), first);
            }
        }
    }

    @Test
    void aFullRoomAsksToComeLater() throws Exception {
        URI lobby = lobby(new Rules(2, 1, 100, 24, 2000, 100, 3, 1, LONG, LONG));
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor ben = Visitor.silent(lobby)) {
            ben.send("type", "join", "name", "ben", "key", "b");
            assertEquals(1013, ben.closed());
            try (Visitor again = Visitor.join(lobby, "ann"); // who is in it already may move
                    Visitor there = Visitor.join(running.socket("two"), "eve")) {
                assertEquals(4000, ann.closed());
                assertEquals("eve", there.name());
                assertThrows(IOException.class, () -> Visitor.silent(running.socket("three")));
                again.say("x");
                again.hearsSaid("1 ann (me): x");
            }
        }
    }

    @Test
    void aPageOfAnotherSiteIsNotLetIn() throws Exception {
        URI lobby = lobby();
        var evil = WebSocketOptions.defaults().header("Origin", "http://evil.example");
        assertThrows(IOException.class, () -> WebSocket.connect(lobby, evil).close());
    }

    @Test
    void theServerSaysGoodBye() throws Exception {
        URI lobby = lobby();
        try (Visitor ann = Visitor.join(lobby, "ann");
                Visitor ben = Visitor.join(running.socket("two"), "ben")) {
            running.stop(); // does not wait for them
            assertEquals(1001, ann.closed());
            assertEquals(1001, ben.closed());
        }
    }

    /** One that speaks for itself, reads nothing, and can end without good-bye. */
    private static final class RawVisitor implements AutoCloseable {
        final Socket socket = new Socket();

        RawVisitor(int port, String name) throws IOException {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            String upgrade =
                    """
                    GET /rooms/lobby/socket HTTP/1.1\r
                    Host: x\r
                    Connection: Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    \r
                    """;
            send(upgrade.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head::toString);
            String join = "{\"type\":\"join\",\"name\":\"" + name + "\",\"key\":\"" + name + "\"}";
            send(new byte[] {(byte) 0x81, (byte) (0x80 | join.length()), 0, 0, 0, 0});
            send(join.getBytes(StandardCharsets.US_ASCII));
        }

        private void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
