package dev.jevent.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.http.ChunkDecoderFuzz;
import dev.jevent.http.RequestHeadFuzz;
import dev.jevent.websocket.FrameDecoderFuzz;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks for inputs that the parsers do not stand. It begins with those in {@code corpus}, among
 * which are those that were found once. Every day it looks at them and at what becomes of them by
 * chance; Jazzer, which is led by what the code does, looks for ten minutes each with {@code
 * -Pnightly}, or for {@code -Djevent.fuzz.seconds=SECONDS}.
 */
class FuzzTest {

    private static final int SECONDS =
            Integer.getInteger(
                    "jevent.fuzz.seconds", Boolean.getBoolean("jevent.nightly") ? 600 : 0);
    private static final int CHANGED = 30_000;
    private static final long SEED = Long.getLong("jevent.fuzz.seed", System.nanoTime());
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in");

    static List<Arguments> targets() {
        return List.of(
                target("http.RequestHeadFuzz", RequestHeadFuzz::fuzzerTestOneInput),
                target("http.ChunkDecoderFuzz", ChunkDecoderFuzz::fuzzerTestOneInput),
                target("websocket.FrameDecoderFuzz", FrameDecoderFuzz::fuzzerTestOneInput));
    }

    private static Arguments target(String name, Consumer<byte[]> target) {
        return Arguments.of("dev.jevent." + name, target);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    void whatIsKnownAndWhatIsLikeItIsStood(String name, Consumer<byte[]> target) throws Exception {
        List<byte[]> known = new ArrayList<>();
        try (Stream<Path> files = Files.list(corpus(name))) {
            for (Path file : files.sorted().toList()) {
                known.add(Files.readAllBytes(file));
            }
        }
        assertTrue(known.size() > 5, "no corpus for " + name);
        known.forEach(target);
        var random = new Random(SEED);
        for (int i = 0; i < CHANGED; i++) {
            byte[] input = known.get(random.nextInt(known.size())).clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                input = changed(input, known.get(random.nextInt(known.size())), random);
            }
            try {
                target.accept(input);
            } catch (RuntimeException | Error e) {
                String shown = HexFormat.of().formatHex(input);
                throw new AssertionError(
                        "-Djevent.fuzz.seed=" + SEED + ", input " + i + ": " + shown, e);
            }
        }
    }

    /** A byte is another one, a part is gone or comes twice, or another input goes on from here. */
    private static byte[] changed(byte[] input, byte[] other, Random random) {
        int from = random.nextInt(input.length + 1);
        int to = from + random.nextInt(Math.min(input.length - from, 20) + 1);
        var out = new ByteArrayOutputStream();
        out.write(input, 0, from);
        switch (random.nextInt(4)) {
            case 0 -> out.write(random.nextInt(256));
            case 1 -> out.write(input, from, to - from);
            case 2 -> {
                int begin = random.nextInt(other.length + 1);
                out.write(other, begin, other.length - begin);
                return out.toByteArray();
            }
            default -> {
                out.write(input, to, input.length - to);
                return out.toByteArray();
            }
        }
        out.write(input, from, input.length - from);
        return Arrays.copyOf(out.toByteArray(), Math.min(out.size(), 1024));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    @Timeout(value = 1, unit = TimeUnit.HOURS) // it has a limit of its own
    void nothingButWhatIsIntendedComesOutOfIt(String target, Consumer<byte[]> ignored)
            throws Exception {
        assumeTrue(SECONDS > 0, "Jazzer is for -Pnightly, or -Djevent.fuzz.seconds=SECONDS");
        String name = target.substring(target.lastIndexOf('.') + 1);
        Path folder = Path.of("target", "fuzz", name).toAbsolutePath();
        Path corpus = corpus(target);
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

    private static Path corpus(String target) {
        String name = target.substring(target.lastIndexOf('.') + 1);
        return Path.of("corpus", name).toAbsolutePath();
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
