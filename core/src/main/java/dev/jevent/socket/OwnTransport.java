package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.jdk.FileDescriptors;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** One of jevent's own sockets, without its streams. */
final class OwnTransport implements Transport {

    private final StreamSocket socket;

    OwnTransport(StreamSocket socket) {
        this.socket = socket;
    }

    private @Nullable Deadline or(@Nullable Deadline deadline) {
        return deadline != null
                ? deadline
                : Deadline.ofMillis(socket.soTimeout(), "Read timed out");
    }

    @Override
    public void awaitNews(@Nullable Deadline deadline) throws IOException {
        socket.checkConnected();
        socket.awaitNews(or(deadline));
    }

    @Override
    public int receive(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        socket.checkConnected();
        return deadline != null
                ? socket.receive(b, off, len, deadline)
                : socket.receive(b, off, len, socket.soTimeout());
    }

    @Override
    public int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline)
            throws IOException {
        socket.checkConnected();
        socket.checkOutput();
        return socket.sendSome(b, off, len, deadline);
    }

    @Override
    public int sendFile(int file, long offset, int count, @Nullable Deadline deadline)
            throws IOException {
        socket.checkConnected();
        socket.checkOutput();
        return socket.sendFile(file, offset, count, deadline);
    }

    @Override
    public int descriptor(FileChannel file) {
        return socket instanceof DescriptorSocket ? FileDescriptors.of(file) : -1;
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public void close() {
        socket.close();
    }
}
