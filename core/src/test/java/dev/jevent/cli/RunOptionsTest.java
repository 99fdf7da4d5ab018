package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class RunOptionsTest {

    private static RunOptions parse(String... words) {
        return RunOptions.parse(List.of(words));
    }

    @Test
    void optionsStandBeforeTheProgramAndArgumentsAfterIt() {
        RunOptions options = parse("-Da=1=2", "-Db", "-cp", "x:y", "p.Main", "-Dc", "-cp", "z");
        assertEquals(Map.of("a", "1=2", "b", ""), options.properties());
        assertEquals(
                new Program.OnClassPath("p.Main", List.of(Path.of("x"), Path.of("y"))),
                options.program());
        assertEquals(List.of("-Dc", "-cp", "z"), options.arguments());
    }

    @Test
    void theKindOfProgramIsSeenFromItsName() {
        assertEquals(
                new Program.Source(Path.of("A.java"), List.of(Path.of("x"))),
                parse("--class-path=x", "A.java").program());
        assertEquals(new Program.Jar(Path.of("A.JAR")), parse("A.JAR").program());
        assertEquals(new Program.Jar(Path.of("a.zip")), parse("-jar", "a.zip", "x").program());
        assertEquals(List.of("x"), parse("-jar", "a.zip", "x").arguments());
    }

    @Test
    void twoDashesEndTheOptions() {
        RunOptions options = parse("--", "A.jar", "--", "x");
        assertEquals(new Program.Jar(Path.of("A.jar")), options.program());
        assertEquals(List.of("--", "x"), options.arguments());
    }

    @Test
    void wrongOptionsAreRefused() {
        assertThrows(UsageError.class, () -> parse());
        assertThrows(UsageError.class, () -> parse("-cp"));
        assertThrows(UsageError.class, () -> parse("-D=x", "A"));
        UsageError error = assertThrows(UsageError.class, () -> parse("-Xmx1g", "A.java"));
        assertEquals("unknown option of run: -Xmx1g", error.getMessage());
        assertEquals("Options of the JVM go here: JEVENT_JAVA_OPTS=-Xmx1g", error.hint());
    }
}
