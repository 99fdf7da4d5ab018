package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.http.HttpHandler;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import org.junit.jupiter.api.Test;

import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.List;

class HandlerFinderTest {

    private static final List<String> CALLS = new ArrayList<>();

    static final class IsOne implements HttpHandler {
        @Override
        public void handle(Request request, Response response) {
            CALLS.add("itself");
        }
    }

    static final class HasMethod {
        static void answer(Request request, Response response) {
            CALLS.add("method");
        }
    }

    static final class HasInstanceMethod {
        private final String name = "instance";

        void answer(Request request, Response response) {
            CALLS.add(name);
        }
    }

    static final class HasField {
        static final HttpHandler HANDLER = (request, response) -> CALLS.add("field");
    }

    static final class HasFactory {
        static HttpHandler app() {
            return (request, response) -> CALLS.add("factory");
        }
    }

    static final class HasMany {
        static final HttpHandler ONE = (request, response) -> CALLS.add("one");

        static void two(Request request, Response response) throws FileNotFoundException {
            throw new FileNotFoundException("two");
        }

        static void other(String request) {
            CALLS.add(request);
        }
    }

    static final class Nothing {
        static final HttpHandler NULL = null;
    }

    static final class Takes implements HttpHandler {
        Takes(int parameter) {
            CALLS.add(parameter + "");
        }

        @Override
        public void handle(Request request, Response response) {}
    }

    static final class Fails implements HttpHandler {
        Fails() throws FileNotFoundException {
            throw new FileNotFoundException("its own");
        }

        @Override
        public void handle(Request request, Response response) {}
    }

    private static void assertCalls(String expected, Class<?> type, String name) throws Exception {
        CALLS.clear();
        HandlerFinder.find(type, name).handle(null, null);
        assertEquals(List.of(expected), CALLS);
    }

    private static void assertRefuses(String message, Class<?> type, String name) {
        var e = assertThrows(CannotRun.class, () -> HandlerFinder.find(type, name));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    @Test
    void aClassIsAHandlerOrHasOne() throws Exception {
        assertCalls("itself", IsOne.class, "");
        assertCalls("method", HasMethod.class, "");
        assertCalls("instance", HasInstanceMethod.class, "");
        assertCalls("field", HasField.class, "");
        assertCalls("factory", HasFactory.class, "");
        assertCalls("factory", HasFactory.class, "app");
        assertCalls("one", HasMany.class, "ONE");
    }

    @Test
    void whatAHandlerThrowsComesAsItIs() throws Exception {
        HttpHandler two = HandlerFinder.find(HasMany.class, "two");
        assertThrows(FileNotFoundException.class, () -> two.handle(null, null));
        var e =
                assertThrows(
                        FileNotFoundException.class, () -> HandlerFinder.find(Fails.class, ""));
        assertSame("its own", e.getMessage());
    }

    @Test
    void whatIsNotThereOrNotClearIsSaid() {
        String many = "class " + HasMany.class.getName() + " has several handlers: ONE, two; ";
        assertRefuses(many, HasMany.class, "");
        assertRefuses("no handler three in class ", HasMany.class, "three");
        assertRefuses("no handler in class java.lang.String; it should be", String.class, "");
        assertRefuses("the handler NULL is null", Nothing.class, "");
        assertRefuses("cannot make a ", Takes.class, "");
    }
}
