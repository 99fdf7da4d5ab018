package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.SocketChannel;

/**
 * What all sockets of jevent have in common: the contract of {@link java.net.Socket}, of whose own
 * machinery nothing is used. Every method is overridden, and does what it says there, but that
 *
 * <ul>
 *   <li>a kill, a {@code Timeout} or an interrupt of whoever waits in a read or write leaves the
 *       socket open (the JDK closes it on the interrupt of a virtual thread);
 *   <li>two who wait for the same direction get a {@code ConcurrentObjectUseError};
 *   <li>{@link #close} does not wait for {@code SO_LINGER};
 *   <li>there is no urgent data.
 * </ul>
 *
 * A Unix-domain socket has the addresses that it has; where java.net wants one of the internet, it
 * says the loopback address, for its peer is on this machine, and no port. Any thread.
 */
abstract class StreamSocket extends SocketWithOptions {

    // guarded by this where it is changed
    private volatile @Nullable SocketAddress remote;
    private volatile @Nullable SocketAddress local;
    private volatile boolean bound;
    private volatile boolean connecting;
    private volatile boolean connected;
    private volatile boolean closed;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    private @Nullable SocketInput input;
    private @Nullable SocketOutput output;

    /** Neither bound nor connected. */
    StreamSocket() throws SocketException {}

    /** It is connected already. */
    final void connectedTo(SocketAddress address) {
        remote = address;
        bound = true;
        connected = true;
    }

    // ---- what the kinds of sockets do

    /** Receives at least one byte; 0 at the end of the stream. */
    abstract int receive(byte[] b, int off, int len, int millis) throws IOException;

    /** The same with a deadline. */
    abstract int receive(byte[] b, int off, int len, @Nullable Deadline deadline)
            throws IOException;

