package dev.jevent.http;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.internal.Effort;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The body of a request that was sent with gzip, RFC 1952, inflated; one member of it, and nothing
 * behind. A wait that is ended loses nothing. For one reader at a time.
 */
final class InflatedInput extends InputStream {

    private static final int SIZE = 4 * 1024; // and the most that the header of gzip may have
    private static final int PIECE = 16 * 1024; // inflated at once
    private static final int FIXED = 10; // bytes of that header which are always there
    private static final int TRAILER = 8;
    private static final int HAS_CRC = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private final Request request;
    private final InputStream in;
    private final CRC32 crc = new CRC32();
    private final byte[] one = new byte[1];
    private final byte[] buffer = new byte[SIZE];
    private int pos;
    private int limit;
    private @Nullable Inflater inflater; // from the first read to the end
    private boolean begun;
    private boolean behind; // the compressed bytes were all taken
    private @Nullable HttpException failure;
    private boolean ended;
    private boolean closed;
    private boolean busy;
    private long size;
    private final Effort effort = new Effort();

    InflatedInput(Request request, InputStream in) {
        this.request = request;
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        effort.pause();
        if (closed) {
            throw new IOException("the body of the request was closed, or its request is over");
        }
        if (busy) {
            throw new ConcurrentObjectUseError("another greenlet reads the body of this request");
        }
        if (len == 0) {
            return 0;
        }
        if (ended) {
            return -1;
        }
        if (failure != null) {
            throw failure;
        }
        busy = true;
        try {
            return inflate(b, off, Math.min(len, PIECE));
        } catch (DataFormatException e) {
            failure = bad("what it has is damaged");
            throw failure;
        } catch (HttpException e) {
            failure = e;
            throw e;
        } finally {
            busy = false;
        }
    }

    private int inflate(byte[] b, int off, int len) throws IOException, DataFormatException {
        Inflater i = inflater();
        while (!behind) {
            int n = i.inflate(b, off, len);
            effort.add(Effort.CALL + n);
            if (n > 0) {
                size += n;
                if (size > request.inflatedLimit()) {
                    throw new HttpException(
                            413,
                            "the body is longer than "
                                    + request.inflatedLimit()
                                    + " bytes, inflated",
                            true);
                }
                crc.update(b, off, n);
                return n;
            }
            if (i.finished()) {
                pos = limit - i.getRemaining();
                behind = true;
            } else if (i.needsDictionary()) {
                throw bad("it needs a dictionary");
            } else {
                pos = limit; // all was taken
                effort.did(SIZE);
                fill();
                i.setInput(buffer, pos, limit - pos);
            }
        }
        end();
        return -1;
    }

    private Inflater inflater() throws IOException {
        Inflater i = inflater;
        if (i == null) {
            i = new Inflater(true);
            inflater = i;
        }
        if (!begun) {
            int length = headerLength();
            while (length < 0) {
                fill();
                length = headerLength();
            }
            pos = length;
            i.setInput(buffer, pos, limit - pos);
            begun = true;
        }
        return i;
    }

    /** More bytes behind those that are there. */
    private void fill() throws IOException {
        if (pos == limit) {
            pos = 0;
            limit = 0;
        } else if (limit == SIZE) {
            if (pos == 0) {
                throw bad("its header is too long");
            }
            System.arraycopy(buffer, pos, buffer, 0, limit - pos);
            limit -= pos;
            pos = 0;
        }
        int n = in.read(buffer, limit, SIZE - limit);
        if (n < 0) {
            throw bad("it ends too early");
        }
        limit += n;
    }

    /** Of the header at the beginning of the buffer; -1 if it is not complete. */
    private int headerLength() {
        byte[] magic = {0x1F, (byte) 0x8B, 8};
        int known = Math.min(limit, magic.length);
        if (!Arrays.equals(buffer, 0, known, magic, 0, known)) {
            throw bad("it does not begin like that");
        }
        if (limit < FIXED) {
            return -1;
        }
        int flags = buffer[3];
        if ((flags & RESERVED) != 0) {
            throw bad("its header has flags that nobody knows");
        }
        int at = FIXED;
        if ((flags & HAS_EXTRA) != 0) {
            if (limit < at + 2) {
                return -1;
            }
            at += 2 + (buffer[at] & 0xFF | (buffer[at + 1] & 0xFF) << 8);
        }
        at = (flags & HAS_NAME) != 0 ? behindText(at) : at;
        at = (flags & HAS_COMMENT) != 0 ? behindText(at) : at;
        at += (flags & HAS_CRC) != 0 ? 2 : 0;
        return at <= limit ? at : -1;
    }

    private int behindText(int from) {
        for (int i = from; i < limit; i++) {
            if (buffer[i] == 0) {
                return i + 1;
            }
        }
        return SIZE + 1; // not complete
    }

    private void end() throws IOException {
        while (limit - pos < TRAILER) {
            fill();
        }
        if (littleEndian(pos) != (int) crc.getValue() || littleEndian(pos + 4) != (int) size) {
            throw bad("its checksum is wrong");
        }
        if (limit - pos > TRAILER || in.read(one, 0, 1) >= 0) {
            throw bad("something follows its end");
        }
        ended = true;
        release();
    }

    private int littleEndian(int at) {
        return buffer[at] & 0xFF
                | (buffer[at + 1] & 0xFF) << 8
                | (buffer[at + 2] & 0xFF) << 16
                | buffer[at + 3] << 24;
    }

    private static HttpException bad(String why) {
        return new HttpException(400, "the body is not what gzip makes: " + why);
    }

    /** It is read no more. */
    @Override
    public void close() throws IOException {
        closed = true;
        release();
        in.close();
    }

    /** Nobody reads it any more. */
    void release() {
        Inflater i = inflater;
        inflater = null;
        if (i != null) {
            i.end();
        }
        closed |= !ended;
    }
}
