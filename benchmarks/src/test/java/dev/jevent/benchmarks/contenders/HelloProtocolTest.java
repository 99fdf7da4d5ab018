package dev.jevent.benchmarks.contenders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The work that every {@code hello} server has to do, however the requests arrive. */
class HelloProtocolTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @Test
    void answersEachRequestWhateverTheReadsReturn() throws IOException {
        for (int size = 1; size <= 2 * REQUEST.length(); size++) {
            assertEquals(3, responses(REQUEST.repeat(3), size), "reads of " + size + " bytes");
        }
    }

    @Test
    void doesNotAnswerAnIncompleteHead() throws IOException {
        String incomplete = REQUEST.substring(0, REQUEST.length() - 1);
        assertEquals(1, responses(REQUEST + incomplete, 4096));
    }

    @Test
    void givesUpOnAHeadLongerThanItsBuffer() throws IOException {
        assertEquals(1, responses(REQUEST + "x".repeat(Protocol.BUFFER) + REQUEST, 100));
    }

    private static int responses(String requests, int readSize) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream in =
                new ByteArrayInputStream(requests.getBytes(US_ASCII)) {
                    @Override
                    public synchronized int read(byte[] buffer, int offset, int length) {
                        return super.read(buffer, offset, Math.min(length, readSize));
                    }
                };
        new HelloProtocol().serve(in, out);
        return out.toString(US_ASCII).split("HTTP/1.1 200 OK\r\n", -1).length - 1;
    }
}
