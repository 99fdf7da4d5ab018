package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.pool.Pool;
import dev.jevent.pool.ThreadPool;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Greenlets come in the same order each time; of threads only the results are the same. */
public final class Determinism {

    private static final List<Integer> NUMBERS = IntStream.range(0, 10).boxed().toList();
    private static final int RUNS = 4;

    private Determinism() {}

    /** No arguments. */
    public static void main(String[] args) {
        List<List<Integer>> threads = new ArrayList<>();
        var threadPool = new ThreadPool(10);
        for (int i = 0; i < RUNS; i++) {
            threads.add(listOf(threadPool.imapUnordered(NUMBERS, Determinism::echoInThread)));
        }
        say("threads, the same results", threads.stream().allMatch(Determinism::isComplete));

        List<List<Integer>> greenlets = new ArrayList<>();
        var pool = new Pool(10);
        for (int i = 0; i < RUNS; i++) {
            greenlets.add(listOf(pool.imapUnordered(NUMBERS, Determinism::echo)));
        }
        say("greenlets, the same results", greenlets.stream().allMatch(Determinism::isComplete));
        say("greenlets, the same order", greenlets.stream().distinct().count() == 1);
        System.out.println("that is: " + greenlets.getFirst());
    }

    private static int echo(int i) {
        sleep(1);
        return i;
    }

    private static int echoInThread(int i) throws InterruptedException {
        Thread.sleep(1);
        return i;
    }

    private static List<Integer> listOf(Iterable<Integer> results) {
        List<Integer> list = new ArrayList<>();
        results.forEach(list::add);
        return list;
    }

    private static boolean isComplete(List<Integer> run) {
        return run.stream().sorted().toList().equals(NUMBERS);
    }

    private static void say(String text, boolean condition) {
        System.out.println(text + ": " + (condition ? "yes" : "no"));
    }
}
