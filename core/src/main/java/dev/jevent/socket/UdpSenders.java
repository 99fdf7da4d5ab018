package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.Share;
import dev.jevent.internal.sys.Errno;
import dev.jevent.lock.Semaphore;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Those who send by one socket. A datagram is one system call, which nearly always succeeds at
 * once; so there is no lock. Only when the send buffer is full do they stand in a line, in which
 * the first waits for room and the others for the first. Any thread.
 */
final class UdpSenders {

    private final Descriptor descriptor;
    private final Semaphore first = new Semaphore(1);
    private final AtomicInteger inLine = new AtomicInteger();

    UdpSenders(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Makes the call that sends; what it answered, but never {@code EAGAIN}. */
    int send(Descriptor.Call call) throws IOException {
        if (inLine.get() == 0) { // who comes later does not take the room of who waits
            Share.take(1);
            int n = descriptor.call(call);
            if (n != -Errno.EAGAIN) {
                return n;
            }
        }
        inLine.incrementAndGet();
        try {
            first.acquire();
            try {
                return descriptor.output(call, null);
            } finally {
                first.release();
            }
        } finally {
            inLine.decrementAndGet();
        }
    }
}
