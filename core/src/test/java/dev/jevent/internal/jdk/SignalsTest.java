package dev.jevent.internal.jdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

class SignalsTest {

    @Test
    void theSignalThatSuspendsThreadsIsTheOneThatHotSpotWasToldToTake() {
        assertEquals(12, Signals.suspends(null));
        assertEquals(40, Signals.suspends("40"));
        for (String nothing : List.of("10", "65", "-1", "", "USR1")) {
            assertEquals(12, Signals.suspends(nothing), "HotSpot does not take it: " + nothing);
        }
    }
}
