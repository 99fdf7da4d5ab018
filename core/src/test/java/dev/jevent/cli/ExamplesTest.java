package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ExamplesTest {

    private final Examples examples = Examples.of("Two [PORT]: does: that\n\nA: does this\n");

    @Test
    void theListIsSortedAndAligned() {
        assertEquals(
                """
                Usage: jevent example NAME [ARGUMENT…]

                  A           does this
                  Two [PORT]  does: that
                """,
                examples.list());
    }

    @Test
    void theNameMayBeInAnyCase() {
        assertEquals("dev.jevent.examples.Two", examples.className("tWO"));
        UsageError error = assertThrows(UsageError.class, () -> examples.className("Tow"));
        assertEquals("Did you mean: jevent example Two", error.hint());
    }
}
