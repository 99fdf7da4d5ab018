package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Sends back what it receives. */
final class EchoProtocol implements Protocol {

    @Override
    public void serve(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int n;
        while ((n = in.read(buffer)) >= 0) {
            out.write(buffer, 0, n);
        }
    }
}
