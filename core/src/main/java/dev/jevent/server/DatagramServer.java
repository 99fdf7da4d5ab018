package dev.jevent.server;

import dev.jevent.internal.CallerAccess;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/**
 * A server for UDP: runs a handler for each datagram, in a greenlet of its own. Follows {@code
 * gevent.server.DatagramServer}.
 *
 * <pre>{@code
 * var server = new DatagramServer(9000, datagram -> datagram.reply(datagram.data()));
 * server.serveForever();
 * }</pre>
 *
 * <ul>
 *   <li>What a handler throws goes to the hub's error handler, and the server goes on. So it does
 *       when a peer is not there ({@link java.net.PortUnreachableException}).
 *   <li>A datagram that is longer than {@link #receiveBuffer} is cut, as in gevent. That is
 *       counted, told by {@link Datagram#truncated}, and told to the error handler: once, and again
 *       if it did not happen for five seconds.
 *   <li>After 100 datagrams in a row ({@link #maxAccept}) the receiver gives way. While there is no
 *       place for another handler ({@link #spawn}) none is received: they wait in the socket's
 *       buffer, and the kernel drops what does not fit in.
 *   <li>While it is being {@linkplain #stop(java.time.Duration) stopped with a timeout}, handlers
 *       that run may still answer. In the portable mode they may not.
 * </ul>
 *
 * A socket that is given may be connected: then it gets datagrams of its peer only. See {@link
 * BaseServer} for the rest.
 */
public final class DatagramServer extends BaseServer<DatagramServer> {

    /** What is done with a datagram. */
    @FunctionalInterface
    public interface Handler {

        /** Runs in a greenlet of its own. */
        void handle(Datagram datagram) throws Exception;
    }

    /** What is done with a datagram, as in gevent. */
    @FunctionalInterface
    public interface DataHandler {

        /** Runs in a greenlet of its own. The data is the handler's. */
        void handle(byte[] data, InetSocketAddress from) throws Exception;
    }

    private static final int RECEIVED = 8192;
    private static final int LONGEST = 65_535;

    private final Handler handler;
    private final LongAdder truncated = new LongAdder();
    private final Calm calm = new Calm();
    private volatile int receiveBuffer = RECEIVED; // fixed by the start

    /** A server for all addresses of this machine, IPv4 and IPv6. Port 0 means one that is free. */
    public DatagramServer(int port, Handler handler) {
        this(new InetSocketAddress(port), handler);
    }

    /** As {@link #DatagramServer(int, Handler)}. */
    public DatagramServer(int port, DataHandler handler) {
        this(new InetSocketAddress(port), handler);
    }

    /** A server that will listen to the address, as in {@link BaseServer#parseAddress}. */
    public DatagramServer(String address, Handler handler) {
        this(parseAddress(address), handler);
    }

    /** As {@link #DatagramServer(String, Handler)}. */
    public DatagramServer(String address, DataHandler handler) {
        this(parseAddress(address), handler);
    }

    /** A server that will listen to the address. */
    public DatagramServer(SocketAddress listen, Handler handler) {
        this(Source.of(listen), handler);
    }

    /** As {@link #DatagramServer(SocketAddress, Handler)}. */
    public DatagramServer(SocketAddress listen, DataHandler handler) {
        this(Source.of(listen), simple(handler));
    }

    /**
     * A server that receives from a socket, which it closes in the end.
     *
     * @throws IllegalArgumentException if it is not bound
     */
    public DatagramServer(DatagramSocket socket, Handler handler) {
        this(source(socket), handler);
    }

    /** As {@link #DatagramServer(DatagramSocket, Handler)}. */
    public DatagramServer(DatagramSocket socket, DataHandler handler) {
        this(source(socket), simple(handler));
    }

    private DatagramServer(Source source, Handler handler) {
        super(source);
        this.handler = check(handler, "a handler");
    }

    private static Handler simple(DataHandler handler) {
        DataHandler h = check(handler, "a handler");
        return datagram -> h.handle(datagram.data(), datagram.from());
    }

    private static Source source(DatagramSocket socket) {
        if (!check(socket, "a socket").isBound() || socket.isClosed()) {
            throw new IllegalArgumentException("this socket is not open: " + socket);
        }
        return new Source(null, socket);
    }

    /**
     * Receives from this socket as well, which it closes in the end.
     *
     * @throws IllegalArgumentException if it is not bound
     */
    public DatagramServer listen(DatagramSocket socket) {
        return addSource(source(socket));
    }

    /**
     * The longest datagram that is received whole: 8,192 bytes.
     *
     * @throws IllegalArgumentException if less than one, or more than a datagram can have
     */
    public DatagramServer receiveBuffer(int bytes) {
        beforeStart();
        if (bytes < 1 || bytes > LONGEST) {
            throw new IllegalArgumentException("a datagram has 1 to " + LONGEST + " bytes");
        }
        receiveBuffer = bytes;
        return this;
    }

    /**
     * Sends a datagram from the first of the server's addresses. May be called by many at once.
     *
     * @throws IllegalStateException if it was not started
     * @throws SocketException if it was stopped
     */
    public void sendTo(byte[] data, SocketAddress to) throws IOException {
        SocketAddress ignored = localAddress(); // says so if it was not started
        ((DatagramEndpoint) endpoints().getFirst()).send(data, to);
    }

    /** How many datagrams were longer than the buffer. */
    public long truncated() {
        return truncated.sum();
    }

    /** How many handlers run, or will. */
    public int handlers() {
        return running();
    }

    // ---- of the floors below

    @Override
    Endpoint open(Source source) throws IOException {
        if (source.given() instanceof DatagramSocket socket) {
            if (socket.isClosed()) {
                throw new SocketException("this socket was closed: " + socket);
            }
            return DatagramEndpoint.of(this, socket);
        }
        SocketAddress address = Addresses.resolved(source.address());
        if (address instanceof UnixDomainSocketAddress) {
            throw new IllegalArgumentException("a datagram server has no Unix-domain sockets");
        }
        return DatagramEndpoint.listen(this, address);
    }

    @Override
    DatagramServer self() {
        return this;
    }

    Handler handler() {
        return handler;
    }

    int receiveBuffer() {
        return receiveBuffer;
    }

    void truncated(Datagram datagram) {
        truncated.increment();
        if (calm.ends()) {
            CallerAccess.get()
                    .report(
                            hub(),
                            this,
                            new ProtocolException(
                                    "a datagram from "
                                            + Addresses.text(datagram.from())
                                            + " was cut to "
                                            + receiveBuffer
                                            + " bytes: make the receive buffer larger"));
        }
    }
}
