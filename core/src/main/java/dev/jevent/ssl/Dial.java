package dev.jevent.ssl;

import dev.jevent.internal.HubAccess;
import dev.jevent.socket.Sockets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

import javax.net.ssl.SSLSocket;

/** Connects and shakes hands, within one time. */
final class Dial {

    private Dial() {}

    static SSLSocket connect(Tls how, String host, int port, Duration timeout) throws IOException {
        HubAccess hubs = HubAccess.get();
        long limit = hubs.nanos(timeout);
        long began = hubs.nanoTime();
        Socket socket = Sockets.connect(InetSocketAddress.createUnresolved(host, port), timeout);
        boolean done = false;
        try {
            TlsSocket tls = TlsSocket.client(how, socket, host, port);
            Duration most = how.settings().handshakeTimeout;
            if (limit > 0) {
                Duration left = Duration.ofNanos(limit - (hubs.nanoTime() - began));
                if (left.isNegative() || left.isZero()) {
                    throw new SocketTimeoutException("Connect timed out");
                }
                most = most.isZero() || left.compareTo(most) < 0 ? left : most;
            }
            tls.startHandshake(most);
            done = true;
            return tls;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }
}
