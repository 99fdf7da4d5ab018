package dev.jevent.http;

/** Buffers of one size. */
final class BufferPool extends Pool<byte[]> {

    private final int size;

    BufferPool(int size, Home home) {
        super(() -> new byte[size], home);
        this.size = size;
    }

    /** One of another size is forgotten. */
    @Override
    void give(byte[] b) {
        if (b.length == size) {
            super.give(b);
        }
    }
}
