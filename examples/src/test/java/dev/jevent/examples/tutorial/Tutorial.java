package dev.jevent.examples.tutorial;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.jevent.Jevent;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where the programs are, and how they run in this JVM. */
final class Tutorial {

    static final Path TWINS = Path.of("src", "test", "python", "tutorial");
    static final Path TEXTS = Path.of("src", "test", "resources", "tutorial");

    private static final String PACKAGE = "dev.jevent.examples.tutorial.";
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Tutorial() {}

    static Path classes() throws URISyntaxException {
        var source = SynchronousAsynchronous.class.getProtectionDomain().getCodeSource();
        return Path.of(source.getLocation().toURI());
    }

    /** The programs: the classes of the package that have a main method. */
    static List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        try (var files = Files.list(classes().resolve(PACKAGE.replace('.', '/')))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.contains("$") && !name.equals("package-info")) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    static String className(String name) {
        return PACKAGE + name;
    }

    /** What the program always said. */
    static String pinned(String name) throws Exception {
        return Files.readString(TEXTS.resolve(name + ".txt"));
    }

    /** Runs it on a thread of its own, that is, in a hub of its own. */
    static String runHere(String name) throws Exception {
        var main = Class.forName(className(name)).getMethod("main", String[].class);
        var ended = new CompletableFuture<Void>();
        var bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            Thread thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("main of " + name)
                            .start(
                                    () -> {
                                        try {
                                            main.invoke(null, (Object) new String[0]);
                                            ended.complete(null);
                                        } catch (Throwable e) {
                                            ended.completeExceptionally(e);
                                        } finally {
                                            Jevent.getHub().destroy();
                                        }
                                    });
            thread.join(LONGEST);
            assertFalse(thread.isAlive(), () -> name + " does not end; it said:\n" + bytes);
            ended.get();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
