package dev.jevent.ssl;

import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/** Clients' sockets for libraries, and servers' on connections that they have accepted. */
final class TlsSocketFactory extends SSLSocketFactory {

    private final Tls tls;
    private final SSLContext context;

    TlsSocketFactory(Tls tls, SSLContext context) {
        this.tls = tls;
        this.context = context;
    }

    @Override
    public Socket createSocket() throws IOException {
        return TlsSocket.unconnected(tls, Sockets.socket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
            throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
            throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
    }

    private Socket connected(SocketAddress to, @Nullable SocketAddress from) throws IOException {
        Socket socket = createSocket();
        boolean done = false;
        try {
            if (from != null) {
                socket.bind(from);
            }
            socket.connect(to);
            done = true;
            return socket;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
            throws IOException {
        return TlsSocket.client(tls, socket, host, port, autoClose);
    }

    /** A server's side, of which some was read already. */
    @Override
    public Socket createSocket(Socket socket, @Nullable InputStream consumed, boolean autoClose)
            throws IOException {
        byte[] first = consumed == null ? new byte[0] : consumed.readAllBytes();
        return TlsSocket.server(tls, socket, first, autoClose);
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
