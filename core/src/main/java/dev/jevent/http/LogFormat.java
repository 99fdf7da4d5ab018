package dev.jevent.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How an exchange becomes a line. Any thread. */
abstract sealed class LogFormat {

    private static final String TOO_FAST =
            " lines are missing here: they came faster than they could be written";

    /** One line, with its end. */
    abstract void put(Exchange exchange, LineBuffer to);

    /** The line that says that so many are missing. */
    abstract void putGap(long lines, Instant now, LineBuffer to);

    /** Times up to the second, of which each is formatted once and used by all that follow. */
    static final class Seconds {
        private record Second(long second, byte[] text) {}

        private final DateTimeFormatter format;
        private volatile Second last; // two threads at most make the same one

        Seconds(String pattern, ZoneId zone) {
            format = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(zone);
            last = make(0);
        }

        /** As logs for machines have it, without fraction and zone. */
        static Seconds iso() {
            return new Seconds("uuuu-MM-dd'T'HH:mm:ss", ZoneOffset.UTC);
        }

        private Second make(long second) {
            return new Second(
                    second,
                    format.format(Instant.ofEpochSecond(second))
                            .getBytes(StandardCharsets.ISO_8859_1));
        }

        byte[] of(Instant time) {
            Second s = last;
            if (s.second != time.getEpochSecond()) {
                s = make(time.getEpochSecond());
                last = s;
            }
            return s.text;
        }

        /** With milliseconds, and the zone of {@link #iso}. */
        @SuppressWarnings("JavaInstantGetSecondsGetNano") // the seconds are in front of it
        void putMillis(Instant time, LineBuffer to) {
            LineBuffer ignored = to.put(of(time)).put('.');
            ignored = to.putDigits(time.getNano() / 1_000_000, 3).put('Z');
        }
    }

    /** The address without the port; a client of a Unix-domain socket has none. */
    static String host(SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress internet)) {
            return "unix";
        }
        InetAddress address = internet.getAddress();
        return address == null ? internet.getHostString() : address.getHostAddress();
    }

    /** The Common Log Format of NCSA httpd, and the combined one of Apache httpd. */
    static final class Text extends LogFormat {
        private final Seconds seconds;
        private final boolean combined;

        Text(boolean combined, ZoneId zone) {
            seconds = new Seconds("dd/MMM/yyyy:HH:mm:ss Z", zone);
            this.combined = combined;
        }

        @Override
        void put(Exchange e, LineBuffer to) {
            LineBuffer ignored =
                    to.putQuotable(host(e.remote())).put(" - - [").put(seconds.of(e.time()));
            ignored = to.put("] \"").putQuotable(e.method()).put(' ').putQuotable(e.target());
            ignored = to.put(' ').putQuotable(e.version()).put("\" ").put(e.status());
            ignored = to.put(' ').put(e.sent());
            if (combined) {
                quoted(e.referer(), to);
                quoted(e.userAgent(), to);
            }
            e.problem().ifPresent(problem -> quoted(problem, to));
            ignored = to.put('\n');
        }

        private static void quoted(String text, LineBuffer to) {
            LineBuffer ignored = to.put(" \"").putQuotable(text.isEmpty() ? "-" : text).put('"');
        }

        @Override
        void putGap(long lines, Instant now, LineBuffer to) {
            LineBuffer ignored = to.put("- - - [").put(seconds.of(now)).put("] \"-\" 0 0");
            if (combined) {
                quoted("", to);
                quoted("", to);
            }
            quoted(lines + TOO_FAST, to);
            ignored = to.put('\n');
        }
    }

    /** An object of JSON in each line. */
    static final class Json extends LogFormat {
        private final Seconds seconds = Seconds.iso();

        @Override
        void put(Exchange e, LineBuffer to) {
            begin(e.time(), to);
            duration(e.duration(), to);
            field(",\"remote\":\"", host(e.remote()), to);
            field(",\"method\":\"", e.method(), to);
            field(",\"target\":\"", e.target(), to);
            field(",\"version\":\"", e.version(), to);
            LineBuffer ignored = to.put(",\"status\":").put(e.status());
            ignored = to.put(",\"sent\":").put(e.sent()).put(",\"received\":").put(e.received());
            field(",\"host\":\"", e.host(), to);
            field(",\"referer\":\"", e.referer(), to);
            field(",\"userAgent\":\"", e.userAgent(), to);
            e.problem().ifPresent(problem -> field(",\"problem\":\"", problem, to));
            ignored = to.put("}\n");
        }

        private void begin(Instant time, LineBuffer to) {
            LineBuffer ignored = to.put("{\"time\":\"");
            seconds.putMillis(time, to);
            ignored = to.put('"');
        }

        private static void duration(Duration duration, LineBuffer to) {
            LineBuffer ignored = to.put(",\"seconds\":").put(Math.max(0, duration.getSeconds()));
            ignored = to.put('.').putDigits(duration.getNano() / 1000, 6);
        }

        private static void field(String begin, String value, LineBuffer to) {
            LineBuffer ignored = to.put(begin).putJson(value).put('"');
        }

        @Override
        void putGap(long lines, Instant now, LineBuffer to) {
            begin(now, to);
            LineBuffer ignored = to.put(",\"missing\":").put(lines);
            field(",\"problem\":\"", lines + TOO_FAST, to);
            ignored = to.put("}\n");
        }
    }
}
