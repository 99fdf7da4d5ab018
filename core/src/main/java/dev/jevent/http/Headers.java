package dev.jevent.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The header fields of a message, in their order; names are the same in any case. Those of a
 * request are looked for in the bytes that came, and cost nothing until somebody asks; they can be
 * asked for as long as the request lasts.
 */
public sealed interface Headers permits RequestFields, FieldList {

    /** The value of the first field of that name. */
    Optional<String> get(String name);

    /** How many fields there are. */
    int size();

    /** Tells of each field. */
    void forEach(BiConsumer<String, String> field);

    /** The values of all fields of that name. */
    default List<String> all(String name) {
        List<String> values = new ArrayList<>();
        forEach(
                (n, v) -> {
                    if (n.equalsIgnoreCase(name)) {
                        values.add(v);
                    }
                });
        return values;
    }

    /** The values of all fields of that name as one list, split at commas outside of quotes. */
    default List<String> list(String name) {
        List<String> items = new ArrayList<>();
        all(name).forEach(value -> Text.splitList(value, items));
        return items;
    }

    /** Whether there is such a field. */
    default boolean contains(String name) {
        return get(name).isPresent();
    }
}
