package dev.jevent.http;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Fields that are a message's own: of a response, a trailer. For one thread at a time. */
final class FieldList implements Headers {

    private static final int FIRST = 16;

    private String[] fields = new String[FIRST]; // name, value, name, value
    private int used;

    void add(String name, String value) {
        addChecked(Text.checkName(name), Text.checkValue(name, value));
    }

    /** One that is known to be good. */
    void addChecked(String name, String value) {
        if (used == fields.length) {
            fields = Arrays.copyOf(fields, 2 * used);
        }
        fields[used] = name;
        fields[used + 1] = value;
        used += 2;
    }

    void set(String name, String value) {
        int i = find(name);
        if (i < 0) {
            add(name, value);
            return;
        }
        fields[i + 1] = Text.checkValue(name, value);
        removeFrom(i + 2, name);
    }

    void remove(String name) {
        removeFrom(0, name);
    }

    private void removeFrom(int from, String name) {
        int to = from;
        for (int i = from; i < used; i += 2) {
            if (!fields[i].equalsIgnoreCase(name)) {
                fields[to] = fields[i];
                fields[to + 1] = fields[i + 1];
                to += 2;
            }
        }
        used = to;
    }

    void clear() {
        used = 0;
    }

    boolean has(String name) {
        return find(name) >= 0;
    }

    private int find(String name) {
        for (int i = 0; i < used; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    String name(int i) {
        return fields[2 * i];
    }

    String value(int i) {
        return fields[2 * i + 1];
    }

    @Override
    public int size() {
        return used / 2;
    }

    @Override
    public Optional<String> get(String name) {
        int i = find(name);
        return i < 0 ? Optional.empty() : Optional.of(fields[i + 1]);
    }

    @Override
    public void forEach(BiConsumer<String, String> field) {
        for (int i = 0; i < used; i += 2) {
            field.accept(fields[i], fields[i + 1]);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        forEach((n, v) -> text.append(n).append(": ").append(v).append('\n'));
        return text.toString();
    }
}
