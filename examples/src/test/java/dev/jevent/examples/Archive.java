package dev.jevent.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An archive of the classes that each start of {@code jevent run} loads, the compiler's among them:
 * made by a first start, it spares the others a third of their work. The JVM does not use it for a
 * jar that has changed.
 */
final class Archive {

    private static final String PROGRAM =
            """
            import dev.jevent.*;
            import dev.jevent.http.*;
            import dev.jevent.lock.*;
            import dev.jevent.server.*;
            import dev.jevent.socket.*;

            class Training {
                public static void main(String[] args) throws Exception {
                    try (var server = new HttpServer("127.0.0.1:0", (q, p) -> p.send("x"))) {
                        server.start();
                        try (var s = SocketStream.of(Sockets.connect("127.0.0.1", server.port()))) {
                            s.writeString("GET / HTTP/1.0\\r\\n\\r\\n");
                            System.out.println(s.readLine());
                        }
                    }
                    Jevent.spawn(() -> Jevent.withTimeout(
                                    java.time.Duration.ofSeconds(1), () -> Jevent.sleep(1)))
                            .join();
                }
            }
            """;

    private static final List<String> FLAGS = make();

    private Archive() {}

    /** What to start the jar with. Nothing is lost if there is no archive. */
    static List<String> flags() {
        return FLAGS;
    }

    private static List<String> make() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "archive").toAbsolutePath());
            Path archive = folder.resolve("classes.jsa");
            Files.deleteIfExists(archive);
            Path program = Files.writeString(folder.resolve("Training.java"), PROGRAM);
            Process training =
                    new ProcessBuilder(
                                    Cli.JAVA.toString(),
                                    "-XX:TieredStopAtLevel=1",
                                    "-XX:+UseSerialGC",
                                    "-Xlog:disable",
                                    "-XX:ArchiveClassesAtExit=" + archive,
                                    "-jar",
                                    Cli.jar().toString(),
                                    "run",
                                    program.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("output.txt").toFile())
                            .start();
            if (training.waitFor(50, TimeUnit.SECONDS) && Files.exists(archive)) {
                // it says so aloud whenever it cannot use all of it
                return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable");
            }
            training.destroyForcibly();
            return List.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