    /** Sends at least one byte; how many. */
    abstract int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline)
            throws IOException;

    /** Sends all. */
    abstract void send(byte[] b, int off, int len) throws IOException;

    /** Waits for something to read if it is known that there is nothing. */
    abstract void awaitNews(@Nullable Deadline deadline) throws IOException;

    /**
     * Sends from an open file, in the kernel.
     *
     * @return how much; 0 at the end of the file; negative errno if that file cannot be sent so
     */
    abstract int sendFile(int file, long offset, int count, @Nullable Deadline deadline)
            throws IOException;

    abstract void awaitInput(@Nullable Deadline deadline) throws IOException;

    abstract void awaitOutput(@Nullable Deadline deadline) throws IOException;

    /** Bytes that can be received at once. */
    abstract int waiting() throws IOException;

    abstract void shutInput() throws IOException;

    abstract void shutOutput() throws IOException;

    /** Refuses what can be no address of it. */
    abstract void check(SocketAddress address);

    abstract void doConnect(SocketAddress to, @Nullable Deadline deadline) throws IOException;

    /**
     * Binds it.
     *
     * @param to null for one that the system chooses
     */
    abstract void doBind(@Nullable SocketAddress to) throws IOException;

    /** What it is bound to. */
    abstract SocketAddress readLocalAddress() throws IOException;

    /** Frees what it has. */
    abstract void release();

    // ---- connect and bind

    @Override
    public final void connect(SocketAddress to) throws IOException {
        connect(to, null);
    }

    @Override
    public final void connect(SocketAddress to, int timeout) throws IOException {
        if (timeout < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative");
        }
        connect(to, Deadline.ofMillis(timeout, "Connect timed out"));
    }

    /** The same with a deadline. */
    final void connect(@Nullable SocketAddress to, @Nullable Deadline deadline) throws IOException {
        if (to == null) {
            throw new IllegalArgumentException("connect: The address can't be null");
        }
        check(to);
        synchronized (this) {
            checkOpen();
            if (connected || connecting) {
                throw new SocketException(connected ? "already connected" : "already connecting");
            }
            connecting = true;
        }
        boolean done = false;
        try {
            doConnect(to, deadline);
            connectedTo(to);
            done = true;
        } finally {
            connecting = false;
            if (!done) {
                close(); // as java.net does: what is under way in the kernel cannot be used
            }
        }
    }

    @Override
    public final void bind(@Nullable SocketAddress to) throws IOException {
        checkOpen();
        if (bound) {
            throw new SocketException("Already bound");
        }
        if (to != null) {
            check(to);
            if (to instanceof InetSocketAddress internet && internet.isUnresolved()) {
                throw new SocketException("Unresolved address: " + to);
            }
        }
        doBind(to);
        bound = true;
    }

    // ---- data

    @Override
    final void checkOpen() throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
    }

    final void checkConnected() throws SocketException {
        checkOpen();
        if (!connected) {
            throw new SocketException("Socket is not connected");
        }
    }

    @Override
    public final InputStream getInputStream() throws IOException {
        checkConnected();
        if (inputShutdown) {
            throw new SocketException("Socket input is shutdown");
        }
        synchronized (this) {
            if (input == null) {
                input = new SocketInput(this);
            }
            return input;
        }
    }

    @Override
    public final OutputStream getOutputStream() throws IOException {
        checkConnected();
        checkOutput();
        synchronized (this) {
            if (output == null) {
                output = new SocketOutput(this);
            }
            return output;
        }
    }

    final void checkOutput() throws SocketException {
        if (outputShutdown) {
            throw new SocketException("Socket output is shutdown");
        }
    }

    final int available() throws IOException {
        checkConnected();
        return inputShutdown ? 0 : waiting();
    }

    @Override
    public final void shutdownInput() throws IOException {
        checkConnected();
        if (inputShutdown) {
            throw new SocketException("Socket input is already shutdown");
        }
        shutInput();
        inputShutdown = true;
    }

    @Override
    public final void shutdownOutput() throws IOException {
        checkConnected();
        if (outputShutdown) {
            throw new SocketException("Socket output is already shutdown");
        }
        shutOutput();
        outputShutdown = true;
    }

    @Override
    public final void sendUrgentData(int data) throws IOException {
        throw new SocketException("Urgent data not supported");
    }

    @Override
    public final void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (bound) {
                local(); // it may still be asked for
            }
            closed = true;
        }
        release();
    }

    // ---- state

    @Override
    public final boolean isConnected() {
        return connected;
    }

    @Override
    public final boolean isBound() {
        return bound;
    }

    @Override
    public final boolean isClosed() {
        return closed;
    }

    @Override
    public final boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public final boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public final @Nullable SocketAddress getRemoteSocketAddress() {
        return connected ? remote : null;
    }

    @Override
    public final @Nullable InetAddress getInetAddress() {
        return !connected ? null : Addresses.internet(remote);
    }

    @Override
    public final int getPort() {
        return connected && remote instanceof InetSocketAddress i ? i.getPort() : 0;
    }

    private @Nullable SocketAddress local() {
        SocketAddress address = local;
        if (address == null && bound && !closed) {
            try {
                address = readLocalAddress();
            } catch (IOException e) {
                return null; // closed or broken meanwhile
            }
            local = address;
        }
        return address;
    }

    @Override
    public final InetAddress getLocalAddress() {
        SocketAddress address = closed ? null : local();
        return address == null
                ? new InetSocketAddress(0).getAddress()
                : Addresses.internet(address);
    }

    @Override
    public final int getLocalPort() {
        return local() instanceof InetSocketAddress i ? i.getPort() : -1;
    }

    @Override
    public final @Nullable SocketAddress getLocalSocketAddress() {
        if (!bound) {
            return null;
        }
        SocketAddress address = local();
        return address instanceof InetSocketAddress i && closed
                ? new InetSocketAddress(i.getPort()) // as java.net has it
                : address;
    }

    @Override
    public final @Nullable SocketChannel getChannel() {
        return null;
    }

    @Override
    public final String toString() {
        SocketAddress to = remote;
        return !connected
                ? "Socket[unconnected]"
                : to instanceof InetSocketAddress i
                        ? "Socket[addr="
                                + i.getAddress()
                                + ",port="
                                + i.getPort()
                                + ",localport="
                                + getLocalPort()
                                + "]"
                        : "Socket[path=" + to + ",localpath=" + local() + "]";
    }
}
