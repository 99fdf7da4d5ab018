import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or writes the format of Java files: google-java-format, AOSP style. The build starts it
 * once for all modules.
 *
 * <p>Arguments: {@code --check} or {@code --fix}, the file that gets the errors (it does not exist
 * when there are none), and the root folder: all modules in it are looked at, and the tools.
 */
public final class Format {
    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean fix = args[0].equals("--fix");
        Path errors = Path.of(args[1]);
        Path root = Path.of(args[2]).toAbsolutePath().normalize();
        var options = JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();
        var formatter = new Formatter(options);
        List<Path> files = new ArrayList<>();
        for (Path folder : folders(root)) {
            try (Stream<Path> found = Files.walk(folder)) {
                found.filter(f -> f.toString().endsWith(".java")).sorted().forEach(files::add);
            }
        }
        List<String> unformatted = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (Path file : files) {
            String name = root.relativize(file).toString();
            String before = Files.readString(file);
            try {
                String after = formatter.formatSourceAndFixImports(before.replace("\r\n", "\n"));
                if (!after.equals(before)) {
                    if (fix) {
                        Files.writeString(file, after);
                        System.out.println("formatted " + name);
                    } else {
                        unformatted.add(name);
                    }
                }
            } catch (FormatterException e) {
                e.diagnostics().forEach(d -> unreadable.add(name + ":" + d));
            }
        }
        var message = new StringBuilder();
        if (!unreadable.isEmpty()) {
            message.append("Not valid Java:");
            unreadable.forEach(line -> message.append("\n    ").append(line));
        }
        if (!unformatted.isEmpty()) {
            message.append(message.isEmpty() ? "" : "\n");
            message.append("Not in the project's format (to fix it, run ./format):");
            unformatted.forEach(line -> message.append("\n    ").append(line));
        }
        Files.deleteIfExists(errors);
        if (!message.isEmpty()) {
            Files.createDirectories(errors.getParent());
            Files.writeString(errors, message.toString());
        }
    }

    private static List<Path> folders(Path root) throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(f -> Files.isRegularFile(f.resolve("pom.xml")))
                    .flatMap(f -> Stream.of(f.resolve("src"), f.resolve("Format.java")))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
    }
}
