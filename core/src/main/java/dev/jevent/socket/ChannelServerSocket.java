package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;

/** A listener of the Unix domain in the portable mode, on a channel of the JDK. Any thread. */
final class ChannelServerSocket extends StreamServerSocket {

    private final ServerSocketChannel channel;
    private final ChannelWait input;

    /** Not bound. */
    ChannelServerSocket() throws IOException {
        channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.configureBlocking(false);
        input = new ChannelWait(channel, SelectionKey.OP_ACCEPT, "accept from");
    }

    @Override
    SocketAddress check(@Nullable SocketAddress address) {
        return address == null ? UnixSocket.UNNAMED : Addresses.ofUnix(address);
    }

    @Override
    SocketAddress doBind(SocketAddress to, int backlog) throws IOException {
        channel.bind(to, backlog);
        return channel.getLocalAddress();
    }

    @Override
    Socket doAccept(int millis) throws IOException {
        Deadline deadline = Deadline.ofMillis(millis, "Accept timed out");
        for (; ; ) {
            SocketChannel accepted;
            try {
                accepted = channel.accept();
            } catch (IOException e) {
                throw ChannelSocket.failure(e);
            }
            if (accepted != null) {
                return ChannelSocket.of(accepted);
            }
            input.await(deadline);
        }
    }

    @Override
    void awaitInput(@Nullable Deadline deadline) throws IOException {
        checkBound();
        if (!input.isReady()) {
            input.await(deadline);
        }
    }

    @Override
    void release() {
        try {
            channel.close();
            input.close();
        } catch (IOException e) {
            return; // it is closed nevertheless
        }
    }

    @Override
    <T> void set(SocketOption<T> option, T value) throws SocketException {
        try {
            channel.setOption(option, value);
        } catch (IOException e) {
            throw ChannelSocket.failure(e);
        }
    }

    @Override
    <T> T get(SocketOption<T> option) throws SocketException {
        try {
            return channel.getOption(option);
        } catch (IOException e) {
            throw ChannelSocket.failure(e);
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }
}
