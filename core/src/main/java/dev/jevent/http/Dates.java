package dev.jevent.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The Date field, made once a second. Any thread: two of them at most make the same one. At home
 * the clock is looked at once in a turn of the hub.
 */
final class Dates {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    private record Second(long second, byte[] field) {}

    private final Home home;
    private volatile Second last = make(0);
    private byte[] ofTurn = last.field; // both of the home's thread
    private long turn = -1;

    Dates(Home home) {
        this.home = home;
    }

    /** The field of now, with its end. Not to be changed. */
    byte[] field() {
        if (!home.isHere()) {
            return now();
        }
        long t = home.turns();
        if (t != turn) {
            ofTurn = now();
            turn = t;
        }
        return ofTurn;
    }

    private byte[] now() {
        long second = System.currentTimeMillis() / 1000;
        Second s = last;
        if (s.second != second) {
            s = make(second);
            last = s;
        }
        return s.field;
    }

    private static Second make(long second) {
        return new Second(
                second,
                ("Date: " + format(Instant.ofEpochSecond(second)) + "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A time as HTTP writes it: {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    static String format(Instant time) {
        return FORMAT.format(time);
    }
}
