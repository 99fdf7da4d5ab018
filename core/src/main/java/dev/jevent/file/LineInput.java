package dev.jevent.file;

import dev.jevent.lock.Held;
import dev.jevent.lock.RLock;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.Objects;

/**
 * A buffer of 8 KiB before a green stream, from which bytes and lines are read in any order. Takes
 * turns; who is killed while he waits loses nothing, not even the beginning of a line.
 */
final class LineInput extends InputStream {

    private static final int SIZE = 1 << 13;

    private final InputStream source;
    private final RLock turn = new RLock();
    private byte[] buffer = new byte[SIZE]; // guarded by turn
    private int at; // guarded by turn; so is end
    private int end;

    LineInput(InputStream source) {
        this.source = source;
    }

    /** Whether there is a byte; waits for it. */
    private boolean hasMore() throws IOException {
        if (at == end) {
            if (buffer.length != SIZE) {
                buffer = new byte[SIZE];
            }
            int n = source.read(buffer, 0, SIZE);
            at = 0;
            end = Math.max(n, 0);
        }
        return at < end;
    }

    private void putBack(byte[] bytes) {
        buffer = bytes;
        at = 0;
        end = bytes.length;
    }

    @Override
    public int read() throws IOException {
        try (Held _ = turn.hold()) {
            return hasMore() ? buffer[at++] & 0xFF : -1;
        }
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        try (Held _ = turn.hold()) {
            if (len == 0) {
                return 0;
            }
            if (!hasMore()) {
                return -1;
            }
            int n = Math.min(len, end - at);
            System.arraycopy(buffer, at, b, off, n);
            at += n;
            return n;
        }
    }

    @Override
    public int available() throws IOException {
        try (Held _ = turn.hold()) {
            return end - at + source.available();
        }
    }

    /** The next line without its end, which is LF or CR LF; null at the end. */
    @Nullable String readLine(Charset charset) throws IOException {
        try (Held _ = turn.hold()) {
            var line = new ByteArrayOutputStream();
            boolean ended = false;
            boolean finished = false;
            try {
                while (!ended && hasMore()) {
                    int from = at;
                    while (at < end && !ended) {
                        ended = buffer[at++] == '\n';
                    }
                    line.write(buffer, from, at - from);
                }
                finished = true;
            } finally {
                if (!finished) {
                    putBack(line.toByteArray()); // for the next one; nothing else is there
                }
            }
            return line.size() == 0 ? null : withoutEnd(line.toString(charset));
        }
    }

    private static String withoutEnd(String line) {
        if (!line.endsWith("\n")) {
            return line;
        }
        return line.substring(0, line.length() - (line.endsWith("\r\n") ? 2 : 1));
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
