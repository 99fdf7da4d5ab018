package dev.jevent.http;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The framing of a body in chunks, RFC 9112 section 7.1, taken as it comes. It is told of all bytes
 * but those of the chunks themselves.
 *
 * <pre>
 *   SIZE --;--> EXTENSION --CR--> LF_OF_SIZE --> DATA --> CR_OF_DATA --> LF_OF_DATA --> SIZE
 *     '------------CR------------^      '-- size 0 --> TRAILER --> DONE
 * </pre>
 *
 * Strict: digits and CRLF are all that is understood in more than one way elsewhere, so there must
 * be nothing else. For one thread at a time.
 */
final class ChunkDecoder {

    private enum State {
        SIZE,
        EXTENSION,
        LF_OF_SIZE,
        DATA,
        CR_OF_DATA,
        LF_OF_DATA,
        TRAILER,
        DONE
    }

    private static final int MOST_DIGITS = 15;
    private static final int MOST_EXTENSIONS = 16 * 1024; // bytes, beyond those of the data

    private final Limits limits;
    private State state = State.SIZE;
    private long left;
    private int digits;
    private long extensions;
    private byte[] trailer = new byte[0];
    private int trailerSize;
    private @Nullable RequestHead fields; // of the trailer; made when there is one

    ChunkDecoder(Limits limits) {
        this.limits = limits;
    }

    /**
     * Takes framing, up to the next byte of data.
     *
     * @return where it stopped: at data if {@link #left} is not zero, behind the end if {@link
     *     #isDone}, else at the limit
     * @throws HttpException 400 if it is wrong, 431 if the trailer is too long
     */
    int skip(byte[] b, int from, int limit) {
        int i = from;
        while (i < limit && state != State.DATA && state != State.DONE) {
            if (state == State.TRAILER) {
                i = trailer(b, i, limit);
            } else {
                framing(b[i++]);
            }
        }
        return i;
    }

    private void framing(byte c) {
        switch (state) {
            case SIZE -> size(c);
            case EXTENSION -> {
                if (c == '\r') {
                    state = State.LF_OF_SIZE;
                } else if (c >= 0 && c < ' ' && c != '\t' || c == 0x7F) {
                    throw HttpException.bad("a bad character in the extension of a chunk");
                } else if (++extensions > MOST_EXTENSIONS) {
                    throw HttpException.bad("too many extensions of chunks");
                }
            }
            case LF_OF_SIZE -> {
                expect(c, '\n', "the size of a chunk does not end in CRLF");
                digits = 0;
                state = left == 0 ? State.TRAILER : State.DATA;
            }
            case CR_OF_DATA -> {
                expect(c, '\r', "a chunk is longer than its size");
                state = State.LF_OF_DATA;
            }
            case LF_OF_DATA -> {
                expect(c, '\n', "a chunk does not end in CRLF");
                state = State.SIZE;
            }
            default -> throw new AssertionError(state);
        }
    }

    private static void expect(byte c, char wanted, String otherwise) {
        if (c != wanted) {
            throw HttpException.bad(otherwise);
        }
    }

    private void size(byte c) {
        int digit = c < 0 ? -1 : Character.digit(c, 16);
        if (digit >= 0) {
            if (++digits > MOST_DIGITS) {
                throw HttpException.bad("the size of a chunk is beyond all bounds");
            }
            left = left << 4 | digit;
            return;
        }
        if (digits == 0) {
            throw HttpException.bad("a chunk without a size");
        }
        if (c == ';') {
            state = State.EXTENSION;
        } else if (c == '\r') {
            state = State.LF_OF_SIZE;
        } else {
            throw HttpException.bad("a bad character in the size of a chunk");
        }
    }

    /** Line by line, so that nothing is taken of what follows. */
    private int trailer(byte[] b, int from, int limit) {
        int to = from;
        while (to < limit && b[to] != '\n') {
            to++;
        }
        boolean whole = to < limit;
        to = whole ? to + 1 : to;
        RequestHead f = fields;
        if (f == null) {
            f = RequestHead.ofTrailer(limits);
            fields = f;
        }
        if (trailerSize + to - from > trailer.length) {
            trailer = Arrays.copyOf(trailer, Math.max(64, 2 * (trailerSize + to - from)));
        }
        System.arraycopy(b, from, trailer, trailerSize, to - from);
        trailerSize += to - from;
        f.in(trailer, 0);
        if (f.parse(trailerSize)) {
            state = State.DONE;
        }
        return to;
    }

    /** How many bytes of data come now. */
    long left() {
        return state == State.DATA ? left : 0;
    }

    /** So many of them were taken. */
    void took(long n) {
        left -= n;
        extensions = Math.max(0, extensions - n);
        if (left == 0) {
            state = State.CR_OF_DATA;
        }
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** The fields of the trailer; before its end none. */
    Headers trailers() {
        var all = new FieldList();
        RequestHead f = fields;
        if (isDone() && f != null) {
            f.forEach(all::addChecked);
        }
        return all;
    }
}
