package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.pool.Group;

import java.util.Iterator;
import java.util.List;

/** A group maps a function over many things at once. */
public final class GroupImap {

    private static final List<Integer> NUMBERS = List.of(0, 1, 2);

    private GroupImap() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        var group = new Group();
        List<Integer> squares = group.map(NUMBERS, n -> hello(n, group));
        System.out.println(String.join(", ", squares.stream().map(String::valueOf).toList()));

        System.out.println("in order");
        for (int i : new Group().imap(NUMBERS, GroupImap::slow)) {
            System.out.println("result " + i);
        }
        System.out.println("as they come");
        for (int i : new Group().imapUnordered(NUMBERS, GroupImap::slow)) {
            System.out.println("result " + i);
        }
        System.out.println("with an error");
        Iterator<Integer> results = new Group().imap(List.of(0, 1, 2, 3), GroupImap::half);
        while (results.hasNext()) {
            try {
                System.out.println("result " + results.next());
            } catch (IllegalArgumentException e) {
                System.out.println("error: " + e.getMessage()); // the others are not affected
            }
        }
    }

    private static int hello(int n, Group group) {
        System.out.println("hello from " + n + ", one of " + group.size());
        return n * n;
    }

    private static int slow(int n) {
        for (int i = n; i < 3; i++) {
            sleep(0); // the first takes longest
        }
        return n;
    }

    private static int half(int n) {
        if (n % 2 != 0) {
            throw new IllegalArgumentException(n + " is odd");
        }
        return n / 2;
    }
}
