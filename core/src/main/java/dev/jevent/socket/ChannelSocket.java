package dev.jevent.socket;

import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;

/**
 * A stream socket of the Unix domain in the portable mode, on a channel of the JDK: there it has no
 * {@code java.net.Socket} for them. Any thread.
 */
final class ChannelSocket extends StreamSocket {

    private static final int MOST = 64 * 1024; // the JDK copies what it is given

    private final SocketChannel channel;
    private final ChannelWait input;
    private final ChannelWait output;

    /** Neither bound nor connected. */
    ChannelSocket() throws IOException {
        this(SocketChannel.open(StandardProtocolFamily.UNIX));
    }

    private ChannelSocket(SocketChannel channel) throws IOException {
        this.channel = channel;
        input = new ChannelWait(channel, SelectionKey.OP_READ, "read from");
        output = new ChannelWait(channel, SelectionKey.OP_WRITE, "write to");
    }

    /** One that is connected. */
    static ChannelSocket of(SocketChannel channel) throws IOException {
        boolean done = false;
        try {
            channel.configureBlocking(false);
            var socket = new ChannelSocket(channel);
            socket.connectedTo(channel.getRemoteAddress());
            done = true;
            return socket;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    static SocketException failure(IOException e) {
        if (e instanceof SocketException known) {
            return known;
        }
        var failure =
                new SocketException(
                        e instanceof ClosedChannelException ? "Socket closed" : e.getMessage());
        failure.initCause(e);
        return failure;
    }

    @Override
    int receive(byte[] b, int off, int len, int millis) throws IOException {
        return receive(b, off, len, Deadline.ofMillis(millis, "Read timed out"));
    }

    @Override
    int receive(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        for (; ; ) {
            int n;
            try {
                n = channel.read(ByteBuffer.wrap(b, off, Math.min(len, MOST)));
            } catch (IOException e) {
                throw failure(e);
            }
            if (n != 0) {
                return Math.max(n, 0);
            }
            input.await(deadline);
        }
    }

    @Override
    int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        for (; ; ) {
            int n;
            try {
                n = channel.write(ByteBuffer.wrap(b, off, Math.min(len, MOST)));
            } catch (IOException e) {
                throw failure(e);
            }
            if (n > 0 || len == 0) {
                return n;
            }
            output.await(deadline);
        }
    }

    @Override
    void send(byte[] b, int off, int len) throws IOException {
        for (int sent = 0; sent < len; ) {
            sent += sendSome(b, off + sent, len - sent, null);
        }
    }

    @Override
    void awaitNews(@Nullable Deadline deadline) {
        // nobody says that without a system call
    }

    @Override
    int sendFile(int file, long offset, int count, @Nullable Deadline deadline) {
        throw new AssertionError("in the portable mode there are no descriptors");
    }

    @Override
    void awaitInput(@Nullable Deadline deadline) throws IOException {
        if (!input.isReady()) {
            input.await(deadline);
        }
    }

    @Override
    void awaitOutput(@Nullable Deadline deadline) throws IOException {
        if (!output.isReady()) {
            output.await(deadline);
        }
    }

    @Override
    int waiting() {
        return 0; // nobody says
    }

    @Override
    void shutInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    void shutOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    void check(SocketAddress address) {
        Addresses.ofUnix(address);
    }

    /**
     * In blocking mode on a thread that may block: a channel that does not block takes "too many
     * are waiting there" for a connection.
     */
    @Override
    void doConnect(SocketAddress to, @Nullable Deadline deadline) throws IOException {
        try {
            if (deadline == null) {
                connectBlocking(to);
            } else {
                Duration left = Duration.ofNanos(deadline.left());
                new Timeout(left, deadline.over()).run(() -> connectBlocking(to));
            }
            channel.configureBlocking(false);
        } catch (SocketTimeoutException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            var failure =
                    new java.net.ConnectException(
                            (e instanceof ClosedChannelException ? "Socket closed" : e.getMessage())
                                    + ": "
                                    + to);
            failure.initCause(e);
            throw failure;
        }
    }

    private void connectBlocking(SocketAddress to) throws Exception {
        Jevent.blocking(() -> channel.connect(to));
    }

    @Override
    void doBind(@Nullable SocketAddress to) throws IOException {
        channel.bind(to == null ? UnixSocket.UNNAMED : to);
    }

    @Override
    SocketAddress readLocalAddress() throws IOException {
        return channel.getLocalAddress();
    }

    @Override
    void release() {
        try {
            channel.close();
            input.close();
            output.close();
        } catch (IOException e) {
            return; // it is closed nevertheless
        }
    }

    @Override
    <T> void set(SocketOption<T> option, T value) throws SocketException {
        try {
            channel.setOption(option, value);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    <T> T get(SocketOption<T> option) throws SocketException {
        try {
            return channel.getOption(option);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }
}
