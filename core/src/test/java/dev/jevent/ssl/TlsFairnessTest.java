package dev.jevent.ssl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

/** A greenlet whose TLS socket is always ready shares the hub too. */
class TlsFairnessTest extends TlsScenario {

    private static final int CALLS = 2_000;

    @Test
    void othersGetTheirTurnsWhileRecordsComeAndGo() throws Exception {
        Pair pair = pair();
        var turns = new int[1];
        Greenlet<Void> other =
                Jevent.spawn(
                        () -> {
                            for (; ; ) {
                                turns[0]++;
                                Jevent.sleep(0);
                            }
                        });
        together(
                () -> {
                    for (int i = 0; i < CALLS; i++) {
                        pair.client().getOutputStream().write(1);
                        pair.server().getInputStream().read();
                    }
                });
        other.kill();
        assertTrue(turns[0] >= CALLS / 64, "only " + turns[0]);
    }
}
