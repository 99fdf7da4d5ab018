package dev.jevent.examples.chatroom;

import dev.jevent.examples.chatroom.Json.FromPage;
import dev.jevent.examples.chatroom.Json.Presence;
import dev.jevent.examples.chatroom.Json.Renamed;
import dev.jevent.examples.chatroom.Json.Said;
import dev.jevent.examples.chatroom.Json.Welcome;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Who is in a room, and what was said last. A plain object: none of its methods waits, so no other
 * greenlet sees it half changed. What it tells its guests is put into their queues.
 *
 * <p>Messages are numbered, so that who comes back gets what was missed and no more. The numbers
 * begin anew with the server; the epoch tells those of one life from those of another.
 */
final class Room {

    private record Entry(String key, long ref, Said said) {

        Said to(Guest reader) {
            return key.equals(reader.key()) ? said.forAuthor(ref) : said;
        }
    }

    private final String name;
    private final Rules rules;
    private final InstantSource clock;
    private final String epoch = Long.toString(ThreadLocalRandom.current().nextLong(), 36);
    private final Deque<Entry> history = new ArrayDeque<>();
    private final Map<String, Guest> guests = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private long lastNumber;
    private int doors;

    Room(String name, Rules rules, InstantSource clock) {
        this.name = name;
        this.rules = rules;
        this.clock = clock;
    }

    // ---- coming and going

    /** Somebody is on the way in, or in it. */
    void openDoor() {
        doors++;
    }

    void closeDoor() {
        doors--;
    }

    boolean isDeserted() {
        return doors == 0;
    }

    /**
     * Who joins with the key of somebody who is there takes the place of that one.
     *
     * @return false if there is no room for one more
     */
    boolean enter(Guest guest, FromPage join) {
        String before = takePlace(guest);
        if (guests.size() >= rules.guests()) {
            return false;
        }
        String free = freeName(join.name());
        guest.name(free);
        guests.put(free, guest);
        guest.tell(Json.write(welcome(guest, join)));
        if (before == null) {
            tellOthers(guest, new Presence("joined", free));
        } else if (!before.equals(free)) {
            tellOthers(guest, new Renamed(before, free));
        }
        return true;
    }

    /** The name of the one that is replaced, or null. */
    private String takePlace(Guest guest) {
        for (Guest g : guests.values()) {
            if (g.key().equals(guest.key())) {
                guests.remove(g.name());
                g.end(Guest.REPLACED, "the chat goes on in another window");
                return g.name();
            }
        }
        return null;
    }

    private String freeName(String wanted) {
        String clean = Texts.name(wanted, rules.nameLength());
        String base = clean.isEmpty() ? "guest" : clean;
        String free = base;
        for (int i = 2; guests.containsKey(free); i++) {
            free = base + " " + i;
        }
        return free;
    }

    private Welcome welcome(Guest guest, FromPage join) {
        long after = epoch.equals(join.epoch()) ? join.after() : 0;
        List<Said> missed = new ArrayList<>();
        for (Entry entry : history) {
            if (entry.said.number() > after) {
                missed.add(entry.to(guest));
            }
        }
        boolean gap = !missed.isEmpty() && missed.getFirst().number() > after + 1;
        return new Welcome(
                "welcome",
                name,
                epoch,
                guest.name(),
                List.copyOf(guests.keySet()),
                gap,
                missed,
                rules.textLength());
    }

    /** Does nothing if another has taken its place, or it was shown out. */
    void leave(Guest guest) {
        if (guests.remove(guest.name(), guest)) {
            tellOthers(guest, new Presence("left", guest.name()));
        }
    }

    void rename(Guest guest, String wanted) {
        String before = guest.name();
        guests.remove(before);
        String free = freeName(wanted);
        guest.name(free);
        guests.put(free, guest);
        tell(Json.write(new Renamed(before, free)), g -> true);
    }

    // ---- talking

    void say(Guest author, String text, long ref) {
        var said = new Said(++lastNumber, author.name(), text, clock.millis());
        history.add(new Entry(author.key(), ref, said));
        if (history.size() > rules.history()) {
            history.remove();
        }
        tell(Json.write(said.forAuthor(ref)), g -> g == author);
        tellOthers(author, said);
    }

    void typing(Guest guest) {
        String json = Json.write(new Presence("typing", guest.name()));
        tell(json, g -> g != guest && g.keepsUp());
    }

    private void tellOthers(Guest one, Object message) {
        tell(Json.write(message), g -> g != one);
    }

    /** Each text is made once, however many get it. Who does not read is shown out. */
    private void tell(String json, Predicate<Guest> whom) {
        List<Guest> slow = new ArrayList<>();
        for (Guest guest : guests.values()) {
            if (whom.test(guest) && !guest.tell(json)) {
                slow.add(guest);
            }
        }
        for (Guest guest : slow) {
            guest.end(Guest.TRY_AGAIN, "you read too slowly");
            leave(guest);
        }
    }
}
