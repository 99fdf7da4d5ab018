package dev.jevent.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.ssl.Tls.ClientAuth;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSocket;

/** Against programs that were written by others. */
class TlsInteropTest extends TlsScenario {

    private final List<Process> programs = new ArrayList<>();

    @AfterEach
    void stopPrograms() throws Exception {
        for (Process p : programs) {
            p.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private Process start(String... command) throws IOException {
        Process p =
                new ProcessBuilder(command)
                        .directory(file("ca.pem").getParent().toFile())
                        .redirectErrorStream(true)
                        .start();
        programs.add(p);
        return p;
    }

    private static String saidBy(Process p) throws Exception {
        return Jevent.blocking(
                () -> new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Reads on until the text is there that many times. */
    private static void awaitSaid(Process p, StringBuilder said, String text, int times)
            throws Exception {
        Jevent.blocking(
                () -> {
                    while (said.toString().split(text, -1).length <= times) {
                        int b = p.getInputStream().read();
                        assertTrue(b >= 0, said::toString);
                        said.append((char) b);
                    }
                });
    }

    private Process client(ServerSocket listener, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                "s_client",
                                "-connect",
                                "127.0.0.1:" + listener.getLocalPort(),
                                "-CAfile",
                                "ca.pem",
                                "-verify_return_error",
                                "-verify_hostname",
                                "localhost"));
        command.addAll(List.of(more));
        return start(command.toArray(String[]::new));
    }

    /** Reads {@code a} and the end of the line. */
    private static void answerOnce(Socket s) throws IOException {
        assertEquals('a', s.getInputStream().read());
        assertEquals('\n', s.getInputStream().read());
        s.getOutputStream().write("answer\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static void say(Process p, String text) throws IOException {
        p.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        p.getOutputStream().flush();
    }

    // ---- openssl s_client

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void opensslAsTheClient(String version) throws Exception {
        try (var listener = server().alpn("b", "a").listen(loopback())) {
            Process p = client(listener, version, "-alpn", "a,b", "-servername", "localhost");
            var said = new String[1];
            together(
                    () -> {
                        try (Socket s = listener.accept()) {
                            var line = new byte[6];
                            assertEquals(6, s.getInputStream().readNBytes(line, 0, 6));
                            s.getOutputStream().write(line);
                        }
                    },
                    () -> {
                        say(p, "hallo\n");
                        said[0] = saidBy(p);
                    });
            assertTrue(said[0].contains("hallo"), said[0]);
            assertTrue(said[0].contains("Verification: OK"), said[0]);
            assertTrue(said[0].contains("ALPN protocol: b"), said[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void opensslResumesItsSession(String version) throws Exception {
        Path session = file("session" + version);
        try (var listener = server().listen(loopback())) {
            for (int i = 0; i < 2; i++) {
                boolean first = i == 0;
                String use = first ? "-sess_out" : "-sess_in";
                Process p = client(listener, version, use, session.toString());
                var said = new String[1];
                together(
                        () -> {
                            try (Socket s = listener.accept()) {
                                echoOnce(s);
                                int ignored = s.getInputStream().read();
                            }
                        },
                        () -> {
                            var begin = new StringBuilder();
                            say(p, "x");
                            say(p, "\n");
                            if (first && version.equals("-tls1_3")) {
                                awaitSaid(p, begin, "Session Ticket arrived", 1);
                            }
                            p.getOutputStream().close();
                            said[0] = begin + saidBy(p);
                        });
                assertTrue(said[0].contains(first ? "New, TLSv1" : "Reused, TLSv1"), said[0]);
            }
        }
    }

    @Test
    void opensslAsksForNewKeys() throws Exception {
        try (var listener = server().listen(loopback())) {
            Process p = client(listener, "-tls1_3");
            together(
                    () -> {
                        try (Socket s = listener.accept()) {
                            for (int i = 0; i < 3; i++) {
                                answerOnce(s);
                            }
                        }
                    },
                    () -> {
                        var said = new StringBuilder();
                        say(p, "a\n");
                        awaitSaid(p, said, "answer", 1); // K has to be the first of a read
                        say(p, "K\n");
                        awaitSaid(p, said, "KEYUPDATE", 1);
                        say(p, "a\n");
                        awaitSaid(p, said, "answer", 2);
                        say(p, "k\n");
                        awaitSaid(p, said, "KEYUPDATE", 2);
                        say(p, "a\n");
                        awaitSaid(p, said, "answer", 3);
                        said.append(saidBy(p));
                        assertEquals(4, said.toString().split("answer\n", -1).length);
                    });
        }
    }

    @Test
    void opensslMayNotRenegotiate() throws Exception {
        try (var listener = server().listen(loopback())) {
            Process p = client(listener, "-tls1_2");
            var failure = new Throwable[1];
            together(
                    () -> {
                        try (Socket s = listener.accept()) {
                            answerOnce(s);
                            failure[0] =
                                    thrownBy(
                                            () ->
                                                    s.getInputStream()
                                                            .transferTo(
                                                                    OutputStream
                                                                            .nullOutputStream()));
                        }
                    },
                    () -> {
                        say(p, "a\n");
                        awaitSaid(p, new StringBuilder(), "answer", 1); // R is the first of a read
                        say(p, "R\n");
                        String ignored = saidBy(p);
                    });
            assertTrue(String.valueOf(failure[0]).contains("renegotiate"), "" + failure[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void opensslShowsItsCertificate(String version) throws Exception {
        Tls asking = server().clientAuth(ClientAuth.NEED).trust(file("ca.pem"));
        try (var listener = asking.listen(loopback())) {
            Process p = client(listener, version, "-cert", "client.pem", "-key", "client.key");
            together(
                    () -> {
                        try (var s = (SSLSocket) listener.accept()) {
                            assertEquals("CN=Ann", s.getSession().getPeerPrincipal().getName());
                            s.getOutputStream()
                                    .write("welcome".getBytes(StandardCharsets.US_ASCII));
                        }
                    },
                    () -> {
                        String said = saidBy(p);
                        assertTrue(said.contains("welcome"), said);
                    });
        }
    }

    // ---- openssl s_server

    /** Started, and its port. */
    private int serve(String... more) throws Exception {
        int port;
        try (var free = dev.jevent.socket.Sockets.listen(loopback())) {
            port = free.getLocalPort();
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "openssl",
                                "s_server",
                                "-accept",
                                "127.0.0.1:" + port,
                                "-cert",
                                "server.pem",
                                "-key",
                                "server.key"));
        command.addAll(List.of(more));
        Process p = start(command.toArray(String[]::new));
        awaitSaid(p, new StringBuilder(), "ACCEPT", 1);
        return port;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void opensslAsTheServer(String version) throws Exception {
        int port = serve("-rev", "-alpn", "x,y");
        Tls tls = client().protocols(version).alpn("y", "x");
        together(
                () -> {
                    for (int i = 0; i < 2; i++) {
                        try (SSLSocket s = tls.connect("localhost", port)) {
                            assertEquals("x", s.getApplicationProtocol());
                            s.getOutputStream()
                                    .write("hallo\n".getBytes(StandardCharsets.US_ASCII));
                            byte[] answer = s.getInputStream().readNBytes(6);
                            assertEquals("ollah\n", new String(answer, StandardCharsets.US_ASCII));
                            assertEquals(i == 1, Tls.isResumed(s));
                        }
                        Jevent.sleep(2);
                    }
                });
    }

    @Test
    void opensslServesAPage() throws Exception {
        int port = serve("-www");
        together(
                () -> {
                    try (SSLSocket s = client().connect("localhost", port)) {
                        s.getOutputStream()
                                .write(
                                        "GET / HTTP/1.0\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                        String page =
                                new String(
                                        s.getInputStream().readAllBytes(),
                                        StandardCharsets.US_ASCII);
                        assertTrue(page.contains("Ciphers supported"), page);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void opensslAsksForOurCertificate(String version) throws Exception {
        int port = serve("-Verify", "3", "-CAfile", "ca.pem", "-verify_return_error", "-rev");
        Tls known = client().protocols(version).certificate(file("client.pem"), file("client.key"));
        together(
                () -> {
                    try (SSLSocket s = known.connect("localhost", port)) {
                        s.getOutputStream().write("ab\n".getBytes(StandardCharsets.US_ASCII));
                        assertEquals('b', s.getInputStream().read());
                    }
                });
        Throwable refused =
                thrownBy(
                        () -> {
                            try (SSLSocket s =
                                    client().protocols(version).connect("localhost", port)) {
                                talkAsClient(s);
                            }
                        });
        assertTrue(refused instanceof IOException, "" + refused);
    }

    @Test
    void largeFileFromOpenssl() throws Exception {
        byte[] data = data(5_000_000);
        Files.write(file("large.bin"), data);
        int port = serve("-WWW");
        together(
                () -> {
                    try (SSLSocket s = client().connect("localhost", port)) {
                        s.getOutputStream()
                                .write(
                                        "GET /large.bin HTTP/1.0\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                        InputStream in = s.getInputStream();
                        var head = new StringBuilder();
                        while (head.indexOf("\r\n\r\n") < 0) {
                            head.append((char) in.read());
                        }
                        assertArrayEquals(data, in.readAllBytes());
                    }
                });
    }

    // ---- curl

    @ParameterizedTest
    @ValueSource(strings = {"--tlsv1.3", "--tls-max 1.2"})
    void curlFetchesAPage(String version) throws Exception {
        Assumptions.assumeTrue(Certificates.runs("curl", "--version"), "curl is missing");
        byte[] body = data(300_000);
        try (var listener = server().alpn("http/1.1").listen(loopback())) {
            List<String> command = new ArrayList<>(List.of("curl", "-sS", "--cacert", "ca.pem"));
            command.addAll(List.of(version.split(" ", -1)));
            command.add("--resolve");
            command.add("localhost:" + listener.getLocalPort() + ":127.0.0.1");
            command.add("https://localhost:" + listener.getLocalPort() + "/");
            Process p = start(command.toArray(String[]::new));
            together(
                    () -> {
                        try (Socket s = listener.accept()) {
                            InputStream in = s.getInputStream();
                            int ignored = in.read(new byte[8192]);
                            s.getOutputStream()
                                    .write(
                                            ("HTTP/1.1 200 OK\r\nContent-Length: "
                                                            + body.length
                                                            + "\r\n\r\n")
                                                    .getBytes(StandardCharsets.US_ASCII));
                            s.getOutputStream().write(body);
                            assertEquals(-1, in.read());
                        }
                    },
                    () ->
                            assertArrayEquals(
                                    body,
                                    Jevent.blocking(() -> p.getInputStream().readAllBytes())));
        }
    }
}
