package dev.jevent.cli;

import java.util.List;

/** A command line, word after word. Options stand in front, but for those who say otherwise. */
final class Words {

    private final List<String> words;
    private final String hint;
    private int next;

    /** The hint is for who forgets the value of an option. */
    Words(List<String> words, String hint) {
        this.words = words;
        this.hint = hint;
    }

    boolean hasMore() {
        return next < words.size();
    }

    boolean isOption() {
        return hasMore() && words.get(next).startsWith("-");
    }

    String take() {
        return words.get(next++);
    }

    String valueOf(String option) {
        if (!hasMore()) {
            throw new UsageError(option + " needs a value", hint);
        }
        return take();
    }

    List<String> rest() {
        return List.copyOf(words.subList(next, words.size()));
    }
}
