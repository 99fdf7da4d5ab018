package dev.jevent.sweep;

import java.util.Arrays;

/** Takes all memory that there is. */
final class Ballast {

    private static final int[] SIZES = {1 << 20, 1 << 16, 1 << 12, 1 << 8, 0};

    private final Object[] all = new Object[100_000];
    private int count;

    /** Until there is no more for the caller, but for some bytes. */
    void fill(int slack) {
        for (int size : SIZES) {
            try {
                while (count < all.length) {
                    all[count] = new byte[size];
                    count++;
                }
            } catch (OutOfMemoryError e) {
                // the next smaller ones
            }
        }
        for (int i = 0; i < slack / 16 && count > 0; i++) {
            all[--count] = null; // the smallest ones
        }
    }

    void drop() {
        Arrays.fill(all, 0, all.length, null);
        count = 0;
    }
}
