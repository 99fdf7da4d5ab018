package dev.jevent.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Jazzer looks for inputs that the parsers do not stand, some seconds each; {@code
 * -Djevent.fuzz.seconds=600} looks longer. It begins with the inputs in {@code corpus}, among which
 * are those that were found once.
 */
class FuzzTest {

    private static final int SECONDS = Integer.getInteger("jevent.fuzz.seconds", 4);
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.jevent.http.RequestHeadFuzz",
                "dev.jevent.http.ChunkDecoderFuzz",
                "dev.jevent.websocket.FrameDecoderFuzz"
            })
    @Timeout(value = 1, unit = TimeUnit.HOURS) // it has a limit of its own
    void nothingButWhatIsIntendedComesOutOfIt(String target) throws Exception {
        String name = target.substring(target.lastIndexOf('.') + 1);
        Path folder = Path.of("target", "fuzz", name).toAbsolutePath();
        Path corpus = Path.of("corpus", name).toAbsolutePath();
        assertTrue(count(corpus) > 0, "no corpus in " + corpus);
        Files.createDirectories(folder.resolve("found"));

        List<String> words =
                List.of(
                        "-Xmx512m",
                        "-XX:+EnableDynamicAgentLoading",
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target,
                        "--instrumentation_includes=dev.jevent.http.**:dev.jevent.websocket.**",
                        "--disabled_hooks=*",
                        "-dict=" + Path.of("corpus", "words.dict").toAbsolutePath(),
                        "-max_total_time=" + SECONDS,
                        "-max_len=1024",
                        "-rss_limit_mb=2048",
                        folder.resolve("found").toString(), // first: where new ones go
                        corpus.toString());
        try (Child jazzer = Child.start(folder, jar -> true, words)) {
            int exit = jazzer.exit(SECONDS + 120);
            String said = jazzer.said();
            assertEquals(0, exit, said);
            Matcher done = DONE.matcher(said);
            assertTrue(done.find(), said);
            assertTrue(Long.parseLong(done.group(1)) > count(corpus), said);
        }
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
