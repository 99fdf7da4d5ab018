package dev.jevent.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which of some names was meant by a mistyped one. */
final class Nearest {

    private Nearest() {}

    /** The nearest name, if it is near enough to have been meant. */
    static Optional<String> to(String typed, Collection<String> names) {
        String t = typed.toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(name -> distance(t, name.toLowerCase(Locale.ROOT)) <= tolerance(t, name))
                .min(Comparator.comparingInt(n -> distance(t, n.toLowerCase(Locale.ROOT))));
    }

    private static int tolerance(String typed, String name) {
        // the beginning of a name is near, however long the rest
        return typed.length() >= 2 && name.toLowerCase(Locale.ROOT).startsWith(typed)
                ? name.length()
                : 1 + Math.min(typed.length(), name.length()) / 3;
    }

    /** How many letters have to be changed, added or left out (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
