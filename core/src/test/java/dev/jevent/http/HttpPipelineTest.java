package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jevent.event.Event;

import org.junit.jupiter.api.Test;

/** Requests that are sent before the answers to others have come. */
class HttpPipelineTest extends HttpScenario {

    private final Event go = new Event();

    private void handle(Request request, Response response) throws Exception {
        if (request.path().equals("/slow")) {
            go.await();
        }
        response.send(request.path());
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n";
    }

    @Test
    void anAnswerDoesNotWaitForTheNextHandler() throws Exception {
        HttpServer server = started(this::handle);
        try (Client c = client(server)) {
            Client ignored = c.say(get("/a") + get("/b") + get("/slow") + get("/c"));

            assertEquals("/a", c.answer().text());
            assertEquals("/b", c.answer().text());
            go.set();
            assertEquals("/slow", c.answer().text());
            assertEquals("/c", c.answer().text());
        }
    }

    @Test
    void whatIsWrittenWhileAnotherGreenletSendsIsNotLost() throws Exception {
        byte[] much = new byte[8 << 20];
        HttpServer server =
                started(
                        (request, response) -> {
                            if (request.path().equals("/much")) {
                                response.send(much);
                            } else {
                                handle(request, response);
                            }
                        });
        try (Client c = client(server)) {
            Client ignored = c.say(get("/a").repeat(40) + get("/much") + get("/b").repeat(40));

            for (int i = 0; i < 40; i++) {
                assertEquals("/a", c.answer().text());
            }
            assertEquals(much.length, c.answer().body().length);
            for (int i = 0; i < 40; i++) {
                assertEquals("/b", c.answer().text());
            }
        }
    }
}
