package dev.jevent.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;

import java.util.concurrent.Callable;

/**
 * What each library has to stand: time-outs and kills at random moments. {@code
 * -Djevent.compat=1000} is how many; everyday a dose.
 */
final class Suffering {

    private static final int DOSE =
            Integer.getInteger("jevent.compat", Boolean.getBoolean("jevent.nightly") ? 1_000 : 50);

    private Suffering() {}

    /** Fails unless all answers are right and the library is whole afterwards. */
    static void isStoodBy(String library) throws Exception {
        Result result = whenThere(() -> Load.run(library, Libraries.ALL.get(library), DOSE));
        Report.add(result);
        assertEquals(0, result.wrong(), () -> "another's answers: " + result);
        assertEquals(0, result.other(), () -> "calls that were not cut, and failed: " + result);
        assertTrue(result.isWhole(), () -> "not whole afterwards: " + result);
        assertTrue(result.cut() >= DOSE, () -> "hardly a call was cut: " + result);
    }

    /** Skips the test where a server cannot be had, and says which. */
    static <T> T whenThere(Callable<T> task) throws Exception {
        try {
            return task.call();
        } catch (Missing e) {
            return Assumptions.abort(e.getMessage());
        }
    }
}
