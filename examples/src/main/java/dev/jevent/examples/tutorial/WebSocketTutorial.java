package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.websocket.WebSocket;

import java.io.IOException;

/** A page draws what a WebSocket tells it; open {@code http://localhost:8088}. */
public final class WebSocketTutorial {

    private static final String PAGE =
            """
            <!DOCTYPE html>
            <title>squares</title>
            <pre></pre>
            <script>
              const socket = new WebSocket(`ws://${location.host}/data`);
              socket.onmessage = (e) => document.querySelector("pre").append(e.data + "\\n");
            </script>
            """;

    private WebSocketTutorial() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8088;
        var server = new HttpServer(port, WebSocketTutorial::handle);
        server.start();
        System.out.println("WebSocketTutorial listens on port " + server.port());
        server.serveForever();
    }

    private static void handle(Request request, Response response) throws IOException {
        if (request.path().equals("/data")) {
            try (WebSocket socket = WebSocket.accept(request, response)) {
                for (int i = 0; i < 10; i++) {
                    socket.send(i + " " + i * i);
                    sleep(20);
                }
            }
        } else {
            response.send("text/html", PAGE);
        }
    }
}
