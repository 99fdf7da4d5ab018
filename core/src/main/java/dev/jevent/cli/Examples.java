package dev.jevent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The examples, as the index in their jar lists them: in each line the name and the arguments, a
 * colon with a space, and a sentence.
 */
final class Examples {

    private static final String INDEX = "META-INF/jevent/examples";
    private static final String PACKAGE = "dev.jevent.examples.";

    private record Entry(String usage, String sentence) {
        String name() {
            int space = usage.indexOf(' ');
            return space < 0 ? usage : usage.substring(0, space);
        }
    }

    private final Map<String, Entry> entries = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private Examples(String index) {
        for (String line : index.lines().filter(l -> !l.isBlank()).toList()) {
            int colon = line.indexOf(": ");
            var entry =
                    new Entry(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            entries.put(entry.name(), entry);
        }
    }

    /**
     * The examples on the class path, or in the jar or directory that {@code -Djevent.examples}
     * names.
     */
    static Examples find() throws CannotRun {
        String jar = System.getProperty("jevent.examples");
        if (jar != null && Files.exists(Path.of(jar))) {
            ClassPath.add(List.of(Path.of(jar)));
        }
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try (InputStream in = loader.getResourceAsStream(INDEX)) {
            if (in == null) {
                throw new CannotRun(
                        "the examples are not here; use ./jevent of a checkout, or name their jar"
                                + " with -Djevent.examples=jevent-examples.jar");
            }
            return new Examples(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CannotRun("cannot read the examples: " + e.getMessage(), e);
        }
    }

    static Examples of(String index) {
        return new Examples(index);
    }

    /** One line for each. */
    String list() {
        int width = 0;
        for (Entry e : entries.values()) {
            width = Math.max(width, e.usage().length());
        }
        var text = new StringBuilder("Usage: jevent example NAME [ARGUMENT…]\n\n");
        for (Entry e : entries.values()) {
            String usage = e.usage() + " ".repeat(width - e.usage().length());
            text.append("  ").append(usage).append("  ").append(e.sentence()).append('\n');
        }
        return text.toString();
    }

    /** The class of an example; its name in upper or lower case. */
    String className(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new UsageError("unknown example: " + name, hint(name, entries.keySet()));
        }
        return PACKAGE + entry.name();
    }

    private static String hint(String name, Collection<String> names) {
        return Nearest.to(name.toLowerCase(Locale.ROOT), names)
                .map(nearest -> "Did you mean: jevent example " + nearest)
                .orElse("See: jevent example");
    }
}
