package dev.jevent.benchmarks.contenders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The server of {@code slowloris} answers complete lines, and only those. */
class LineProtocolTest {

    private static String answer(String requests, int most) throws IOException {
        InputStream bits =
                new ByteArrayInputStream(requests.getBytes(US_ASCII)) {
                    @Override
                    public synchronized int read(byte[] b, int off, int len) {
                        return super.read(b, off, Math.min(len, most));
                    }
                };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LineProtocol().serve(bits, out);
        return out.toString(US_ASCII);
    }

    @Test
    void answersLinesHoweverTheyCome() throws IOException {
        for (int most : new int[] {1, 3, 4096}) {
            assertEquals("PONG\nPONG\n", answer("PING now\nPING\nPING slowly", most));
        }
    }

    @Test
    void saysHowMuchIsInUse() throws IOException {
        assertTrue(Long.parseLong(answer("LIVE\n", 4096).strip()) > 0);
    }

    @Test
    void endsWhenALineIsLongerThanTheBuffer() throws IOException {
        assertEquals("", answer("PING" + "x".repeat(Protocol.BUFFER) + "\n", 4096));
    }

    @Test
    void refusesOtherRequests() {
        assertThrows(IOException.class, () -> answer("PUT\n", 4096));
    }
}
