package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

/** The command line of {@code benchmarks/run}. */
class OptionsTest {

    private static Options parse(String... args) {
        return Options.parse(args);
    }

    @Test
    void measuresFiveTimesUnlessToldOtherwise() {
        assertEquals(5, parse("switch").repeats());
        assertEquals(1, parse("switch", "--quick").repeats());
        assertEquals(3, parse("--quick", "switch", "--repeats", "3").repeats());
    }

    @Test
    void runsEachBenchmarkOnce() {
        assertEquals(Options.NAMES, parse("all", "echo").names());
        assertEquals(List.of("hello", "echo"), parse("hello", "echo", "hello").names());
    }

    @Test
    void leavesOutContendersThatAreNotAskedFor() {
        Options options = parse("echo", "--only", "jevent,C,");
        assertTrue(options.wants("jevent sockets"));
        assertTrue(options.wants("C, bare epoll loop"));
        assertFalse(options.wants("Go"));
        assertTrue(parse("echo").wants("Go"));
    }

    @Test
    void takesSizesOfMessagesAndOfAttacks() {
        assertEquals(64, parse("net").size());
        assertEquals(4096, parse("net", "--size", "4096").size());
        assertEquals(5000, parse("slowloris").attackers());
        assertEquals(100, parse("slowloris", "--attackers", "100").attackers());
        assertThrows(IllegalArgumentException.class, () -> parse("net", "--size", "65537"));
        assertThrows(IllegalArgumentException.class, () -> parse("slowloris", "--attackers", "0"));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThrows(IllegalArgumentException.class, () -> parse());
        assertThrows(IllegalArgumentException.class, () -> parse("nothing"));
        assertThrows(IllegalArgumentException.class, () -> parse("echo", "--repeats"));
        assertThrows(IllegalArgumentException.class, () -> parse("echo", "--repeats", "0"));
        assertThrows(IllegalArgumentException.class, () -> parse("echo", "--repeats", "many"));
    }
}
