package dev.jevent.websocket;

import dev.jevent.internal.SpinLock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/** What frames are made of: RFC 6455, 5.2 and 5.3. Any thread. */
final class Frames {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final int FIN = 0x80;
    static final int RSV1 = 0x40;
    static final int MASKED = 0x80;

    static final int MOST_CONTROL = 125;
    static final int MOST_HEADER = 14;

    private static final int SHORT = 126;
    private static final int LONG = 127;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Frames() {}

    /** How long the header of a frame is. */
    static int headerLength(int payload, boolean masked) {
        int length = payload < SHORT ? 2 : payload <= 0xFFFF ? 4 : 10;
        return masked ? length + 4 : length;
    }

    /**
     * Writes a header.
     *
     * @param first its first byte
     */
    static void putHeader(byte[] to, int at, int first, int payload, boolean masked, int key) {
        int i = at;
        int bit = masked ? MASKED : 0;
        to[i++] = (byte) first;
        if (payload < SHORT) {
            to[i++] = (byte) (bit | payload);
        } else if (payload <= 0xFFFF) {
            to[i++] = (byte) (bit | SHORT);
            to[i++] = (byte) (payload >> 8);
            to[i++] = (byte) payload;
        } else {
            to[i++] = (byte) (bit | LONG);
            for (int j = 0; j < 4; j++) {
                to[i++] = 0;
            }
            i = putInt(to, i, payload);
        }
        if (masked) {
            int ignored = putInt(to, i, key);
        }
    }

    private static int putInt(byte[] to, int at, int value) {
        to[at] = (byte) (value >> 24);
        to[at + 1] = (byte) (value >> 16);
        to[at + 2] = (byte) (value >> 8);
        to[at + 3] = (byte) value;
        return at + 4;
    }

    /**
     * Masks or unmasks a piece of a payload in its place.
     *
     * @param key its first byte is the highest
     * @param done how much of the payload came before; only its last two bits count
     */
    static void mask(byte[] b, int off, int len, int key, int done) {
        int k = Integer.rotateLeft(key, 8 * (done & 3));
        int i = off;
        int end = off + len;
        if (len >= 8) {
            long half = (SWAP ? Integer.reverseBytes(k) : k) & 0xFFFFFFFFL;
            long both = half << 32 | half;
            for (; i + 8 <= end; i += 8) {
                LONGS.set(b, i, (long) LONGS.get(b, i) ^ both);
            }
        }
        for (int shift = 24; i < end; i++) {
            b[i] ^= (byte) (k >> shift);
            shift = shift == 0 ? 24 : shift - 8;
        }
    }

    /** Keys that nobody can foresee, as 5.3 wants them; made many at once. */
    private static final class Keys extends SpinLock {
        private static final int MANY = 256;

        private final SecureRandom random = new SecureRandom();
        private byte[] bytes = new byte[0]; // guarded by this
        private int used; // guarded by this

        int next() {
            int key = 0;
            boolean found = false;
            while (!found) {
                lock();
                found = used < bytes.length;
                if (found) {
                    key = (int) INTS.get(bytes, used);
                    used += 4;
                }
                unlock();
                if (!found) {
                    byte[] fresh = new byte[4 * MANY];
                    random.nextBytes(fresh); // without the lock: it may wait
                    lock();
                    bytes = fresh;
                    used = 0;
                    unlock();
                }
            }
            return key;
        }
    }

    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final Keys KEYS = new Keys();

    /** A new key to mask with. */
    static int newKey() {
        return KEYS.next();
    }
}
