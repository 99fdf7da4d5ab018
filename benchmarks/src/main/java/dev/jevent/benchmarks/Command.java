package dev.jevent.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to start a process.
 *
 * @param words the program and its arguments
 * @param environment what is added to the environment
 * @param missing why it cannot be started on this machine, if it cannot
 */
record Command(List<String> words, Map<String, String> environment, Optional<String> missing) {

    static Command of(List<String> words) {
        return new Command(words, Map.of(), Optional.empty());
    }

    static Command missing(String why) {
        return new Command(List.of(), Map.of(), Optional.of(why));
    }

    /** The same with one more variable in its environment. */
    Command with(String name, long value) {
        return with(name, Long.toString(value));
    }

    /** The same with one more variable in its environment. */
    Command with(String name, String value) {
        return with(Map.of(name, value));
    }

    /** The same with more variables in its environment. */
    Command with(Map<String, String> variables) {
        Map<String, String> more = new HashMap<>(environment);
        more.putAll(variables);
        return new Command(words, more, missing);
    }
}
