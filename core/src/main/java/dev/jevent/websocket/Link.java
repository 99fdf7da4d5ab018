package dev.jevent.websocket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.io.Transfers;
import dev.jevent.internal.sys.Fd;
import dev.jevent.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** The connection below a {@link WebSocket}: bytes both ways, and whether they can go. */
final class Link {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final @Nullable ServerConnection server; // null: a client's
    private final Transfers.@Nullable Source source; // null: nobody says that nothing is there
    private final @Nullable HasDescriptor descriptor; // null: nobody says whether one can write
    private boolean filled; // the last read got as much as it wanted; the receiver's

    Link(Socket socket, InputStream in, OutputStream out, @Nullable ServerConnection server) {
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.server = server;
        source = in instanceof Transfers.Source s ? s : null;
        descriptor = HasDescriptor.of(socket);
    }

    /** Of a client. */
    static Link of(Socket socket) throws IOException {
        return new Link(socket, socket.getInputStream(), socket.getOutputStream(), null);
    }

    boolean isServer() {
        return server != null;
    }

    SocketAddress remoteAddress() {
        return server != null ? server.remoteAddress() : socket.getRemoteSocketAddress();
    }

    // ---- the server

    /** Whether nothing is under way. */
    void idle(boolean on) {
        if (server != null) {
            server.idle(on);
        }
    }

    /** Whether the server was stopped. */
    boolean isStopping() {
        return server != null && server.stopping();
    }

    // ---- input

    /**
     * Waits, without a buffer, if that is possible here.
     *
     * @param millis as the socket's {@code SO_TIMEOUT}
     */
    void awaitInput(int millis) throws IOException {
        if (socket.getSoTimeout() != millis) {
            socket.setSoTimeout(millis);
        }
        HasDescriptor d = descriptor;
        if (filled && d != null && !(d instanceof HasDescriptor.Buffering)) {
            if (in.available() == 0) {
                d.descriptor().awaitInput(Deadline.ofMillis(millis, "Read timed out"));
            }
        } else if (source != null) {
            source.awaitNews();
        }
    }

    /** As {@link InputStream#read(byte[], int, int)}. */
    int read(byte[] b, int off, int len) throws IOException {
        int n = in.read(b, off, len);
        filled = n == len;
        return n;
    }

    /** Whether something has come, as far as can be said. */
    boolean canReadNow() throws IOException {
        HasDescriptor d = descriptor;
        return d != null && isReady(d, Fd.POLLIN) || in.available() > 0;
    }

    // ---- output

    void write(byte[] b, int off, int len) throws IOException {
        out.write(b, off, len);
    }

    /** Whether it can be said that a small frame can be sent without waiting. */
    boolean canWriteNow() {
        HasDescriptor d = descriptor;
        return d != null && isReady(d, Fd.POLLOUT);
    }

    private static boolean isReady(HasDescriptor d, int event) {
        try {
            return d.descriptor().call((s, fd) -> Fd.poll(s, fd, event)) > 0;
        } catch (IOException e) {
            return true; // it is closed; who uses it learns that
        }
    }

    /**
     * Waits until a small frame can be sent without waiting.
     *
     * @return false if it cannot after that time; true also if nobody knows
     */
    boolean awaitRoom(long nanos) throws IOException {
        HasDescriptor d = descriptor;
        if (d == null || canWriteNow()) {
            return true;
        }
        Descriptor own = d.descriptor();
        try {
            own.awaitOutput(Deadline.of(Duration.ofNanos(nanos), "Write timed out"));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    /** Whether {@link #awaitRoom} knows. */
    boolean knowsRoom() {
        return descriptor != null;
    }

    // ---- the end

    /** Sends no more; what comes can still be read. */
    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            return; // it is closed nevertheless
        }
    }

    /** Ends it at once and without a farewell. */
    void abort() {
        if (server != null) {
            server.abort();
        } else {
            close();
        }
    }
}
