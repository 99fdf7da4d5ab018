package dev.jevent.examples;

import dev.jevent.examples.chatroom.Chat;
import dev.jevent.http.HttpServer;

import java.io.IOException;
import java.time.Duration;

/**
 * Chat rooms in the browser, over WebSocket. Each address {@code /rooms/NAME} is a room of its own;
 * {@link Chat} answers what the browsers ask for.
 */
public final class ChatRoom {

    private ChatRoom() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        var server = new HttpServer(port, new Chat());
        server.stopTimeout(Duration.ofSeconds(3)).start(); // Ctrl-C: all pages are told
        System.out.println("ChatRoom listens on port " + server.port());
        System.out.println("Open http://localhost:" + server.port() + "/ in two windows.");
        server.serveForever();
    }
}
