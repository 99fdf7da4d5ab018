package dev.jevent.benchmarks.contenders;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A bare keep-alive HTTP responder: finds the end of each request head, across partial reads and
 * with pipelining, and answers each with the same full response. Requests have no body.
 */
final class HelloProtocol implements Protocol {
    private static final byte[] RESPONSE =
            """
            HTTP/1.1 200 OK\r
            Content-Type: text/plain\r
            Content-Length: 13\r
            \r
            Hello, World!\
            """
                    .getBytes(US_ASCII);

    @Override
    public void serve(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int used = 0; // bytes of requests that are not answered yet
        int n;
        while (used < buffer.length && (n = in.read(buffer, used, buffer.length - used)) >= 0) {
            int from = Math.max(0, used - 3); // there is no end of a head before this
            used += n;
            int head = 0;
            int end;
            while ((end = endOfHead(buffer, from, used)) >= 0) {
                out.write(RESPONSE);
                head = end;
                from = end;
            }
            used -= head;
            System.arraycopy(buffer, head, buffer, 0, used);
        }
    }

    /** The index after the first empty line in the given range, or -1. */
    private static int endOfHead(byte[] buffer, int from, int to) {
        for (int i = from + 3; i < to; i++) {
            if (buffer[i] == '\n'
                    && buffer[i - 1] == '\r'
                    && buffer[i - 2] == '\n'
                    && buffer[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }
}
