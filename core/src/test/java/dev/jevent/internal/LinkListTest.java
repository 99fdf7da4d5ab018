package dev.jevent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Waitable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Callbacks in the order they came, few or many, and gone when they are taken back. */
class LinkListTest {

    private final LinkList list = new LinkList();

    private static Consumer<Waitable> callback() {
        Object[] itself = new Object[1];
        return w -> itself[0] = w; // a new object each time
    }

    private Consumer<Waitable> added() {
        Consumer<Waitable> callback = callback();
        add(callback);
        return callback;
    }

    private void add(Consumer<Waitable> callback) {
        list.add(new LinkList.Link(callback, null));
    }

    private List<Object> taken() {
        List<Object> all = new ArrayList<>();
        list.takeAll().forEach(link -> all.add(link.callback()));
        assertTrue(list.isEmpty());
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 16, 17, 100})
    void allAreTakenInTheOrderTheyCame(int n) {
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            expected.add(added());
        }
        assertEquals(n == 0, list.isEmpty());
        assertEquals(expected, taken());
        assertEquals(List.of(), taken());
    }

    @Test
    void anyoneMayLeave() {
        var random = new Random(1);
        List<Consumer<Waitable>> expected = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(100) < 52 || expected.isEmpty()) {
                expected.add(added());
            } else {
                Object gone = expected.remove(random.nextInt(expected.size()));
                list.remove(gone);
            }
        }
        assertTrue(expected.size() > 100);
        assertEquals(expected, taken());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40})
    void whoIsAddedTwiceIsTakenBackOneByOne(int others) {
        Consumer<Waitable> twice = added();
        List<Object> expected = new ArrayList<>(List.of(twice));
        for (int i = 0; i < others; i++) {
            expected.add(added());
        }
        add(twice);
        list.remove(twice);
        list.remove(callback()); // unknown
        assertEquals(expected, taken());

        add(twice);
        list.remove(twice);
        assertTrue(list.isEmpty());
        list.remove(twice);
    }
}
