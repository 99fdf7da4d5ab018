package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

/**
 * A listener whose sockets speak TLS. Nothing is waited for in {@code accept} but a connection: its
 * handshake is made by whoever reads or writes. What is set here about TLS is for the sockets that
 * are accepted later.
 */
final class TlsServerSocket extends SSLServerSocket {

    private final Tls tls;
    private final ServerSocket below;
    private final SSLEngine model; // is never used but to be copied
    private volatile boolean changed;

    TlsServerSocket(Tls tls, ServerSocket below) throws IOException {
        boolean done = false;
        try {
            this.tls = tls;
            this.below = below;
            this.model = Engines.server(tls);
            done = true;
        } finally {
            if (!done) {
                below.close();
            }
        }
    }

    @Override
    public Socket accept() throws IOException {
        Socket socket = below.accept();
        boolean done = false;
        try {
            TlsSocket accepted = TlsSocket.server(tls, socket);
            if (changed) {
                accepted.setUseClientMode(model.getUseClientMode());
                accepted.setSSLParameters(model.getSSLParameters());
                accepted.setEnableSessionCreation(model.getEnableSessionCreation());
            }
            done = true;
            return accepted;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    // ---- the listener

    @Override
    public void bind(@Nullable SocketAddress address) throws IOException {
        below.bind(address);
    }

    @Override
    public void bind(@Nullable SocketAddress address, int backlog) throws IOException {
        below.bind(address, backlog);
    }

    @Override
    public void close() throws IOException {
        below.close();
    }

    @Override
    public boolean isBound() {
        return below.isBound();
    }

    @Override
    public boolean isClosed() {
        return below.isClosed();
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        return below.getInetAddress();
    }

    @Override
    public int getLocalPort() {
        return below.getLocalPort();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return below.getLocalSocketAddress();
    }

    @Override
    public @Nullable ServerSocketChannel getChannel() {
        return null;
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        below.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws IOException {
        return below.getSoTimeout();
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        below.setReuseAddress(on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return below.getReuseAddress();
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        below.setReceiveBufferSize(size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return below.getReceiveBufferSize();
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        below.setPerformancePreferences(connectionTime, latency, bandwidth);
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> option, T value) throws IOException {
        below.setOption(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return below.getOption(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return below.supportedOptions();
    }

    @Override
    public String toString() {
        return "TlsServerSocket[" + below + "]";
    }

    // ---- TLS

    private SSLEngine changing() {
        changed = true;
        return model;
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return model.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        changing().setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return model.getSupportedCipherSuites();
    }

    @Override
    public String[] getSupportedProtocols() {
        return model.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return model.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        changing().setEnabledProtocols(protocols);
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        changing().setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return model.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        changing().setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return model.getWantClientAuth();
    }

    @Override
    public void setUseClientMode(boolean mode) {
        changing().setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return model.getUseClientMode();
    }

    @Override
    public void setEnableSessionCreation(boolean on) {
        changing().setEnableSessionCreation(on);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return model.getEnableSessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return model.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        changing().setSSLParameters(parameters);
    }
}
