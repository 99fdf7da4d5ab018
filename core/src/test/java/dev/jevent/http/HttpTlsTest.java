package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jevent.event.Event;
import dev.jevent.queue.Queue;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;
import dev.jevent.ssl.Tls;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What has a way of its own to the kernel, where TLS is in that way. */
class HttpTlsTest extends ServedScenario {

    @TempDir Path temp;

    private SelfSigned certificate;

    @BeforeEach
    void makeCertificate() throws Exception {
        certificate = SelfSigned.in(temp);
    }

    private HttpServer secure(HttpHandler handler) throws IOException {
        return started(server(handler).tls(Tls.server(certificate.pem(), certificate.key())));
    }

    private SocketStream talk(HttpServer server) throws IOException {
        Socket plain = Sockets.connect(server.address(), LONG);
        Socket socket = closing(Tls.client(certificate.pem()).wrap(plain, "localhost"));
        return SocketStream.of(socket, StandardCharsets.ISO_8859_1);
    }

    private static Reply get(SocketStream s, String path, String field) throws IOException {
        String head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + field + "\r\n";
        s.writeAll(head.getBytes(StandardCharsets.ISO_8859_1));
        return reply(s, false);
    }

    @Test
    void aFileIsSentAndPartsOfIt() throws Exception {
        byte[] bytes = new byte[3 << 20];
        new Random(1).nextBytes(bytes);
        Path folder = Files.createDirectory(temp.resolve("public"));
        Files.write(folder.resolve("a.bin"), bytes);
        SocketStream s = talk(secure(new StaticFiles(folder)));

        Reply whole = get(s, "/a.bin", "");
        Reply part = get(s, "/a.bin", "Range: bytes=1000000-1999999\r\n");
        Reply none = get(s, "/c.key", "");

        assertEquals(200, whole.status());
        assertArrayEquals(bytes, whole.body());
        assertEquals(206, part.status());
        assertArrayEquals(Arrays.copyOfRange(bytes, 1_000_000, 2_000_000), part.body());
        assertEquals(404, none.status());
        assertEquals(List.of(), reports);
    }

    @Test
    void eventsComeOneByOneAndAClientThatGoesEndsTheHandler() throws Exception {
        Queue<String> events = new Queue<>();
        Event over = new Event();
        HttpServer server =
                secure(
                        (q, p) -> {
                            try (EventStream stream = EventStream.open(q, p)) {
                                while (true) {
                                    stream.send(events.take());
                                }
                            } finally {
                                over.set();
                            }
                        });
        SocketStream s = talk(server);
        s.writeAll("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));

        assertEquals("HTTP/1.1 200 OK", head(s).lines().findFirst().orElse(""));
        for (String text : List.of("one", "two")) {
            events.put(text);
            assertEquals("data: " + text + "\n\n", new String(chunk(s), StandardCharsets.UTF_8));
        }
        s.close();
        until(
                () -> {
                    boolean ignored =
                            events.offer(
                                    "more"); // the client's end of TLS is seen by a send at the
                    // latest
                    return over.isSet();
                });
        assertEquals(List.of(), reports);
    }
}
