package dev.jevent.examples;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When something is to be done, as a line of a crontab says it: five fields with {@code *}, numbers,
 * ranges, lists and steps ({@code 0,30 9-17/2 * * 1-5}), {@code @hourly} and the like, or {@code
 * @every 90s}. If both the day of the month and the day of the week are restricted, one of them is
 * enough; see crontab(5).
 */
final class CronSchedule {

    private static final Map<String, String> NAMES =
            Map.of(
                    "@yearly", "0 0 1 1 *",
                    "@monthly", "0 0 1 * *",
                    "@weekly", "0 0 * * 0",
                    "@daily", "0 0 * * *",
                    "@hourly", "0 * * * *");
    private static final Pattern EVERY = Pattern.compile("@every\\s+(\\d{1,6})(ms|s|m|h)");
    private static final Pattern PART = Pattern.compile("(\\*|(\\d+)(?:-(\\d+))?)(?:/(\\d+))?");
    private static final int YEARS = 8; // the 29th of February comes within these

    /** A schedule and the command behind it. */
    record Line(CronSchedule schedule, String command) {}

    private final Duration interval; // zero: by the fields
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean eitherDay;

    private CronSchedule(Duration interval) {
        this.interval = interval;
        minutes = hours = days = months = weekdays = new BitSet();
        eitherDay = false;
    }

    private CronSchedule(String[] fields) {
        interval = Duration.ZERO;
        minutes = parse(fields[0], 0, 59);
        hours = parse(fields[1], 0, 23);
        days = parse(fields[2], 1, 31);
        months = parse(fields[3], 1, 12);
        weekdays = parse(fields[4], 0, 7);
        if (weekdays.get(7)) {
            weekdays.set(0); // both are Sunday
        }
        eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
    }

    /**
     * A line of a crontab; none if it is empty or a comment.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static Optional<Line> line(String text) {
        String line = text.strip();
        if (line.isEmpty() || line.startsWith("#")) {
            return Optional.empty();
        }
        int words = !line.startsWith("@") ? 5 : line.startsWith("@every") ? 2 : 1;
        String[] parts = line.split("\\s+", words + 1);
        if (parts.length != words + 1) {
            throw new IllegalArgumentException("no command in this line: " + line);
        }
        int command = line.length() - parts[words].length();
        return Optional.of(new Line(of(line.substring(0, command)), parts[words]));
    }

    /** A schedule alone. */
    static CronSchedule of(String text) {
        String wanted = text.strip();
        Matcher every = EVERY.matcher(wanted);
        if (every.matches()) {
            long n = Long.parseLong(every.group(1));
            if (n == 0) {
                throw new IllegalArgumentException("never: " + wanted);
            }
            return new CronSchedule(
                    Duration.of(
                            n,
                            switch (every.group(2)) {
                                case "ms" -> ChronoUnit.MILLIS;
                                case "s" -> ChronoUnit.SECONDS;
                                case "m" -> ChronoUnit.MINUTES;
                                default -> ChronoUnit.HOURS;
                            }));
        }
        String known = NAMES.getOrDefault(wanted.toLowerCase(Locale.ROOT), wanted);
        String[] fields = known.split("\\s+", -1);
        if (fields.length != 5 || known.startsWith("@")) {
            throw new IllegalArgumentException(
                    "not a time: '" + wanted + "'; five fields are, or @hourly, or @every 10s");
        }
        return new CronSchedule(fields);
    }

    private static BitSet parse(String field, int first, int last) {
        var set = new BitSet();
        for (String part : field.split(",", -1)) {
            Matcher m = PART.matcher(part);
            if (!m.matches() || part.length() > 20) {
                throw new IllegalArgumentException("not a field of a time: '" + field + "'");
            }
            boolean all = m.group(1).equals("*");
            int from = all ? first : Integer.parseInt(m.group(2));
            int to = all || m.group(3) == null && m.group(4) != null ? last : from;
            if (m.group(3) != null) {
                to = Integer.parseInt(m.group(3));
            }
            int step = m.group(4) == null ? 1 : Integer.parseInt(m.group(4));
            if (from < first || to > last || from > to || step < 1) {
                throw new IllegalArgumentException(
                        "'" + field + "' is not within " + first + " and " + last);
            }
            for (int i = from; i <= to; i += step) {
                set.set(i);
            }
        }
        return set;
    }

    /**
     * The first time after this one.
     *
     * @throws IllegalStateException if there is none, as for the 30th of February
     */
    LocalDateTime after(LocalDateTime time) {
        if (!interval.isZero()) {
            return time.plus(interval);
        }
        LocalDateTime t = time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        LocalDateTime end = time.plusYears(YEARS);
        while (t.isBefore(end)) {
            if (!months.get(t.getMonthValue())) {
                t = t.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
            } else if (!isDay(t)) {
                t = t.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!hours.get(t.getHour())) {
                t = t.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minutes.get(t.getMinute())) {
                t = t.plusMinutes(1);
            } else {
                return t;
            }
        }
        throw new IllegalStateException("there is no such day");
    }

    private boolean isDay(LocalDateTime t) {
        boolean day = days.get(t.getDayOfMonth());
        boolean weekday = weekdays.get(t.getDayOfWeek().getValue() % 7);
        return eitherDay ? day || weekday : day && weekday;
    }
}
