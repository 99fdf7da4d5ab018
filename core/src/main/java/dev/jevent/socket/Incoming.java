package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * What has been received and not been asked for yet. The buffer is made when something comes, and
 * dropped as soon as it is empty; so a connection that waits for its next request has none. Bytes
 * leave it only when a call returns: one that throws, for whatever reason, can be repeated.
 */
final class Incoming {

    private static final int USUAL = 8 * 1024;
    private static final int LARGE = 64 * 1024;
    private static final int LARGEST = Integer.MAX_VALUE - 8; // array of this JVM
    private static final byte[] NONE = {};

    private final Transport transport;
    private byte[] buffer = NONE;
    private int head; // the first byte that nobody has taken
    private int tail; // behind the last byte
    private long received;

    Incoming(Transport transport) {
        this.transport = transport;
    }

    /** How many bytes have come, with those in the buffer. */
    long received() {
        return received;
    }

    int buffered() {
        return tail - head;
    }

    // ---- the buffer

    /** Receives more, until there are at most so many; false at the end of the stream. */
    private boolean fill(long most, @Nullable Deadline deadline) throws IOException {
        return fill(most, USUAL, deadline);
    }

    private boolean fill(long most, int first, @Nullable Deadline deadline) throws IOException {
        if (buffer.length == 0) {
            transport.awaitNews(deadline);
            buffer = new byte[first];
        }
        if (tail == buffer.length) {
            makeRoom(most);
        }
        int n = 0;
        try {
            n = transport.receive(buffer, tail, buffer.length - tail, deadline);
        } finally {
            if (n == 0) {
                release();
            }
        }
        tail += n;
        received += n;
        return n > 0;
    }

    private void makeRoom(long most) {
        if (head > 0) {
            System.arraycopy(buffer, head, buffer, 0, tail - head);
            tail -= head;
            head = 0;
        } else {
            long larger = Math.min(2L * buffer.length, Math.max(most, tail + 1L));
            buffer = Arrays.copyOf(buffer, (int) Math.min(larger, LARGEST));
        }
    }

    private void release() {
        if (head == tail) {
            buffer = NONE;
            head = 0;
            tail = 0;
        }
    }

    private int take(byte[] b, int off, int len) {
        int n = Math.min(len, buffered());
        System.arraycopy(buffer, head, b, off, n);
        head += n;
        release();
        return n;
    }

    private byte[] take(int n, int andDrop) {
        byte[] taken = Arrays.copyOfRange(buffer, head, head + n);
        head += n + andDrop;
        release();
        return taken;
    }

    /** Puts back what was received elsewhere; the buffer is empty. */
    private void keep(byte[] bytes, int n) {
        buffer = bytes;
        head = 0;
        tail = n;
        release();
    }

    // ---- the calls

    /** As {@code InputStream.read}. */
    int read(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        if (len == 0) {
            return 0;
        }
        if (head != tail) {
            return take(b, off, len);
        }
        int n = transport.receive(b, off, len, deadline);
        received += n;
        return n == 0 ? -1 : n;
    }

    byte[] read(int most, @Nullable Deadline deadline) throws IOException {
        if (most == 0 || head == tail && !fill(most, deadline)) {
            return NONE;
        }
        return take(Math.min(most, buffered()), 0);
    }

    byte[] readExactly(int n, @Nullable Deadline deadline) throws IOException {
        if (n <= buffered()) {
            return take(n, 0);
        }
        if (n <= USUAL) {
            while (buffered() < n) {
                if (!fill(n, deadline)) {
                    throw ended(n, buffered());
                }
            }
            return take(n, 0);
        }
        var all = new byte[n];
        int have = take(all, 0, n);
        boolean done = false;
        try {
            while (have < n) {
                int more = transport.receive(all, have, n - have, deadline);
                if (more == 0) {
                    throw ended(n, have);
                }
                received += more;
                have += more;
            }
            done = true;
            return all;
        } finally {
            if (!done) {
                keep(all, have);
            }
        }
    }

