package dev.jevent.websocket;

import java.util.Arrays;

/** Reads the blocks of a stream of deflate (RFC 1951), to see how far back they refer. */
final class DeflateDistances {

    private static final int[] LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
    };
    private static final int[] ORDER = {
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
    };

    /** Of a canonical Huffman code: how many symbols of each length, and they in their order. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Code(int[] counts, int[] symbols) {
        static Code of(int[] lengths) {
            int[] counts = new int[16];
            for (int n : lengths) {
                counts[n]++;
            }
            counts[0] = 0;
            int[] at = new int[17];
            for (int i = 1; i < 16; i++) {
                at[i + 1] = at[i] + counts[i];
            }
            int[] symbols = new int[lengths.length];
            for (int s = 0; s < lengths.length; s++) {
                if (lengths[s] > 0) {
                    symbols[at[lengths[s]]++] = s;
                }
            }
            return new Code(counts, symbols);
        }
    }

    private final byte[] in;
    private int bit;
    private int farthest;

    DeflateDistances(byte[] payload) {
        in = Arrays.copyOf(payload, payload.length + 4);
        in[in.length - 1] = -1;
        in[in.length - 2] = -1;
    }

    int farthest() {
        while (bit + 3 < in.length * 8) {
            int ignored = bits(1);
            switch (bits(2)) {
                case 0 -> stored();
                case 1 -> codes(fixed(), Code.of(filled(30, 5)));
                default -> dynamic();
            }
        }
        return farthest;
    }

    private int bits(int n) {
        int value = 0;
        for (int i = 0; i < n; i++, bit++) {
            value |= (in[bit >> 3] >> (bit & 7) & 1) << i;
        }
        return value;
    }

    private void stored() {
        bit = bit + 7 & ~7;
        int n = bits(16);
        bit += 16 + 8 * n;
    }

    private static int[] filled(int n, int value) {
        int[] lengths = new int[n];
        Arrays.fill(lengths, value);
        return lengths;
    }

    private static Code fixed() {
        int[] lengths = filled(288, 8);
        Arrays.fill(lengths, 144, 256, 9);
        Arrays.fill(lengths, 256, 280, 7);
        return Code.of(lengths);
    }

    private int symbol(Code code) {
        int value = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length < 16; length++) {
            value |= bits(1);
            int count = code.counts[length];
            if (value - count < first) {
                return code.symbols[index + value - first];
            }
            index += count;
            first = first + count << 1;
            value <<= 1;
        }
        throw new AssertionError("no such code");
    }

    private void dynamic() {
        int literals = bits(5) + 257;
        int distances = bits(5) + 1;
        int n = bits(4) + 4;
        int[] lengths = new int[19];
        for (int i = 0; i < n; i++) {
            lengths[ORDER[i]] = bits(3);
        }
        Code code = Code.of(lengths);
        int[] all = new int[literals + distances];
        for (int i = 0; i < all.length; ) {
            int s = symbol(code);
            if (s < 16) {
                all[i++] = s;
            } else {
                int value = s == 16 ? all[i - 1] : 0;
                int times = s == 16 ? 3 + bits(2) : s == 17 ? 3 + bits(3) : 11 + bits(7);
                Arrays.fill(all, i, i + times, value);
                i += times;
            }
        }
        codes(
                Code.of(Arrays.copyOf(all, literals)),
                Code.of(Arrays.copyOfRange(all, literals, all.length)));
    }

    private void codes(Code literals, Code distances) {
        for (int s = symbol(literals); s != 256; s = symbol(literals)) {
            if (s > 256) {
                int ignored = bits(LENGTH_BITS[s - 257]);
                int d = symbol(distances);
                int more = d < 4 ? 0 : (d >> 1) - 1;
                int base = d < 4 ? d + 1 : (2 + (d & 1) << more) + 1;
                farthest = Math.max(farthest, base + bits(more));
            }
        }
    }
}
