package dev.jevent.ssl;

import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;

/** Listeners for libraries. */
final class TlsServerSocketFactory extends SSLServerSocketFactory {

    private static final int BACKLOG = 1024;

    private final Tls tls;
    private final SSLContext context;

    TlsServerSocketFactory(Tls tls, SSLContext context) {
        this.tls = tls;
        this.context = context;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new TlsServerSocket(tls, Sockets.serverSocket());
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, BACKLOG, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return createServerSocket(port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address)
            throws IOException {
        return new TlsServerSocket(
                tls, Sockets.listen(new InetSocketAddress(address, port), backlog));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return context.getDefaultSSLParameters().getCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return context.getSupportedSSLParameters().getCipherSuites();
    }
}
