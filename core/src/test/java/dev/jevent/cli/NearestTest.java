package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class NearestTest {

    private static Optional<String> nearest(String typed) {
        return Nearest.to(typed, List.of("run", "example", "EchoServer", "HelloHttp"));
    }

    @Test
    void whatIsMistypedIsGuessed() {
        assertEquals(Optional.of("run"), nearest("rnu"));
        assertEquals(Optional.of("example"), nearest("exmples"));
        assertEquals(Optional.of("EchoServer"), nearest("ehcoserver"));
        assertEquals(Optional.of("HelloHttp"), nearest("hello"));
    }

    @Test
    void whatIsFarFromEverythingIsNot() {
        assertEquals(Optional.empty(), nearest("quux"));
        assertEquals(Optional.empty(), nearest("x"));
    }
}
