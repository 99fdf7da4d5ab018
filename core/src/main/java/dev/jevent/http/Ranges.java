package dev.jevent.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a file that a request asks for: RFC 9110, 14. Many small or overlapping ones cost
 * more than they are worth, and whoever asks for those gets the whole.
 */
final class Ranges {

    private static final int MOST = 16;
    private static final String UNIT = "bytes=";

    /** From the first to the last byte. */
    record Range(long first, long last) {

        long length() {
            return last - first + 1;
        }

        /** The value of Content-Range. */
        String field(long size) {
            return "bytes " + first + '-' + last + '/' + size;
        }
    }

    private Ranges() {}

    /**
     * What is asked for, in that order.
     *
     * @return empty for the whole; an empty list if nothing that is asked for is there
     */
    static Optional<List<Range>> of(Headers headers, long size) {
        List<String> fields = headers.all("Range");
        if (fields.size() != 1 || size == 0) {
            return Optional.empty();
        }
        String field = fields.getFirst();
        if (!field.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return Optional.empty();
        }
        String[] specs = field.substring(UNIT.length()).split(",", MOST + 2);
        List<Range> ranges = new ArrayList<>(1);
        int asked = 0;
        for (String spec : specs) {
            String s = spec.strip();
            if (!s.isEmpty()) {
                asked++;
                if (asked > MOST || !add(s, size, ranges)) {
                    return Optional.empty();
                }
            }
        }
        return asked == 0 || overlap(ranges) ? Optional.empty() : Optional.of(ranges);
    }

    /** Adds it if it is there; false if it is none. */
    private static boolean add(String spec, long size, List<Range> to) {
        int dash = spec.indexOf('-');
        if (dash < 0 || !isNumber(spec, 0, dash) || !isNumber(spec, dash + 1, spec.length())) {
            return false;
        }
        boolean hasLast = dash + 1 < spec.length();
        long last = number(spec, dash + 1, spec.length());
        if (dash == 0) {
            if (last > 0) {
                to.add(new Range(Math.max(0, size - last), size - 1));
            }
            return hasLast;
        }
        long first = number(spec, 0, dash);
        if (hasLast && last < first) {
            return false;
        }
        if (first < size) {
            to.add(new Range(first, hasLast ? Math.min(last, size - 1) : size - 1));
        }
        return true;
    }

    private static boolean isNumber(String s, int from, int to) {
        for (int i = from; i < to; i++) {
            if (s.charAt(i) < '0' || s.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Zero if it is empty; what is too much is the most there is. */
    private static long number(String s, int from, int to) {
        long n = 0;
        for (int i = from; i < to; i++) {
            int digit = s.charAt(i) - '0';
            if (n > (Long.MAX_VALUE - digit) / 10) {
                return Long.MAX_VALUE;
            }
            n = 10 * n + digit;
        }
        return n;
    }

    private static boolean overlap(List<Range> ranges) {
        if (ranges.size() < 2) {
            return false;
        }
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(Range::first));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).first() <= sorted.get(i - 1).last()) {
                return true;
            }
        }
        return false;
    }
}
