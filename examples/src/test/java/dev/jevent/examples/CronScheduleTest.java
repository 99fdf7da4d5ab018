package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.LocalDateTime;

class CronScheduleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *           | 2026-11-21T10:20:30 | 2026-11-21T10:21",
                "*/15 * * * *        | 2026-11-21T10:45    | 2026-11-21T11:00",
                "0,30 9-17/2 * * 1-5 | 2026-11-21T10:00    | 2026-11-23T09:00", // after a Saturday
                "0 0 1 1 *           | 2026-11-21T10:00    | 2027-01-01T00:00",
                "0 0 29 2 *          | 2026-11-21T10:00    | 2028-02-29T00:00",
                "5 4 * * 7           | 2026-11-21T10:00    | 2026-11-22T04:05", // a Sunday
                "0 0 13 * 5          | 2026-11-21T10:00    | 2026-11-27T00:00", // one is enough
                "0 0 */10 * 5        | 2026-11-21T10:00    | 2026-12-11T00:00", // both
                "10/20 * * * *       | 2026-11-21T10:31    | 2026-11-21T10:50",
                "@daily              | 2026-12-31T23:59    | 2027-01-01T00:00",
                "@every 90s          | 2026-11-21T10:00    | 2026-11-21T10:01:30",
                "@every 250ms        | 2026-11-21T10:00    | 2026-11-21T10:00:00.250",
            })
    void theNextTime(String schedule, LocalDateTime now, LocalDateTime next) {
        assertEquals(next, CronSchedule.of(schedule).after(now));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "60 * * * *",
                "* * 0 * *",
                "* * * * 8",
                "5-1 * * * *",
                "*/0 * * * *",
                "a * * * *",
                "-1 * * * *",
                "99999999999 * * * *",
                "1, * * * *",
                "@never",
                "@every 0s",
                "@every 1y"
            })
    void whatIsNoTimeIsRefused(String schedule) {
        assertThrows(IllegalArgumentException.class, () -> CronSchedule.of(schedule));
    }

    @Test
    void aDayThatNeverComesIsFound() {
        var never = CronSchedule.of("0 0 30 2 *");
        var now = LocalDateTime.of(2026, 11, 21, 0, 0);
        assertThrows(IllegalStateException.class, () -> never.after(now));
    }

    @Test
    void aLineHasACommandOfManyWords() {
        var line = CronSchedule.line(" 0 4 * * *  echo  'a  b' ").orElseThrow();
        assertEquals("echo  'a  b'", line.command());
        assertEquals("ls -l", CronSchedule.line("@hourly ls -l").orElseThrow().command());
        assertEquals("ls -l", CronSchedule.line("@every 2s ls -l").orElseThrow().command());
        assertTrue(CronSchedule.line("  ").isEmpty());
        assertTrue(CronSchedule.line("# comment").isEmpty());
        assertThrows(IllegalArgumentException.class, () -> CronSchedule.line("* * * * *"));
    }
}
