package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.server.StreamServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

class HelloHttpTest {

    private static final String HELLO =
            """
            HTTP/1.1 200 OK\r
            Content-Type: text/plain\r
            Content-Length: 14\r
            Connection: keep-alive\r
            \r
            Hello, world!
            """;
    private static final String HELLO_AND_BYE = HELLO.replace("keep-alive", "close");
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    private Served served;

    @BeforeEach
    void serve() throws Exception {
        served = Served.start(port -> new StreamServer(port, HelloHttp::serve));
    }

    @AfterEach
    void stop() throws Exception {
        served.close();
    }

    /** Sends it in pieces, each in a packet of its own, and answers all that comes back. */
    private String ask(String... pieces) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            socket.setTcpNoDelay(true);
            for (String piece : pieces) {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                if (pieces.length > 1) {
                    Thread.sleep(1); // so that they arrive one by one; it must work anyhow
                }
            }
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void theJdksClientIsAnsweredManyTimesAtOnce() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + served.port() + "/");
            var answers = new ArrayList<CompletableFuture<String>>();
            for (int i = 0; i < 200; i++) {
                HttpRequest request =
                        HttpRequest.newBuilder(uri)
                                .POST(BodyPublishers.ofString("x".repeat(i * 100)))
                                .build();
                answers.add(
                        client.sendAsync(request, BodyHandlers.ofString())
                                .thenApply(r -> r.statusCode() + r.body()));
            }
            for (var answer : answers) {
                assertEquals("200Hello, world!\n", answer.get());
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOneGo() throws Exception {
        assertEquals(HELLO.repeat(50), ask(GET.repeat(50)));
    }

    @Test
    void anAnswerDoesNotWaitForTheRestOfTheNextRequest() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            socket.getOutputStream().write((GET + "GET / HT").getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(HELLO.length());
            assertEquals(HELLO, new String(answer, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void theEndOfAHeadIsFoundWhereverTheRequestIsCut() throws Exception {
        String request = GET + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + GET;
        for (int cut = 1; cut < request.length(); cut++) {
            assertEquals(HELLO.repeat(3), ask(request.substring(0, cut), request.substring(cut)));
        }
        assertEquals(HELLO.repeat(3), ask(request.split("")));
    }

    @Test
    void aBodyIsSkippedEvenIfItLooksLikeARequest() throws Exception {
        String body = GET.repeat(1000);
        String post =
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body;
        assertEquals(HELLO.repeat(3), ask(post + post + GET));
    }

    @Test
    void connectionsEndAsTheClientWishes() throws Exception {
        assertEquals(
                HELLO_AND_BYE, ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n" + GET));
        assertEquals(HELLO_AND_BYE, ask("GET / HTTP/1.0\r\n\r\n" + GET));
        assertEquals(
                HELLO + HELLO_AND_BYE,
                ask("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET / HTTP/1.0\r\n\r\n"));
    }

    @Test
    void headHasNoBody() throws Exception {
        String head = HELLO.substring(0, HELLO.indexOf("Hello"));
        assertEquals(head + HELLO, ask("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + GET));
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        for (String bad :
                List.of(
                        "\0\1\2\r\n\r\n",
                        "GET /\r\n\r\n",
                        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
                        "GET / HTTP/1.1\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2"
                                + "\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: x")) {
            String answer = ask(GET + bad + GET);
            assertTrue(answer.startsWith(HELLO + "HTTP/1.1 400 Bad Request\r\n"), bad + answer);
            assertTrue(answer.endsWith("\r\n\r\n400 Bad Request\n"), bad + answer);
        }
        String chunked =
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assertTrue(ask(chunked).startsWith("HTTP/1.1 501 Not Implemented\r\n"));
    }

    @Test
    void aHeadWithoutEndIsRefused() throws Exception {
        String long1 = "GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(100_000);
        assertTrue(ask(long1).startsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    }

    @Test
    void curlIsAnswered() throws Exception {
        Process curl;
        String url = "http://127.0.0.1:" + served.port() + "/";
        try {
            curl = new ProcessBuilder("curl", "-sS", "-d", "x=1", url, url).start();
        } catch (IOException e) {
            assumeTrue(false, "there is no curl here");
            return;
        }
        var out = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("Hello, world!\nHello, world!\n", out);
        assertEquals(0, curl.waitFor());
    }
}