    private static EOFException ended(int wanted, int got) {
        return new EOFException(
                "the connection has ended after " + got + " of " + wanted + " bytes");
    }

    /** What stands before the delimiter, which is dropped; null at the end without one. */
    byte @Nullable [] readUntil(byte[] delimiter, int limit, @Nullable Deadline deadline)
            throws IOException {
        int from = 0; // relative to the head
        for (; ; ) {
            int at = find(delimiter, from);
            if (at >= 0 && at <= limit) {
                return take(at, delimiter.length);
            }
            if (at >= 0 || buffered() >= (long) limit + delimiter.length) {
                throw new IOException("no delimiter in the first " + limit + " bytes");
            }
            from = Math.max(0, buffered() - delimiter.length + 1);
            if (!fill((long) limit + delimiter.length, deadline)) {
                return null;
            }
        }
    }

    private int find(byte[] delimiter, int from) {
        byte first = delimiter[0];
        for (int i = head + from; i <= tail - delimiter.length; i++) {
            if (buffer[i] == first
                    && Arrays.equals(
                            buffer, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
                return i - head;
            }
        }
        return -1;
    }

    /** A line without its end; what comes after the last end is one too; null if nothing does. */
    byte @Nullable [] readLine(int limit, @Nullable Deadline deadline) throws IOException {
        int from = 0;
        for (; ; ) {
            int at = findLineEnd(from);
            if (at >= 0) {
                boolean two = at > 0 && buffer[head + at - 1] == '\r';
                int length = two ? at - 1 : at;
                if (length > limit) {
                    throw tooLong(limit);
                }
                return take(length, two ? 2 : 1);
            }
            from = buffered();
            if (from > limit + 1L) {
                throw tooLong(limit);
            }
            if (!fill(limit + 2L, deadline)) {
                return lastLine(limit);
            }
        }
    }

    private byte @Nullable [] lastLine(int limit) throws IOException {
        if (head == tail) {
            return null;
        }
        if (buffered() > limit) {
            throw tooLong(limit);
        }
        return take(buffered(), 0);
    }

    private int findLineEnd(int from) {
        for (int i = head + from; i < tail; i++) {
            if (buffer[i] == '\n') {
                return i - head;
            }
        }
        return -1;
    }

    private static IOException tooLong(int limit) {
        return new IOException("a line of more than " + limit + " bytes");
    }

    /** Skips as much, less at the end. */
    long skip(long n, @Nullable Deadline deadline) throws IOException {
        long skipped = 0;
        while (skipped < n) {
            if (head == tail && !fill(USUAL, deadline)) {
                break;
            }
            int now = (int) Math.min(n - skipped, buffered());
            head += now;
            skipped += now;
            release();
        }
        return skipped;
    }

    /** The next bytes, less at the end; they stay. */
    byte[] peek(int n, @Nullable Deadline deadline) throws IOException {
        boolean more = true;
        while (more && buffered() < n) {
            more = fill(n, deadline);
        }
        return Arrays.copyOfRange(buffer, head, head + Math.min(n, buffered()));
    }

    /** Everything until the end. */
    byte[] readAll(int limit, @Nullable Deadline deadline) throws IOException {
        while (buffered() <= limit) {
            if (!fill(limit + 1L, deadline)) {
                return take(buffered(), 0);
            }
        }
        throw new IOException("more than " + limit + " bytes have come");
    }

    /** Sends on what comes, until the end; what is not sent stays. */
    long transferTo(Outgoing out, @Nullable Deadline deadline) throws IOException {
        long moved = 0;
        try {
            while (head != tail || fill(LARGE, LARGE, deadline)) {
                boolean maybeMore = tail == buffer.length;
                int n = out.sendSome(buffer, head, tail - head, deadline);
                head += n;
                moved += n;
                if (head == tail && maybeMore) {
                    head = 0; // the buffer is needed again at once
                    tail = 0;
                } else {
                    release();
                }
            }
            return moved;
        } finally {
            release();
        }
    }
}
