package dev.jevent.websocket;

/**
 * How messages are compressed, if the peer agrees (permessage-deflate, RFC 7692).
 *
 * <p>The sliding window over earlier messages is what makes small messages that are alike really
 * small, but each connection then keeps its own compressor and decompressor, also while it is idle:
 * about 300 KiB of memory outside of the heap. Without it, the default, messages are compressed one
 * by one, with compressors from a small pool, and an idle connection keeps nothing. A peer cannot
 * force a window on this side's sending; a client's window, if the server wants one, has to be
 * followed by the server only.
 *
 * <p>A peer that asks for smaller windows of this side ({@code server_max_window_bits}, or {@code
 * client_max_window_bits} of a client) gets what it asks for: Java's compressor cannot be told so,
 * but a message is compressed in independent pieces of that size then, which is worse by a few
 * percent.
 *
 * @param windows whether messages may refer to earlier ones, in both directions: no
 * @param level from 1, fast, to 9, small: 1. The hub's other greenlets wait meanwhile
 * @param threshold bytes; a shorter message is sent as it is: 128
 */
public record Compression(boolean windows, int level, int threshold) {

    private static final Compression DEFAULTS = new Compression(false, 1, 128);

    /**
     * All of them.
     *
     * @throws IllegalArgumentException if the level is none of 1 to 9, or the threshold negative
     */
    public Compression {
        if (level < 1 || level > 9) {
            throw new IllegalArgumentException("a level of " + level + "; use 1 to 9");
        }
        if (threshold < 0) {
            throw new IllegalArgumentException("a threshold of " + threshold + " bytes");
        }
    }

    /** The defaults. */
    public static Compression defaults() {
        return DEFAULTS;
    }

    /** With or without windows over earlier messages. */
    public Compression windows(boolean on) {
        return new Compression(on, level, threshold);
    }

    /** With another level. */
    public Compression level(int value) {
        return new Compression(windows, value, threshold);
    }

    /** With another threshold. */
    public Compression threshold(int bytes) {
        return new Compression(windows, level, bytes);
    }
}
