package dev.jevent.queue;

import java.util.NoSuchElementException;

/**
 * A get took an end marker, which somebody put with {@code putEnd}. Loops over {@code items()} end
 * there instead.
 */
public final class QueueEnd extends NoSuchElementException {

    private static final long serialVersionUID = 1;

    QueueEnd() {
        super("an end marker was taken: whoever put it has no more items for this consumer");
    }
}
