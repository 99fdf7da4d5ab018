package dev.jevent.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What tells one state of a file from another one, and what a request says about them: RFC 9110,
 * 8.8 and 13.
 *
 * @param tag the entity tag, in its quotes
 * @param weak whether another state of the file may have the same one: it was written a moment ago,
 *     and might be written again before the file system's clock ticks
 * @param modified in seconds
 */
record Validators(String tag, boolean weak, long modified) {

    private static final long YOUNG_NANOS = 2_000_000_000; // the slowest clock, that of FAT
    private static final String PATTERN = "HH:mm:ss";

    private static final List<DateTimeFormatter> FORMATS =
            List.of(
                    format("EEE, dd MMM yyyy " + PATTERN + " 'GMT'"),
                    new DateTimeFormatterBuilder()
                            .appendPattern("EEEE, dd-MMM-")
                            .appendValueReduced(ChronoField.YEAR, 2, 2, pastYears())
                            .appendPattern(" " + PATTERN + " 'GMT'")
                            .toFormatter(Locale.ENGLISH),
                    format("EEE MMM ppd " + PATTERN + " yyyy"));

    /** Two digits are a year from 49 years ago to 50 ahead. */
    private static LocalDate pastYears() {
        return LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC).minusYears(49);
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    /** Of a file, and of what is served instead of it under the same address. */
    static Validators of(StaticFile file, Instant now) {
        Instant modified = file.modified();
        long seconds = modified.getEpochSecond();
        String tag =
                '"'
                        + Long.toHexString(file.size())
                        + '-'
                        + Long.toHexString(seconds * 1_000_000_000 + modified.getNano())
                        + (file.coding() == Coding.IDENTITY ? "" : '-' + file.coding().extension)
                        + '"';
        boolean young = modified.isAfter(now.minusNanos(YOUNG_NANOS));
        return new Validators(tag, young, seconds);
    }

    /** The value of ETag. */
    String field() {
        return weak ? "W/" + tag : tag;
    }

    /** The value of Last-Modified, which is never in the future. */
    String date(Instant now) {
        return Dates.format(Instant.ofEpochSecond(Math.min(modified, now.getEpochSecond())));
    }

    // ---- preconditions

    /** In the order of RFC 9110, 13.2.2: 200 to go on, 304, or 412. For GET and HEAD. */
    int check(Headers headers) {
        if (headers.contains("If-Match")) {
            if (!matches(headers.all("If-Match"), true)) {
                return 412;
            }
        } else {
            Optional<Instant> since = date(headers, "If-Unmodified-Since");
            if (since.isPresent() && modified > since.get().getEpochSecond()) {
                return 412;
            }
        }
        if (headers.contains("If-None-Match")) {
            return matches(headers.all("If-None-Match"), false) ? 304 : 200;
        }
        Optional<Instant> since = date(headers, "If-Modified-Since");
        return since.isPresent() && modified <= since.get().getEpochSecond() ? 304 : 200;
    }

    /** Whether a range is asked of this state: RFC 9110, 13.1.5. */
    boolean allowsRange(Headers headers) {
        String value = headers.get("If-Range").orElse(null);
        if (value == null) {
            return true;
        }
        if (weak) {
            return false;
        }
        return value.equals(tag)
                || parse(value).equals(Optional.of(Instant.ofEpochSecond(modified)));
    }

    private boolean matches(List<String> lists, boolean strong) {
        for (String list : lists) {
            if (list.strip().equals("*") || has(list, strong)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the list has the tag; what follows something that is no tag is not looked at. */
    private boolean has(String list, boolean strong) {
        for (int i = 0; i < list.length(); ) {
            char c = list.charAt(i);
            if (c == ' ' || c == '\t' || c == ',') {
                i++;
                continue;
            }
            boolean weakOne = list.startsWith("W/", i);
            i += weakOne ? 2 : 0;
            int end = list.startsWith("\"", i) ? list.indexOf('"', i + 1) : -1;
            if (end < 0) {
                return false;
            }
            if (!(strong && (weak || weakOne))
                    && end + 1 - i == tag.length()
                    && list.startsWith(tag, i)) {
                return true;
            }
            i = end + 1;
        }
        return false;
    }

    // ---- dates

    private static Optional<Instant> date(Headers headers, String name) {
        String value = headers.get(name).orElse(null);
        return value == null ? Optional.empty() : parse(value);
    }

    /** A time in one of the three forms of RFC 9110, 5.6.7; what is none is as if absent. */
    static Optional<Instant> parse(String date) {
        if (date.length() > 40) {
            return Optional.empty();
        }
        return FORMATS.stream().flatMap(f -> parse(date, f).stream()).findFirst();
    }

    private static Optional<Instant> parse(String date, DateTimeFormatter format) {
        try {
            return Optional.of(LocalDateTime.parse(date, format).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty(); // another form, perhaps
        }
    }
}
