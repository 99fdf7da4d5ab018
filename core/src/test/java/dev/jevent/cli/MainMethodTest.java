package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Which method is main; JLS 12.1.4. */
@SuppressWarnings({"unused", "UnusedMethod", "IncorrectMainMethod"}) // found by reflection
class MainMethodTest {

    static String called;

    static class Both {
        void main() {
            called = "instance";
        }

        static void main(String[] args) {
            called = "static " + args.length;
        }
    }

    static class Inherits extends Both {}

    static class WrongThenRight {
        private static void main(String[] args) {
            called = "private " + args.length;
        }

        protected void main() {
            called = "protected";
        }
    }

    interface Default {
        default void main() {
            called = "default";
        }
    }

    static class OfInterface implements Default {}

    static class NotVoid {
        static int main(String[] args) {
            return args.length;
        }
    }

    static class NoConstructor {
        NoConstructor(int i) {
            called = "" + i;
        }

        void main() {}
    }

    private static String call(Class<?> type) throws Throwable {
        MainMethod.of(type).call(new String[] {"x"});
        return called;
    }

    @Test
    void theOneWithArgumentsIsPreferred() throws Throwable {
        assertEquals("static 1", call(Both.class));
        assertEquals("static 1", call(Inherits.class));
    }

    @Test
    void oneThatIsPrivateDoesNotCount() throws Throwable {
        assertEquals("protected", call(WrongThenRight.class));
    }

    @Test
    void itMayBeInherited() throws Throwable {
        assertEquals("default", call(OfInterface.class));
    }

    @Test
    void aClassWithoutOneCannotRun() {
        assertThrows(CannotRun.class, () -> MainMethod.of(NotVoid.class));
        assertThrows(CannotRun.class, () -> MainMethod.of(NoConstructor.class));
    }

    @Test
    void theFramesBelowMainAreTakenAway() {
        var error = new IllegalStateException(new IllegalArgumentException());
        var above = new StackTraceElement("P", "main", "P.java", 1);
        var below = new StackTraceElement(MainMethod.class.getName(), "call", "x", 1);
        error.setStackTrace(new StackTraceElement[] {above, below, above});
        error.getCause().setStackTrace(new StackTraceElement[] {above, above, below});
        MainMethod.trim(error);
        assertEquals(1, error.getStackTrace().length);
        assertEquals(2, error.getCause().getStackTrace().length);
    }
}
