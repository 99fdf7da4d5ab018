package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Takes as much as the client sends. */
final class UploadProtocol implements Protocol {

    @Override
    public void serve(InputStream in, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        int n;
        do {
            n = in.read(chunk);
        } while (n >= 0);
    }
}
