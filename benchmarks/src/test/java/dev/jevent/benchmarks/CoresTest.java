package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Lists of cores, as the kernel writes them. */
class CoresTest {

    @Test
    void readsRangesAndSingleCores() {
        assertEquals(List.of(0), Cores.parse("0"));
        assertEquals(List.of(0, 1), Cores.parse("0-1"));
        assertEquals(List.of(0, 1, 2, 8, 10, 11), Cores.parse("0-2,8,10-11"));
    }

    @Test
    void separatesServersFromClients() {
        Cores cores = new Cores(List.of(2, 3, 4));
        assertEquals(2, cores.server());
        assertEquals(4, cores.other());
    }
}
