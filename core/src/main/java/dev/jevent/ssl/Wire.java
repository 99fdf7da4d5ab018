package dev.jevent.ssl;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.HasDescriptor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;

/** The connection below TLS. For one reader and one writer at a time. */
abstract class Wire {

    /** The best way to the socket. */
    static Wire of(Socket socket) throws IOException {
        return socket instanceof HasDescriptor own && !(own instanceof HasDescriptor.Buffering)
                ? new DescriptorWire(socket, own.descriptor())
                : new StreamWire(socket);
    }

    /**
     * Receives what is there, and waits until something is. What throws out of it has received
     * nothing.
     *
     * @param most bytes
     * @return how many were added; -1 at the end of the stream
     * @throws java.net.SocketTimeoutException if the deadline is over
     */
    abstract int receive(Inbound in, int most, @Nullable Deadline deadline) throws IOException;

    /** Waits, if it is known that there is nothing to receive. */
    void awaitNews(Inbound in, @Nullable Deadline deadline) throws IOException {}

    /**
     * Sends something, and waits until it can.
     *
     * @return how many bytes, 1 or more; what throws out of it has sent nothing, or it is broken
     */
    abstract int send(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException;

    /**
     * Sends what the kernel takes, and hardly waits.
     *
     * @return how many bytes
     */
    abstract int sendNow(byte[] b, int off, int len) throws IOException;

    /** Throws away what has been received, so that a close is no reset; hardly waits. */
    abstract void discard() throws IOException;
}
