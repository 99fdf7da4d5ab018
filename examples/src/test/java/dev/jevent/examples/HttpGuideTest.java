package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** docs/http.md: its programs compile. */
class HttpGuideTest {

    private static final Path PAGE = Path.of("..", "docs", "http.md");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    /** What the blocks may use without saying so. */
    private static final String AROUND =
            """
            import dev.jevent.*;
            import dev.jevent.file.*;
            import dev.jevent.http.*;
            import dev.jevent.server.*;
            import dev.jevent.signal.*;
            import dev.jevent.ssl.*;
            import dev.jevent.websocket.*;
            import java.io.*;
            import java.nio.charset.StandardCharsets;
            import java.nio.file.Path;
            import java.time.*;

            class BlockNUMBER {
                static HttpHandler handler;

                static void block(PARAMETERS) throws Exception {
            """;

    @TempDir Path dir;

    @Test
    void eachBlockCompiles() throws Exception {
        List<MatchResult> blocks = BLOCK.matcher(Files.readString(PAGE)).results().toList();
        assertTrue(blocks.size() > 8, "the blocks are not found");
        List<Path> sources = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            String code = blocks.get(i).group(1);
            boolean inHandler = code.startsWith("// in a handler\n");
            String around =
                    AROUND.replace("NUMBER", i + "")
                            .replace(
                                    "PARAMETERS",
                                    inHandler ? "Request request, Response response" : "");
            Path file = dir.resolve("Block" + i + ".java");
            sources.add(Files.writeString(file, around + code + "}}\n"));
        }
        assertEquals("", compile(sources));
    }

    /** What the compiler says. */
    private String compile(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var said = new StringWriter();
        String classPath = System.getProperty("java.class.path");
        var options = List.of("-proc:none", "-cp", classPath, "-d", dir.toString());
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var units = files.getJavaFileObjectsFromPaths(sources);
            boolean ok = compiler.getTask(said, files, null, options, null, units).call();
            return ok ? said.toString() : "it does not compile: " + said;
        }
    }
}
