package dev.jevent.examples.chatroom;

import java.time.Duration;

/**
 * What is allowed.
 *
 * @param rooms at once
 * @param guests in a room
 * @param history how many messages a room remembers
 * @param nameLength characters of a name, at most
 * @param textLength characters of a message, at most
 * @param queue how many messages may wait for a guest that reads slowly, before that one is dropped
 * @param burst how many messages a guest may send at once
 * @param perSecond how many of them may follow in a second
 * @param joinTime how long a browser may take to say who it is
 * @param ping after so long without a sign of life a browser is asked for one; after twice that, a
 *     phone that fell asleep leaves the room
 */
record Rules(
        int rooms,
        int guests,
        int history,
        int nameLength,
        int textLength,
        int queue,
        int burst,
        double perSecond,
        Duration joinTime,
        Duration ping) {

    static Rules defaults() {
        return new Rules(
                1000,
                500,
                100,
                24,
                2000,
                256,
                8,
                1,
                Duration.ofSeconds(10),
                Duration.ofSeconds(20));
    }

    /** The longest message on the wire: each character of the text may be written as an escape. */
    int wireLength() {
        return 6 * textLength + 2000;
    }
}
