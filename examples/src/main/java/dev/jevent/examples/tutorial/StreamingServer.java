package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A web server that sends its answer bit by bit; try it with {@code curl -N localhost:8088}. */
public final class StreamingServer {

    private StreamingServer() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8088;
        var server = new HttpServer(port, StreamingServer::application);
        server.start();
        System.out.println("StreamingServer listens on port " + server.port());
        server.serveForever();
    }

    private static void application(Request request, Response response) throws IOException {
        response.contentType("text/html");
        for (String part : new String[] {"<p>Hello", "World</p>", "\n"}) {
            response.body().write(part.getBytes(StandardCharsets.US_ASCII));
            response.flush(); // a chunk of its own, and on its way
            sleep(0);
        }
    }
}
