package dev.jevent.compat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The table of results, {@code target/compatibility.md}: a line for each library and mode, from all
 * JVMs of one build.
 */
final class Report {

    private static final Path TABLE = Path.of("target/compatibility.md");
    private static final Path LINES = Path.of("target/compatibility");
    private static final String MODE =
            "jdk".equals(System.getProperty("jevent.poller")) ? "portable" : "normal";

    private Report() {}

    static synchronized void add(Result result) throws IOException {
        System.out.println(MODE + ": " + result);
        String line =
                "| %s | %s | %d | %d | %d | %d | %d | %d of %d | %d |"
                        .formatted(
                                result.library(),
                                MODE,
                                result.right(),
                                result.wrong(),
                                result.cut(),
                                result.other(),
                                result.met(),
                                result.usable(),
                                Client.POOL,
                                result.left());
        Files.createDirectories(LINES);
        String name = (MODE + "-" + result.library()).replaceAll("\\W+", "-");
        Files.writeString(LINES.resolve(name), line + "\n");
        write();
    }

    private static void write() throws IOException {
        var text = new StringBuilder();
        text.append(
                "| library | mode | right | wrong | cut | other | met a closed one | usable after"
                        + " | sockets left |\n");
        text.append("|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        try (Stream<Path> all = Files.list(LINES)) {
            for (Path line : all.sorted().toList()) {
                List.of(Files.readString(line)).forEach(text::append);
            }
        }
        Files.writeString(TABLE, text);
    }
}
