package dev.jevent.server;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A datagram that a {@link DatagramServer} has received. Any thread. */
public final class Datagram {

    private final DatagramEndpoint endpoint;
    private final byte[] data;
    private final InetSocketAddress from;
    private final boolean truncated;

    Datagram(DatagramEndpoint endpoint, byte[] data, InetSocketAddress from, boolean truncated) {
        this.endpoint = endpoint;
        this.data = data;
        this.from = from;
        this.truncated = truncated;
    }

    /** What it carries; the receiver's own array. */
    public byte[] data() {
        return data;
    }

    /** Who has sent it. */
    public InetSocketAddress from() {
        return from;
    }

    /** Whether it was longer than the server's buffer: the rest of it is lost. */
    public boolean truncated() {
        return truncated;
    }

    /** Which of the server's addresses it came to. */
    public InetSocketAddress to() {
        return endpoint.address();
    }

    /**
     * Sends one back, from where this was received.
     *
     * @throws java.net.SocketException if the server was stopped
     */
    public void reply(byte[] answer) throws IOException {
        endpoint.send(answer, from);
    }

    @Override
    public String toString() {
        return data.length + (truncated ? " or more" : "") + " bytes from " + Addresses.text(from);
    }
}
