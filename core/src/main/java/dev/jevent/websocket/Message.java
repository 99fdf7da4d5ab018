package dev.jevent.websocket;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** What a {@link WebSocket} receives: all of a message, however many frames it came in. */
public sealed interface Message {

    /** Text. */
    record Text(String text) implements Message {}

    /** Bytes; the array is the receiver's. Two are equal if their bytes are. */
    @SuppressWarnings("ArrayRecordComponent")
    record Binary(byte[] bytes) implements Message {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Binary(byte[] others) && Arrays.equals(bytes, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Binary[" + bytes.length + " bytes]";
        }
    }
}
