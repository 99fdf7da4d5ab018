package dev.jevent.examples.chatroom;

import dev.jevent.Jevent;
import dev.jevent.examples.chatroom.Json.FromPage;
import dev.jevent.examples.chatroom.Json.Refused;
import dev.jevent.queue.SimpleQueue;
import dev.jevent.websocket.WebSocket;

import java.io.IOException;

/**
 * One window that looks at a room. It has two greenlets: the reader, which is that of its
 * connection, and a writer, which sends what the room has put into its queue. So a slow window
 * delays nobody; when its queue is full it is shown out.
 */
final class Guest {

    // Close codes: RFC 6455, section 7.4; those from 4000 on are for programs like this.
    static final int AGAINST_THE_RULES = 1008;
    static final int TRY_AGAIN = 1013;
    static final int REPLACED = 4000;

    private static final int LONGEST_KEY = 64;

    private final WebSocket socket;
    private final Rules rules;
    private final SimpleQueue<String> queue;
    private final Allowance frames = new Allowance(200, 20);
    private final Allowance notices = new Allowance(2, 1);
    private final Allowance messages;
    private boolean ended;
    private String key = "";
    private String name = "";

    Guest(WebSocket socket, Rules rules) {
        this.socket = socket;
        this.rules = rules;
        queue = new SimpleQueue<>(rules.queue());
        messages = new Allowance(rules.burst(), rules.perSecond());
    }

    String key() {
        return key;
    }

    String name() {
        return name;
    }

    void name(String given) {
        name = given;
    }

    // ---- what the room tells it; never waits

    /** False if it does not keep up. */
    boolean tell(String json) {
        return queue.offer(json);
    }

    /** Whether it has room for what is not important. */
    boolean keepsUp() {
        return queue.size() < rules.queue() / 2;
    }

    /** Says why, and closes its connection, if need be without its consent. */
    void end(int code, String reason) {
        ended = true;
        var _ = Jevent.spawn(() -> socket.close(code, reason));
    }

    // ---- its greenlets

    /** Stays until the connection ends. */
    void visit(Room room) throws IOException {
        try (var _ = Jevent.spawn(this::write)) {
            read(room);
        } finally {
            room.leave(this);
        }
    }

    private void read(Room room) throws IOException {
        try {
            if (join(room)) {
                talk(room);
            }
        } catch (Refusal e) {
            room.leave(this);
            socket.close(AGAINST_THE_RULES, e.getMessage());
        }
    }

    private void write() throws InterruptedException {
        try {
            for (; ; ) {
                socket.send(queue.take());
            }
        } catch (IOException e) {
            return; // it is closed; the reader sees that too
        }
    }

    private boolean join(Room room) throws IOException, Refusal {
        FromPage first;
        try (var _ = Jevent.spawnLater(rules.joinTime(), this::hurry)) {
            first = receive();
        }
        if (first == null) {
            return false;
        }
        if (!first.type().equals("join")
                || first.key() == null
                || first.key().isEmpty()
                || first.key().length() > LONGEST_KEY) {
            throw new Refusal("who comes says join, with a key");
        }
        key = first.key();
        if (!room.enter(this, first)) {
            socket.close(TRY_AGAIN, "the room is full");
            return false;
        }
        return true;
    }

    private void hurry() {
        socket.close(AGAINST_THE_RULES, "nobody has joined");
    }

    private void talk(Room room) throws IOException, Refusal {
        for (FromPage said = receive(); said != null; said = receive()) {
            if (!ended) { // or what it says is of no interest any more
                hear(room, said);
            }
        }
    }

    private void hear(Room room, FromPage said) throws Refusal {
        switch (said.type()) {
            case "say" -> say(room, said);
            case "name" -> rename(room, said);
            case "typing" -> {
                if (notices.take()) {
                    room.typing(this);
                }
            }
            default -> throw new Refusal("a message of a type that there is not");
        }
    }

    /** The next message; null at the end of the connection. */
    private FromPage receive() throws IOException, Refusal {
        String json = socket.receiveText();
        if (json == null) {
            return null;
        }
        if (!frames.take()) {
            throw new Refusal("too many messages");
        }
        return Json.read(json);
    }

    private void say(Room room, FromPage said) {
        String text = Texts.text(said.text());
        if (text.isEmpty()) {
            refuse(said, "There is nothing in this message.");
        } else if (text.length() > rules.textLength()) {
            refuse(said, "This is longer than " + rules.textLength() + " characters.");
        } else if (!messages.take()) {
            refuse(said, "You write faster than others can read. Wait a few seconds.");
        } else {
            room.say(this, text, said.ref());
        }
    }

    private void rename(Room room, FromPage said) {
        if (messages.take()) {
            room.rename(this, said.name());
        } else {
            refuse(said, "You change your name too often. Wait a few seconds.");
        }
    }

    private void refuse(FromPage said, String reason) {
        // If there is no room for that it does not read, and will learn of it by being shown out.
        boolean ignored = tell(Json.write(new Refused(said.ref(), reason)));
    }
}
