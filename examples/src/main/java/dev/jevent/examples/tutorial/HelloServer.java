package dev.jevent.examples.tutorial;

import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import java.io.IOException;

/** A web server with one page; try it with {@code curl localhost:8088}. */
public final class HelloServer {

    private HelloServer() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8088;
        var server = new HttpServer(port, HelloServer::application);
        server.start();
        System.out.println("HelloServer listens on port " + server.port());
        server.serveForever();
    }

    private static void application(Request request, Response response) throws IOException {
        response.contentType("text/html");
        if (request.path().equals("/")) {
            response.send("<b>Hello world!</b>\n");
        } else {
            response.status(404).send("<h1>Not Found</h1>\n");
        }
    }
}
