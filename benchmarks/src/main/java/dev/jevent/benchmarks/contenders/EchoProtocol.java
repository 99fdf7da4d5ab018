package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Sends back what it receives. */
final class EchoProtocol implements Protocol {

    @Override
    public void serve(InputStream in, OutputStream out) throws IOException {
        in.transferTo(out);
    }
}
