package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

class TelnetChatTest {

    private Served served;

    @BeforeEach
    void open() throws Exception {
        served = Served.start(TelnetChat::newServer);
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private final class Guest implements AutoCloseable {
        final Socket socket = new Socket();
        final BufferedReader in;

        Guest(String name) throws IOException {
            var loopback = InetAddress.getLoopbackAddress();
            socket.setReceiveBufferSize(16 * 1024);
            socket.connect(new InetSocketAddress(loopback, served.port()));
            socket.setSoTimeout(20_000);
            in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("Welcome! What is your name?", in.readLine());
            if (name != null) {
                say(name);
                assertHears("Hello, " + name + "! Say something, or /who or /quit.");
            }
        }

        void say(String line) throws IOException {
            send((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        void send(byte... bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        void assertHears(String line) throws IOException {
            assertEquals(line, in.readLine());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void whatOneSaysTheOthersHear() throws Exception {
        try (var ann = new Guest("Ann");
                var bob = new Guest("Bob")) {
            ann.assertHears("* Bob joined");
            ann.say("hi, Bob: žluťoučký");
            bob.assertHears("<Ann> hi, Bob: žluťoučký");
            bob.say("hi");
            ann.assertHears("<Bob> hi");
            ann.say("/who");
            ann.assertHears("Here: Ann, Bob");
            ann.say("/dance");
            ann.assertHears("There are only /who and /quit.");
            bob.say("/quit");
            bob.assertHears("Bye.");
            assertNull(bob.in.readLine());
            ann.assertHears("* Bob left");
        }
    }

    @Test
    void aNameBelongsToOne() throws Exception {
        try (var ann = new Guest("Ann");
                var other = new Guest(null)) {
            other.say("ann");
            other.assertHears("There is a ann already. Another name?");
            other.say("no name at all");
            other.assertHears("A name is 1 to 20 letters. What is yours?");
            other.say("Bea");
            other.assertHears("Hello, Bea! Say something, or /who or /quit.");
            ann.assertHears("* Bea joined");
        }
    }

    @Test
    void whoHangsUpHasLeft() throws Exception {
        try (var ann = new Guest("Ann")) {
            var bob = new Guest("Bob");
            var eve = new Guest("Eve");
            ann.assertHears("* Bob joined");
            ann.assertHears("* Eve joined");
            bob.close();
            ann.assertHears("* Bob left");
            eve.socket.setSoLinger(true, 0); // a reset
            eve.close();
            ann.assertHears("* Eve left");
        }
    }

    @Test
    void strangeBytesHarmNobody() throws Exception {
        try (var ann = new Guest("Ann");
                var bob = new Guest("Bob")) {
            ann.assertHears("* Bob joined");
            bob.send((byte) 'a', (byte) 0xC3, (byte) 'b', (byte) 7, (byte) 0xF0, (byte) '\n');
            ann.assertHears("<Bob> a\uFFFDb\uFFFD");
            bob.send((byte) 255, (byte) 251, (byte) 31, (byte) 'x', (byte) '\n'); // IAC WILL NAWS
            ann.assertHears("<Bob> x");
            bob.say("y".repeat(100_000));
            ann.assertHears("<Bob> " + "y".repeat(1000));
        }
    }

    @Test
    void whoReadsSlowlyDelaysNobodyAndIsShownOut() throws Exception {
        try (var ann = new Guest("Ann");
                var bob = new Guest("Bob");
                var slow = new Guest("Slow")) {
            ann.assertHears("* Bob joined");
            ann.assertHears("* Slow joined");
            bob.assertHears("* Slow joined");
            String line = "z".repeat(900);
            String heard = "<Ann> " + line;
            int said = 0;
            while (heard.equals("<Ann> " + line)) {
                said++;
                ann.say(line);
                heard = bob.in.readLine();
            }
            assertEquals("* Slow left", heard, "after " + said + " lines");
            ann.assertHears("* Slow left");
            ann.say("still here");
            bob.assertHears("<Ann> " + line);
            bob.assertHears("<Ann> still here");
            assertEquals(false, slow.socket.isClosed());
        }
    }
}
