package dev.jevent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Random;

class EffortTest extends HubScenario {

    private static void work(int rows, boolean pauses) {
        var effort = new Effort();
        for (int i = 0; i < rows * Effort.ROW; i += 1024) {
            if (pauses) {
                effort.pause();
                effort.add(1024);
            } else {
                effort.did(1024);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void othersGetATurnForEachRow(boolean pauses) throws Exception {
        int turns = turnsDuring(() -> work(100, pauses));
        assertTrue(turns >= 90 && turns <= 110, turns + " turns");
    }

    @Test
    void littleWorkGivesWayToNobody() throws Exception {
        int turns = turnsDuring(() -> new Effort().did(Effort.ROW - 1));
        assertTrue(turns <= 1, turns + " turns");
    }

    @Test
    void whoIsInTheMiddleOfSomethingIsKilledByHisNextWaitAndWhoPausesThere() throws Exception {
        for (boolean pauses : new boolean[] {false, true}) {
            log.clear();
            Greenlet<Void> worker =
                    Jevent.spawn(
                            () -> {
                                Throwable thrown = thrownBy(() -> work(100, pauses));
                                log.add(thrown == null ? "worked" : "killed");
                                if (thrown == null) {
                                    thrown = thrownBy(() -> Jevent.sleep(0));
                                    log.add("then killed");
                                }
                                assertInstanceOf(GreenletExit.class, thrown);
                            });
            Jevent.spawn(() -> worker.kill()).join();
            worker.join();
            assertEquals(pauses ? "[killed]" : "[worked, then killed]", log.toString());
        }
    }

    @Test
    void whoIsAloneGoesOnAndTimersAreStillLookedAt() throws Exception {
        var fired = new boolean[1];
        Jevent.spawn(
                        () -> {
                            var timer =
                                    Jevent.spawnLater(
                                            java.time.Duration.ofMillis(2),
                                            () -> {
                                                fired[0] = true;
                                            });
                            for (long end = System.nanoTime() + 10_000_000_000L;
                                    !fired[0] && System.nanoTime() < end; ) {
                                work(1, false);
                            }
                            assertTrue(fired[0], "the timer has fired during the work");
                            timer.join();
                        })
                .get();
    }

    @Test
    void elsewhereThanOnAHubNothingHappens() throws Exception {
        var failure = new Throwable[1];
        Thread thread = Thread.ofPlatform().start(() -> failure[0] = thrownBy(() -> work(3, true)));
        thread.join();
        Thread other = Thread.ofVirtual().start(() -> work(3, true));
        other.join();
        assertEquals(null, failure[0]);
    }

    // ---- text

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "US-ASCII", "UTF-16", "UTF-16LE", "GB18030"})
    void textIsMadeAsStringsAreWhereverItIsCut(String name) {
        Charset charset = Charset.forName(name);
        Random random = new Random(7);
        for (int size : new int[] {0, 10, 65_536, 65_537, 200_001}) {
            byte[] noise = new byte[size];
            random.nextBytes(noise);
            byte[] text = "aé€\uD83D\uDE00".repeat(size / 4).getBytes(charset);
            for (byte[] b : new byte[][] {noise, text}) {
                int off = Math.min(1, b.length);
                assertEquals(
                        new String(b, off, b.length - off, charset),
                        Texts.decode(b, off, b.length - off, charset, new Effort()));
            }
        }
    }

    @Test
    void aLongTextGivesWay() throws Exception {
        byte[] b = "é".repeat(20 * Effort.ROW / 2).getBytes(StandardCharsets.UTF_8);
        int turns =
                turnsDuring(
                        () -> {
                            String text =
                                    Texts.decode(
                                            b, 0, b.length, StandardCharsets.UTF_8, new Effort());
                            assertEquals(b.length / 2, text.length());
                        });
        assertTrue(turns >= 15, turns + " turns");
    }
}
