package dev.jevent.benchmarks.contenders;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Answers each line: {@code PONG} to one that begins with {@code PING}, and to {@code LIVE} the
 * bytes that this process has in use after a full collection. Closes a connection whose line is
 * longer than the buffer.
 */
final class LineProtocol implements Protocol {
    private static final byte[] PING = "PING".getBytes(US_ASCII);
    private static final byte[] PONG = "PONG\n".getBytes(US_ASCII);
    private static final byte[] LIVE = "LIVE".getBytes(US_ASCII);

    @Override
    public void serve(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int used = 0; // bytes of the line that is not complete
        int n;
        while (used < buffer.length && (n = in.read(buffer, used, buffer.length - used)) >= 0) {
            int line = 0;
            int end = used + n;
            for (int i = used; i < end; i++) {
                if (buffer[i] == '\n') {
                    out.write(answer(buffer, line, i));
                    line = i + 1;
                }
            }
            used = end - line;
            System.arraycopy(buffer, line, buffer, 0, used);
        }
    }

    private static byte[] answer(byte[] buffer, int from, int to) throws IOException {
        if (begins(buffer, from, to, PING)) {
            return PONG;
        }
        if (begins(buffer, from, to, LIVE)) {
            return (Self.liveBytes() + "\n").getBytes(US_ASCII);
        }
        throw new IOException("not a request: " + new String(buffer, from, to - from, US_ASCII));
    }

    private static boolean begins(byte[] buffer, int from, int to, byte[] word) {
        if (to - from < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (buffer[from + i] != word[i]) {
                return false;
            }
        }
        return true;
    }
}
