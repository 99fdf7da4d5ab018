package dev.jevent.examples.chatroom;

import dev.jevent.http.HttpException;
import dev.jevent.http.HttpHandler;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.websocket.WebSocket;
import dev.jevent.websocket.WebSocketOptions;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers for a chat: the page, and a WebSocket for each window that looks at it. For a server of
 * one hub.
 *
 * <pre>
 *   /                    goes to /rooms/lobby
 *   /rooms/NAME          the page
 *   /rooms/NAME/socket   its WebSocket
 *   /chat.css ...        what belongs to the page
 * </pre>
 */
public final class Chat implements HttpHandler {

    private static final Pattern ROOM =
            Pattern.compile("/rooms/([\\p{L}\\p{N}_-]{1,32})(/socket)?");

    private final Rules rules;
    private final InstantSource clock;
    private final WebSocketOptions options;
    private final Pages pages = new Pages("chat.html", "chat.css", "chat.js", "chat.svg");
    private final Map<String, Room> rooms = new LinkedHashMap<>(); // the oldest first

    /** With nobody in it. */
    public Chat() {
        this(Rules.defaults(), InstantSource.system());
    }

    Chat(Rules rules, InstantSource clock) {
        this.rules = rules;
        this.clock = clock;
        options =
                WebSocketOptions.defaults()
                        .maxMessage(rules.wireLength())
                        .pingInterval(rules.ping())
                        .closeTimeout(Duration.ofSeconds(2));
    }

    @Override
    public void handle(Request request, Response response) throws IOException {
        if (!request.is("GET") && !request.is("HEAD")) {
            response.status(405).header("Allow", "GET, HEAD").send("Only GET and HEAD.\n");
            return;
        }
        String path = request.path();
        Matcher m = ROOM.matcher(path);
        if (path.equals("/")) {
            response.status(302).header("Location", "rooms/lobby").send();
        } else if (!m.matches()) {
            pages.send(path.substring(1), request, response);
        } else if (m.group(2) == null) {
            pages.send("chat.html", request, response);
        } else {
            visit(room(m.group(1)), request, response);
        }
    }

    private void visit(Room room, Request request, Response response) throws IOException {
        room.openDoor();
        try (WebSocket socket = WebSocket.accept(request, response, options)) {
            new Guest(socket, rules).visit(room);
        } catch (IOException e) {
            return; // gone without a word
        } finally {
            room.closeDoor();
        }
    }

    /** A room is there as soon as somebody goes to it, and until its place is needed. */
    private Room room(String name) {
        Room room = rooms.get(name);
        if (room == null) {
            if (rooms.size() >= rules.rooms()) {
                rooms.values().removeIf(Room::isDeserted);
            }
            if (rooms.size() >= rules.rooms()) {
                throw new HttpException(503, "there is no room left");
            }
            room = new Room(name, rules, clock);
            rooms.put(name, room);
        }
        return room;
    }
}
