package dev.jevent.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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

    private record Choice(Coding coding, double weight) {}

    /** Which of them the client takes, the one that it likes most first. RFC 9110, 12.5.3. */
    static List<Coding> accepted(Headers headers) {
        List<String> items = headers.list("Accept-Encoding");
        List<Choice> choices = new ArrayList<>(3);
        for (Coding c : items.isEmpty() ? List.<Coding>of() : List.of(BROTLI, ZSTD, GZIP)) {
            double weight = c.weight(items);
            if (weight > 0) {
                choices.add(new Choice(c, weight));
            }
        }
        choices.sort(Comparator.comparingDouble(Choice::weight).reversed()); // stable
        return choices.stream().map(Choice::coding).toList();
    }

    private double weight(List<String> items) {
        double other = 0;
        for (String item : items) {
            int semicolon = item.indexOf(';');
            String name = (semicolon < 0 ? item : item.substring(0, semicolon)).strip();
            double weight = semicolon < 0 ? 1 : quality(item.substring(semicolon + 1).strip());
            if (name.equalsIgnoreCase(token)) {
                return weight;
            }
            if (name.equals("*")) {
                other = weight;
            }
        }
        return other;
    }

    private static double quality(String parameter) {
        if (!parameter.matches("[qQ]=[01](\\.[0-9]{0,3})?")) {
            return 0;
        }
        return Double.parseDouble(parameter.substring(2));
    }
}
