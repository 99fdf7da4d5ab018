package dev.jevent.compat;

import java.util.Map;

/**
 * What a load saw.
 *
 * @param right answers that were the caller's own
 * @param wrong answers that were not
 * @param cut calls that ended with the Timeout or kill that was meant for them
 * @param other calls that ended with anything else, or not at all
 * @param met calls that found the connection they got closed: a pool may learn that from them only
 * @param usable how many of 10 calls beside each other were right at the end
 * @param taken connections that were not given back
 * @param left sockets that were open after the pool was closed, and not before it was made
 * @param troubles what was wrong or other, and how often
 */
record Result(
        String library,
        int right,
        int wrong,
        int cut,
        int other,
        int met,
        int usable,
        int taken,
        int left,
        Map<String, Integer> troubles) {

    private static final int FEW = 20; // one of so many that were cut

    /** Whether nothing bad was seen, and hardly anybody was handed a closed connection. */
    boolean isWhole() {
        return wrong == 0
                && other == 0
                && met <= 1 + cut / FEW
                && usable == Client.POOL
                && taken == 0
                && left == 0;
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        text.append(
                "%s: %d right, %d wrong, %d cut, %d other, %d met a closed one; %d of %d usable, %d taken, %d left"
                        .formatted(
                                library,
                                right,
                                wrong,
                                cut,
                                other,
                                met,
                                usable,
                                Client.POOL,
                                taken,
                                left));
        troubles.forEach(
                (what, times) -> text.append("\n  ").append(times).append(" × ").append(what));
        return text.toString();
    }
}
