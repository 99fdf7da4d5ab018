package dev.jevent.examples.chatroom;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;

import java.util.List;

/** What goes over the wire, as JSON: here are all its forms. */
final class Json {

    private static final Gson GSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();

    private Json() {}

    // ---- from the page

    /**
     * Whatever a page says; what its type has not is null or zero.
     *
     * @param type {@code join} (name, key, epoch, after), {@code say} (text, ref), {@code name}
     *     (name) or {@code typing}
     * @param name how the guest wants to be called
     * @param key a secret of the window: who joins with it again is the same guest
     * @param epoch where the page's last message is from, see {@link Room}
     * @param after the number of the page's last message
     * @param text what is said
     * @param ref the page's own number for it, by which a repetition is recognised
     */
    record FromPage(
            String type,
            String name,
            String key,
            String epoch,
            long after,
            String text,
            long ref) {}

    /** Reads what a page says. */
    static FromPage read(String json) throws Refusal {
        FromPage said;
        try {
            said = GSON.fromJson(json, FromPage.class);
        } catch (JsonParseException e) {
            throw new Refusal("this is no JSON, or none of a chat");
        }
        if (said == null || said.type == null) {
            throw new Refusal("a message without a type");
        }
        return said;
    }

    // ---- to the page

    /** A message. {@code mine}, with the page's {@code ref}, in the copy for its author. */
    record Said(
            String type, long number, String name, String text, long time, boolean mine, long ref) {

        Said(long number, String name, String text, long time) {
            this("said", number, name, text, time, false, 0);
        }

        Said forAuthor(long reference) {
            return new Said(type, number, name, text, time, true, reference);
        }
    }

    /** For who comes: the name that it got, who is there, and what was said since. */
    record Welcome(
            String type,
            String room,
            String epoch,
            String name,
            List<String> people,
            boolean gap,
            List<Said> said,
            int textLength) {}

    /** Somebody joined, left or types. */
    record Presence(String type, String name) {}

    /** Somebody has another name. */
    record Renamed(String type, String from, String to) {

        Renamed(String from, String to) {
            this("renamed", from, to);
        }
    }

    /** A message was not accepted. */
    record Refused(String type, long ref, String reason) {

        Refused(long ref, String reason) {
            this("refused", ref, reason);
        }
    }

    static String write(Object message) {
        return GSON.toJson(message);
    }
}
