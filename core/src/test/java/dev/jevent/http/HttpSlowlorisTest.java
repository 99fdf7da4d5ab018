package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.socket.SocketScenario;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Attackers that are slow on purpose: with their header, with their body, in reading the answer.
 * Others are answered meanwhile, and all attackers are cut off by the limits. Some hundred each
 * time; {@code -Djevent.attackers=5000} for more.
 */
@ExtendWith(InGreenlet.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES) // thousands take their time
class HttpSlowlorisTest extends SocketScenario {

    private static final int ATTACKERS = Dose.of("jevent.attackers", 30, 5_000);
    private static final Duration SHORT = Duration.ofMillis(700);
    // In the portable mode what the kernel takes is taken for what the client takes: megabytes. If
    // the watch sees that, the client has the time for them.
    private static final int RATE = isPortable() ? 2_000_000 : 1000;
    private static final byte[] BIG = new byte[8 << 20];

    private final HttpServer server =
            new HttpServer("127.0.0.1:0", HttpSlowlorisTest::handle)
                    .limits(
                            Limits.defaults()
                                    .headerTimeout(SHORT)
                                    .idleTimeout(Duration.ofSeconds(60))
                                    .requests(Integer.MAX_VALUE)
                                    .minRate(RATE, SHORT))
                    .backlog(4096);
    private int cutOff;
    private int seen;
    private int resets;

    private static void handle(Request request, Response response) throws IOException {
        switch (request.path()) {
            case "/body" -> response.send(request.bytes().length + " bytes");
            case "/big" -> response.send(BIG);
            default -> response.send("hello");
        }
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ZERO);
    }

    @Test
    void slowHeadersHarmNobody() throws Exception {
        attack("GET / HTTP/1.1\r\nHost: a\r\nX: ", "408");
    }

    @Test
    void slowBodiesHarmNobody() throws Exception {
        attack("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", "408");
    }

    @Test
    void whoReadsTheAnswerSlowlyHarmsNobody() throws Exception {
        attack("GET /big HTTP/1.1\r\nHost: a\r\n\r\n", "200");
    }

    private void attack(String beginning, String status) throws Exception {
        server.start();
        List<Greenlet<Void>> attackers = new ArrayList<>();
        for (int i = 0; i < ATTACKERS; i++) {
            attackers.add(Jevent.spawn(() -> attacker(beginning, status)));
        }
        int answered = 0;
        try (SocketStream s = SocketStream.of(Sockets.connect(server.address(), Duration.ZERO))) {
            while (cutOff < ATTACKERS
                    && attackers.stream().allMatch(g -> !g.isDone() || g.successful())) {
                assertEquals("hello", ask(s));
                answered++;
            }
        }
        Jevent.joinAllOrThrow(attackers);
        assertTrue(answered > 0);
        assertTrue(seen > 0, "none has seen its answer; resets: " + resets);
        assertEquals(ATTACKERS, server.problems());
        for (int i = 0; server.connections() > 1 && i < 1000; i++) {
            Jevent.sleep(1);
        }
        assertTrue(server.connections() <= 1, server.connections() + " connections are left");
    }

    private static String ask(SocketStream s) throws IOException {
        s.writeString("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        for (String line = s.readLine(); !line.isEmpty(); ) {
            line = s.readLine();
        }
        return new String(s.readExactly(5), StandardCharsets.US_ASCII);
    }

    /** Sends or reads a byte now and then, until it is thrown out. */
    private void attacker(String beginning, String status) throws Exception {
        boolean reads = status.equals("200");
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(server.address());
            socket.setSoTimeout(reads ? 0 : 100);
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            try {
                for (int c = 0; answer.length() < 12 && c >= 0; ) {
                    if (!reads) {
                        socket.getOutputStream().write('x');
                    }
                    c = read(socket);
                    if (c > 0) {
                        answer.append((char) c);
                    }
                }
                assertTrue(answer.toString().startsWith("HTTP/1.1 " + status), answer::toString);
                seen++;
                drain(socket, reads);
            } catch (SocketException e) {
                resets++; // it went on sending when nobody listened any more
            }
        }
        cutOff++;
    }

    /** -1 at the end, 0 if nothing comes for a while. */
    private static int read(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            return 0; // the attack goes on
        }
    }

    /** Slowly, until all are thrown out: then the rest. */
    private void drain(Socket socket, boolean slowly) throws IOException {
        byte[] some = new byte[16];
        socket.setSoTimeout(0);
        int n = 0;
        while (n >= 0) {
            if (slowly && server.problems() < ATTACKERS) {
                Jevent.sleep(50);
            }
            n = socket.getInputStream().read(some);
        }
    }
}
