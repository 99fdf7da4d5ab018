package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.pool.Group;

/** Greenlets that are joined together. */
public final class GroupsTutorial {

    private GroupsTutorial() {}

    /** No arguments. */
    public static void main(String[] args) {
        var first = spawn(() -> talk("red"));
        var second = spawn(() -> talk("green"));
        var third = spawn(() -> talk("blue"));

        var group = new Group();
        group.add(first);
        group.add(second);
        group.join(); // the third runs as well
        System.out.println("in the group: " + group.size());

        group.add(third);
        group.join();
        System.out.println("in the group: " + group.size());
    }

    private static void talk(String word) {
        for (int i = 0; i < 3; i++) {
            System.out.println(word);
        }
    }
}
