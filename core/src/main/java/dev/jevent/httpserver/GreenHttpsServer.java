package dev.jevent.httpserver;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.Executor;

/** The JDK's type for what {@link GreenServer} does, with TLS. */
final class GreenHttpsServer extends HttpsServer {

    private final TlsSetup tls = new TlsSetup();
    private final GreenServer server = new GreenServer(this, tls);

    GreenHttpsServer(@Nullable InetSocketAddress address, int backlog) throws IOException {
        if (address != null) {
            server.bind(address, backlog);
        }
    }

    @Override
    public void setHttpsConfigurator(HttpsConfigurator configurator) {
        Objects.requireNonNull(configurator, "a configurator");
        server.checkNotStarted();
        tls.configurator(configurator);
    }

    @Override
    public @Nullable HttpsConfigurator getHttpsConfigurator() {
        return tls.configurator();
    }

    @Override
    public void bind(InetSocketAddress address, int backlog) throws IOException {
        server.bind(address, backlog);
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void setExecutor(@Nullable Executor executor) {
        server.executor(executor);
    }

    @Override
    public @Nullable Executor getExecutor() {
        return server.executor();
    }

    @Override
    public void stop(int delay) {
        server.stop(delay);
    }

    @Override
    public HttpContext createContext(String path, HttpHandler handler) {
        return server.createContext(path, handler);
    }

    @Override
    public HttpContext createContext(String path) {
        return server.createContext(path);
    }

    @Override
    public void removeContext(String path) {
        server.contexts().remove(path);
    }

    @Override
    public void removeContext(HttpContext context) {
        server.contexts().remove(context);
    }

    @Override
    public @Nullable InetSocketAddress getAddress() {
        return server.address();
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
