package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Sends as much as the client takes. */
final class DownloadProtocol implements Protocol {
    /** The same for all connections. */
    private static final byte[] DATA = data();

    /** As much as one call sends. */
    static byte[] data() {
        byte[] data = new byte[CHUNK];
        Arrays.fill(data, (byte) 'a');
        return data;
    }

    @Override
    public void serve(InputStream in, OutputStream out) throws IOException {
        while (true) {
            out.write(DATA);
        }
    }
}
