package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Makes engines as a {@link Tls} says. */
final class Engines {

    private Engines() {}

    static SSLEngine server(Tls tls) throws IOException {
        SSLEngine engine = tls.context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters(tls, engine.getSSLParameters(), false));
        return engine;
    }

    /** Without a host nobody can be checked; then it is made again when the host is known. */
    static SSLEngine client(Tls tls, @Nullable String host, int port) throws IOException {
        SSLEngine engine =
                host == null
                        ? tls.context().createSSLEngine()
                        : tls.context().createSSLEngine(withoutDot(host), port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(tls, engine.getSSLParameters(), true);
        if (host != null && isName(host)) {
            parameters.setServerNames(List.of(new SNIHostName(withoutDot(host))));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** What a server's or client's are, changed as it says. */
    static SSLParameters parameters(Tls tls, SSLParameters p, boolean client) {
        Settings settings = tls.settings();
        p.setProtocols(settings.protocols.toArray(String[]::new));
        if (!settings.ciphers.isEmpty()) {
            p.setCipherSuites(settings.ciphers.toArray(String[]::new));
        }
        p.setApplicationProtocols(settings.alpn.toArray(String[]::new));
        if (client) {
            if (settings.checkHost) {
                p.setEndpointIdentificationAlgorithm("HTTPS");
            }
        } else {
            p.setUseCipherSuitesOrder(true);
            switch (settings.clientAuth) {
                case NONE -> p.setNeedClientAuth(false);
                case WANT -> p.setWantClientAuth(true);
                case NEED -> p.setNeedClientAuth(true);
            }
        }
        return p;
    }

    /** What was said of one that has no peer yet; the names stay those of the new one. */
    static void copy(SSLEngine from, SSLEngine to) {
        SSLParameters parameters = from.getSSLParameters();
        if (parameters.getServerNames() == null || parameters.getServerNames().isEmpty()) {
            parameters.setServerNames(to.getSSLParameters().getServerNames());
        }
        to.setUseClientMode(from.getUseClientMode());
        to.setSSLParameters(parameters);
        to.setEnableSessionCreation(from.getEnableSessionCreation());
    }

    private static String withoutDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Addresses are not sent as names (RFC 6066, 3). */
    private static boolean isName(String host) {
        if (host.isEmpty() || host.indexOf(':') >= 0) {
            return false;
        }
        char last = withoutDot(host).charAt(withoutDot(host).length() - 1);
        return last < '0' || last > '9';
    }

    /** For messages. */
    static String name(Socket socket) {
        SocketAddress address = socket.getRemoteSocketAddress();
        String text = String.valueOf(address);
        return text.startsWith("/") ? text.substring(1) : text;
    }
}
