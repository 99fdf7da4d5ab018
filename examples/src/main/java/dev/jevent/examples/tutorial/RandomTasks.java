package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Tasks of a random number of steps: one after the other, and all at once. */
public final class RandomTasks {

    private static final int COUNT = 8;

    private final List<Integer> steps = shuffled(new Chance(2012));

    private RandomTasks() {}

    /** No arguments. */
    public static void main(String[] args) {
        var tasks = new RandomTasks();
        System.out.println("one after the other:");
        for (int i = 0; i < COUNT; i++) {
            tasks.run(i);
        }
        System.out.println("all at once:");
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            int number = i;
            greenlets.add(spawn(() -> tasks.run(number)));
        }
        joinAll(greenlets);
    }

    private void run(int i) {
        for (int step = 0; step < steps.get(i); step++) {
            sleep(0); // others take a step meanwhile
        }
        System.out.println("task " + i + " done");
    }

    private static List<Integer> shuffled(Chance chance) {
        List<Integer> numbers = new ArrayList<>(IntStream.range(0, COUNT).boxed().toList());
        for (int i = COUNT - 1; i > 0; i--) {
            Collections.swap(numbers, i, chance.below(i + 1));
        }
        return numbers;
    }

    /** Numbers that look like chance, the same in each run. */
    private static final class Chance {
        private long state;

        Chance(long seed) {
            state = seed;
        }

        int below(int limit) {
            state = (state * 1103515245 + 12345) & 0x7FFF_FFFF;
            return (int) ((state >> 16) % limit);
        }
    }
}
