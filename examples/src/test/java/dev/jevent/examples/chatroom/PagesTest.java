package dev.jevent.examples.chatroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** The page and what belongs to it, over HTTP. */
class PagesTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private Running running;

    @BeforeEach
    void start() throws Exception {
        running = Running.start(Rules.defaults());
    }

    @AfterEach
    void stop() {
        client.close();
        running.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        URI uri = running.page("x").resolve(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void theWayInLeadsToTheLobby() throws Exception {
        HttpResponse<String> response = get("/");
        assertEquals(302, response.statusCode());
        assertEquals("rooms/lobby", header(response, "Location"));
        assertEquals(200, get("/rooms/lobby").statusCode());
        assertEquals(200, get("/rooms/k%C3%BCche_2").statusCode());
    }

    @Test
    void whatBelongsToThePageIsThereAndNothingComesFromElsewhere() throws Exception {
        for (String path : List.of("/rooms/lobby", "/chat.css", "/chat.js", "/chat.svg")) {
            HttpResponse<String> response = get(path);
            assertEquals(200, response.statusCode(), path);
            String policy = header(response, "Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'none';"), policy);
            assertFalse(policy.contains("unsafe") || policy.contains("http"), policy);
            assertEquals("nosniff", header(response, "X-Content-Type-Options"));
            String body = response.body().replace("http://www.w3.org/2000/svg", "");
            assertFalse(body.matches("(?s).*(src|href|url\\(|@import|from)\\W{1,3}(https?:)?//.*"));
            assertFalse(
                    body.matches("(?s).*<script>.*|.*<style.*|.* style=.*|.*innerHTML.*"), path);
        }
        assertTrue(header(get("/chat.js"), "Content-Type").startsWith("text/javascript"));
    }

    @Test
    void whatTheBrowserHasIsNotSentAgain() throws Exception {
        String tag = header(get("/chat.css"), "ETag");
        HttpResponse<String> again = get("/chat.css", "If-None-Match", tag);
        assertEquals(304, again.statusCode());
        assertEquals("", again.body());
        assertEquals(tag, header(again, "ETag"));
        assertEquals("no-cache", header(again, "Cache-Control"));
        assertEquals(200, get("/chat.css", "If-None-Match", "\"old\"").statusCode());
    }

    @Test
    void elsewhereThereIsNothing() throws Exception {
        for (String path :
                List.of(
                        "/rooms/",
                        "/rooms/a/b",
                        "/rooms/a%20b",
                        "/rooms/..%2f..%2fx",
                        "/rooms/" + "x".repeat(33),
                        "/Chat.class",
                        "/..%2fChat.class",
                        "/favicon.ico")) {
            assertEquals(404, get(path).statusCode(), path);
        }
    }

    @Test
    void onlyWhatReadsIsAllowed() throws Exception {
        HttpRequest post =
                HttpRequest.newBuilder(running.page("x"))
                        .POST(BodyPublishers.ofString("x"))
                        .build();
        HttpResponse<String> response = client.send(post, BodyHandlers.ofString());
        assertEquals(405, response.statusCode());
        assertEquals("GET, HEAD", header(response, "Allow"));
    }

    @Test
    void theSocketIsNoPage() throws IOException, Exception {
        int status = get("/rooms/lobby/socket").statusCode();
        assertTrue(status == 400 || status == 426, "" + status);
    }
}
