package dev.jevent.examples;

import dev.jevent.http.HttpServer;

import java.io.IOException;

/** Greets whoever comes: the smallest web server. */
public final class HelloWeb {

    private HelloWeb() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        var server = newServer(port);
        server.start();
        System.out.println("HelloWeb listens on port " + server.port());
        server.serveForever();
    }

    static HttpServer newServer(int port) {
        return new HttpServer(port, (request, response) -> response.send("Hello, world!\n"));
    }
}
