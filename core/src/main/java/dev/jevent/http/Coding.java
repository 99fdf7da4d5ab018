package dev.jevent.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How a file was compressed beforehand; the best one first. */
enum Coding {
    BROTLI("br", "br"),
    ZSTD("zstd", "zst"),
    GZIP("gzip", "gz"),
    IDENTITY("", "");

    /** As the header says. */
    final String token;

    /** Of such a file's name, and of its entity tag. */
    final String extension;

    Coding(String token, String extension) {
        this.token = token;
        this.extension = extension;
    }

    private static final List<Coding> FILES = List.of(BROTLI, ZSTD, GZIP);

    private record Choice(Coding coding, int weight) {}

    /** Which of them the client takes, the one that it likes most first. RFC 9110, 12.5.3. */
    static List<Coding> accepted(Headers headers) {
        return accepted(headers.list("Accept-Encoding"));
    }

    /** The same of the items of the list, of which each is looked at once. */
    static List<Coding> accepted(List<String> items) {
        Map<Coding, Integer> weights = new EnumMap<>(Coding.class); // in thousandths
        int others = 0;
        for (String item : items) {
            int semicolon = item.indexOf(';');
            String name = (semicolon < 0 ? item : item.substring(0, semicolon)).strip();
            int weight = semicolon < 0 ? 1000 : Gzip.quality(item.substring(semicolon + 1));
            if (name.equals("*")) {
                others = weight;
            }
            for (Coding c : FILES) {
                if (name.equalsIgnoreCase(c.token)) {
                    weights.putIfAbsent(c, weight); // the first one counts
                }
            }
        }
        List<Choice> choices = new ArrayList<>(3);
        for (Coding c : FILES) {
            int weight = weights.getOrDefault(c, others);
            if (weight > 0) {
                choices.add(new Choice(c, weight));
            }
        }
        choices.sort(Comparator.comparingInt(Choice::weight).reversed()); // stable
        return choices.stream().map(Choice::coding).toList();
    }
}
