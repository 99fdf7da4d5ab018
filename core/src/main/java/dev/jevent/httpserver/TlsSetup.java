package dev.jevent.httpserver;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;

import dev.jevent.server.StreamServer;
import dev.jevent.ssl.Tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Speaks TLS as the program's {@link HttpsConfigurator} wants it, asked for each connection. */
final class TlsSetup implements StreamServer.TlsWrapper {

    private record Chosen(HttpsConfigurator configurator, Tls tls) {}

    private volatile @Nullable Chosen chosen;

    void configurator(HttpsConfigurator configurator) {
        chosen = new Chosen(configurator, Tls.server(configurator.getSSLContext()));
    }

    @Nullable HttpsConfigurator configurator() {
        Chosen c = chosen;
        return c == null ? null : c.configurator;
    }

    @Override
    public SSLSocket wrap(Socket socket) throws IOException {
        Chosen c = chosen;
        if (c == null) {
            String message = "this server has no HttpsConfigurator, and so no certificate";
            Logs.warn(message);
            throw new SSLException(message);
        }
        SSLSocket secure = c.tls.wrap(socket);
        var client = (InetSocketAddress) socket.getRemoteSocketAddress();
        var parameters = new Parameters(c.configurator, client);
        c.configurator.configure(parameters);
        parameters.applyTo(secure);
        return secure;
    }

    private static final class Parameters extends HttpsParameters {
        private final HttpsConfigurator configurator;
        private final InetSocketAddress client;
        private @Nullable SSLParameters given;

        Parameters(HttpsConfigurator configurator, InetSocketAddress client) {
            this.configurator = configurator;
            this.client = client;
        }

        @Override
        public HttpsConfigurator getHttpsConfigurator() {
            return configurator;
        }

        @Override
        public InetSocketAddress getClientAddress() {
            return client;
        }

        @Override
        public void setSSLParameters(@Nullable SSLParameters parameters) {
            given = parameters;
        }

        @SuppressWarnings("deprecation") // they are there, and without SSLParameters they count
        void applyTo(SSLSocket socket) {
            if (given != null) {
                socket.setSSLParameters(given);
                return;
            }
            if (getCipherSuites() != null) {
                socket.setEnabledCipherSuites(getCipherSuites());
            }
            if (getProtocols() != null) {
                socket.setEnabledProtocols(getProtocols());
            }
            if (getNeedClientAuth()) {
                socket.setNeedClientAuth(true);
            } else if (getWantClientAuth()) {
                socket.setWantClientAuth(true);
            }
        }
    }
}
