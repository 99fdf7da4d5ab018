package dev.jevent.server;

import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.util.Arrays;

/** A socket of a {@link DatagramServer}. */
final class DatagramEndpoint implements Endpoint {

    private final DatagramServer server;
    private final DatagramSocket socket;
    private final InetSocketAddress address;
    private final int size;
    private final byte[] buffer; // acceptor only; a byte more, which tells that one was longer

    private DatagramEndpoint(DatagramServer server, DatagramSocket socket) {
        this.server = server;
        this.socket = socket;
        this.address = (InetSocketAddress) socket.getLocalSocketAddress();
        this.size = server.receiveBuffer();
        this.buffer = new byte[size + 1];
    }

    static DatagramEndpoint of(DatagramServer server, DatagramSocket socket) {
        return new DatagramEndpoint(server, socket);
    }

    static DatagramEndpoint listen(DatagramServer server, SocketAddress address)
            throws IOException {
        DatagramSocket socket = Sockets.datagramSocket();
        boolean done = false;
        try {
            if (server.reusesPort()) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(address);
            done = true;
        } catch (BindException e) {
            throw named(e, address);
        } finally {
            if (!done) {
                socket.close();
            }
        }
        return new DatagramEndpoint(server, socket);
    }

    /** The JDK does not say which address it is. */
    private static BindException named(BindException e, SocketAddress address) {
        var named = new BindException(e.getMessage() + ": " + Addresses.text(address));
        named.initCause(e);
        return named;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void awaitOne() {
        // not needed: while none is received the kernel keeps them, or drops them
    }

    @Override
    public @Nullable Job next() throws IOException {
        var packet = new DatagramPacket(buffer, buffer.length);
        try {
            socket.receive(packet);
        } catch (PortUnreachableException e) {
            return null; // who is connected has sent to one who is not there (any more)
        }
        boolean truncated = packet.getLength() > size;
        byte[] data = Arrays.copyOf(buffer, Math.min(packet.getLength(), size));
        var from = (InetSocketAddress) packet.getSocketAddress();
        var datagram = new Datagram(this, data, from, truncated);
        if (truncated) {
            server.truncated(datagram);
        }
        return new Received(server, datagram);
    }

    void send(byte[] data, SocketAddress to) throws IOException {
        socket.send(new DatagramPacket(data, data.length, to));
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean staysOpen() {
        return true;
    }

    @Override
    public void stop() {
        // handlers may still answer; who waits is woken by the acceptor
    }

    @Override
    public void close() {
        socket.close();
    }

    private static final class Received extends Job {
        private final Datagram datagram;

        Received(DatagramServer server, Datagram datagram) {
            super(server);
            this.datagram = datagram;
        }

        @Override
        void work() throws Exception {
            ((DatagramServer) server).handler().handle(datagram);
        }

        @Override
        void release() {
            // it has nothing
        }

        @Override
        void releaseNow() {
            // it has nothing
        }

        @Override
        public String toString() {
            return datagram.toString();
        }
    }
}
