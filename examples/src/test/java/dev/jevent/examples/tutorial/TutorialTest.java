package dev.jevent.examples.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The programs of the tutorial say what they always said, and the same as their twins say with
 * gevent, line by line. Where there is no gevent, the twins are skipped.
 */
class TutorialTest {

    private static final Set<String> TALKED_TO = Set.of("ProgramShutdown", "SimpleServer");

    // ---- those that run by themselves

    static List<String> programs() throws Exception {
        return Tutorial.names().stream()
                .filter(name -> !TALKED_TO.contains(name))
                .filter(name -> !TutorialWebTest.servers().contains(name))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void theProgramSaysWhatItAlwaysSaid(String name) throws Exception {
        assertEquals(Tutorial.pinned(name), Tutorial.runHere(name));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void geventSaysTheSame(String name) throws Exception {
        try (var twin = Talk.withTwin(name)) {
            assertEquals(Tutorial.pinned(name), twin.rest(), twin::errors);
        }
    }

    // ---- a signal

    @Test
    void theSignalEndsTheProgram() throws Exception {
        try (var program = Talk.withProgram("ProgramShutdown")) {
            endsBySignal(program);
        }
    }

    @Test
    void theSignalEndsTheTwin() throws Exception {
        try (var twin = Talk.withTwin("ProgramShutdown")) {
            endsBySignal(twin);
        }
    }

    private static void endsBySignal(Talk talk) throws Exception {
        String first = talk.line();
        talk.signal("TERM");
        String all = first + "\n" + talk.rest();
        assertEquals(Tutorial.pinned("ProgramShutdown"), all, talk::errors);
        assertEquals(0, talk.exit());
    }

    // ---- a server

    @Test
    void theServerGreetsAndCounts() throws Exception {
        try (var program = Talk.withProgram("SimpleServer", "0")) {
            greetsAndCounts(program);
        }
    }

    @Test
    void theTwinOfTheServerGreetsAndCounts() throws Exception {
        try (var twin = Talk.withTwin("SimpleServer")) {
            greetsAndCounts(twin);
        }
    }

    private static void greetsAndCounts(Talk talk) throws Exception {
        String line = talk.line();
        int port = Integer.parseInt(line.replaceAll("\\D", ""));
        for (int i = 0; i < 2; i++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                byte[] bytes = socket.getInputStream().readAllBytes();
                assertEquals(
                        Tutorial.pinned("SimpleServer"), new String(bytes, StandardCharsets.UTF_8));
            }
        }
    }

    // ---- all is there

    @Test
    void eachProgramHasItsTextItsTwinAndItsLineInTheIndex() throws Exception {
        Set<String> names = new TreeSet<>(Tutorial.names());
        assertTrue(names.size() > 20, "the programs are not found: " + names);
        assertEquals(names, filesIn(Tutorial.TWINS, ".py"));
        assertEquals(names, filesIn(Tutorial.TEXTS, ".txt"));
        assertEquals(names, listed());
    }

    private static Set<String> filesIn(Path folder, String end) throws Exception {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(end))
                    .map(file -> file.substring(0, file.length() - end.length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> listed() throws Exception {
        Set<String> names = new TreeSet<>();
        try (var in = TutorialTest.class.getResourceAsStream("/META-INF/jevent/examples");
                var lines =
                        new BufferedReader(
                                new java.io.InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line : lines.lines().toList()) {
                if (line.startsWith("tutorial.")) {
                    names.add(line.substring("tutorial.".length()).split("[ :]")[0]);
                }
            }
        }
        return names;
    }
}
