package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What fields are made of. */
class TextTest {

    @Test
    void aListEndsItsItemsAtCommasOutsideOfQuotes() {
        assertEquals(List.of("a", "b c", "d"), items("a, b c ,d"));
        assertEquals(List.of("a=\"x, y\"", "b"), items("a=\"x, y\", b"));
        assertEquals(List.of("\"x\\\", y\"", "b"), items("\"x\\\", y\",b"));
        assertEquals(List.of("a\\", "b"), items("a\\,b"));
    }

    @Test
    void emptyItemsAreNone() {
        assertEquals(List.of(), items(""));
        assertEquals(List.of("a", "b"), items(" ,a,,\t, b,"));
    }

    @Test
    void whatIsQuotedToTheEndIsAnItem() {
        assertEquals(List.of("a", "\"x, y"), items("a, \"x, y"));
        assertEquals(List.of("a", "\"x\\"), items("a, \"x\\"));
        assertEquals(List.of("a", "\""), items("a, \""));
    }

    private static List<String> items(String value) {
        List<String> items = new ArrayList<>();
        Text.splitList(value, items);
        return items;
    }
}
