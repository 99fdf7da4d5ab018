package dev.jevent.examples.chatroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import dev.jevent.websocket.WebSocket;
import dev.jevent.websocket.WebSocketOptions;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Somebody in a room, as a page is: over jevent's own WebSocket client. */
final class Visitor implements AutoCloseable {

    /** A room that says nothing for so long has forgotten it. */
    private static final WebSocketOptions OPTIONS =
            WebSocketOptions.defaults()
                    .pingInterval(Duration.ZERO)
                    .idleTimeout(Duration.ofSeconds(20));

    final WebSocket socket;
    private JsonObject welcome = new JsonObject();

    private Visitor(WebSocket socket) {
        this.socket = socket;
    }

    /** Connects, and says nothing. */
    static Visitor silent(URI room) throws Exception {
        return new Visitor(WebSocket.connect(room, OPTIONS));
    }

    static Visitor join(URI room, String name) throws Exception {
        return join(room, name, "key of " + name, "", 0);
    }

    static Visitor join(URI room, String name, String key, String epoch, long after)
            throws Exception {
        Visitor visitor = silent(room);
        visitor.send("type", "join", "name", name, "key", key, "epoch", epoch, "after", after);
        visitor.welcome = visitor.hears("welcome");
        return visitor;
    }

    // ---- what the room said when it came

    String name() {
        return welcome.get("name").getAsString();
    }

    String epoch() {
        return welcome.get("epoch").getAsString();
    }

    boolean gap() {
        return welcome.get("gap").getAsBoolean();
    }

    List<String> people() {
        List<String> names = new ArrayList<>();
        welcome.getAsJsonArray("people").forEach(p -> names.add(p.getAsString()));
        return names;
    }

    /** The messages, as {@code number name: text}. */
    List<String> said() {
        List<String> all = new ArrayList<>();
        for (JsonElement m : welcome.getAsJsonArray("said")) {
            all.add(shown(m.getAsJsonObject()));
        }
        return all;
    }

    static String shown(JsonObject m) {
        String name = m.get("name").getAsString() + (m.get("mine").getAsBoolean() ? " (me)" : "");
        return m.get("number").getAsLong() + " " + name + ": " + m.get("text").getAsString();
    }

    // ---- talking

    void send(Object... namesAndValues) throws Exception {
        var message = new java.util.LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            message.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        raw(Json.write(Map.copyOf(message)));
    }

    void raw(String text) throws Exception {
        socket.send(text);
    }

    void say(String text) throws Exception {
        say(text, 1);
    }

    void say(String text, long ref) throws Exception {
        send("type", "say", "text", text, "ref", ref);
    }

    /** What it is told next; null at the end. */
    JsonObject next() throws Exception {
        String text = socket.receiveText();
        return text == null ? null : JsonParser.parseString(text).getAsJsonObject();
    }

    JsonObject hears(String type) throws Exception {
        JsonObject m = next();
        assertNotNull(m, () -> "closed with " + socket.closeCode() + " " + socket.closeReason());
        assertEquals(type, m.get("type").getAsString(), m::toString);
        return m;
    }

    void hears(String type, String name) throws Exception {
        assertEquals(name, hears(type).get("name").getAsString());
    }

    void hearsSaid(String shown) throws Exception {
        assertEquals(shown, shown(hears("said")));
    }

    /** It is told nothing more; the code with which it was closed. */
    int closed() throws Exception {
        JsonObject m = next();
        assertEquals(null, m);
        return socket.closeCode();
    }

    @Override
    public void close() {
        socket.close();
    }
}
