package dev.jevent.httpserver;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date field, made once a second. Any thread: two of them at most make the same one. */
final class Dates {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private record Second(long second, String text) {}

    private static volatile Second last = make(0);

    private Dates() {}

    static String now() {
        long second = System.currentTimeMillis() / 1000;
        Second s = last;
        if (s.second != second) {
            s = make(second);
            last = s;
        }
        return s.text;
    }

    private static Second make(long second) {
        return new Second(second, FORMAT.format(Instant.ofEpochSecond(second)));
    }
}
