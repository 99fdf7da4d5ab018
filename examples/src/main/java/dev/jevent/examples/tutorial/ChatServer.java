package dev.jevent.examples.tutorial;

import dev.jevent.http.HttpException;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.queue.Empty;
import dev.jevent.queue.Queue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Chat rooms over plain HTTP: {@code curl -d hello localhost:8088/lobby/ann} says something, {@code
 * curl localhost:8088/lobby/ben} waits for the next thing that was said. Each user has a queue.
 */
public final class ChatServer {

    private static final class Room {
        final Map<String, Queue<String>> users = new HashMap<>();
        final List<String> backlog = new ArrayList<>();

        Queue<String> queueOf(String user) {
            return users.computeIfAbsent(user, name -> Queue.of(backlog));
        }

        void add(String message) {
            users.values().forEach(queue -> queue.add(message));
            backlog.add(message);
        }
    }

    private static final Map<String, Room> ROOMS = new HashMap<>();

    private ChatServer() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8088;
        var server = new HttpServer(port, ChatServer::handle);
        server.start();
        System.out.println("ChatServer listens on port " + server.port());
        server.serveForever();
    }

    private static void handle(Request request, Response response) throws IOException {
        String[] path = request.path().split("/");
        if (path.length != 3) {
            throw new HttpException(404, "use /ROOM/USER");
        }
        Room room = ROOMS.computeIfAbsent(path[1], name -> new Room());
        if (request.is("POST")) {
            room.add(path[2] + ": " + request.text());
            response.send("ok\n");
            return;
        }
        try {
            response.send(room.queueOf(path[2]).get(Duration.ofSeconds(10)) + "\n");
        } catch (Empty e) {
            response.send("\n"); // nobody has said anything; ask again
        }
    }
}
