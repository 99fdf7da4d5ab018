package dev.jevent.httpserver;

import com.sun.net.httpserver.HttpHandler;

import dev.jevent.Interrupted;
import dev.jevent.RawGreenlet;
import dev.jevent.http.HttpServer;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * What is behind both types of server: a {@link HttpServer} of jevent's, made when it starts from
 * the listener that is there since it was bound.
 *
 * <pre>
 *   made --bind--> bound --start--> started --stop--> stopped
 *     '---------------'------------stop-----------------^
 * </pre>
 *
 * Any thread.
 */
final class GreenServer {

    private final com.sun.net.httpserver.HttpServer wrapper;
    private final @Nullable TlsSetup tls; // null: plain HTTP
    private final Settings settings = Settings.ofProperties();
    private final Contexts contexts = new Contexts(settings.matchesWholeSegments());

    private volatile @Nullable ServerSocket listener; // written under this
    private volatile @Nullable Executor executor; // fixed by the start
    private @Nullable HttpServer server; // guarded by this
    private @Nullable OwnHub ownHub; // guarded by this
    private boolean stopped; // guarded by this

    GreenServer(com.sun.net.httpserver.HttpServer wrapper, @Nullable TlsSetup tls) {
        this.wrapper = wrapper;
        this.tls = tls;
    }

    // ---- before the start

    synchronized void bind(InetSocketAddress address, int backlog) throws IOException {
        if (listener != null) {
            throw new BindException("this server is bound already, to " + address());
        }
        Objects.requireNonNull(address, "an address");
        if (stopped) {
            throw new IllegalStateException("this server was stopped; make a new one");
        }
        listener = backlog <= 0 ? Sockets.listen(address) : Sockets.listen(address, backlog);
    }

    synchronized void checkNotStarted() {
        if (server != null) {
            throw new IllegalStateException("options are set before the server is started");
        }
    }

    synchronized void executor(@Nullable Executor newExecutor) {
        checkNotStarted();
        executor = newExecutor;
    }

    @Nullable Executor executor() {
        return executor;
    }

    @Nullable InetSocketAddress address() {
        ServerSocket l = listener;
        return l == null ? null : (InetSocketAddress) l.getLocalSocketAddress();
    }

    // ---- contexts

    Contexts contexts() {
        return contexts;
    }

    Context createContext(String path, HttpHandler handler) {
        Context context = new Context(wrapper, path);
        context.setHandler(handler);
        contexts.add(context);
        return context;
    }

    Context createContext(String path) {
        Context context = new Context(wrapper, path);
        contexts.add(context);
        return context;
    }

    // ---- start and stop

    synchronized void start() {
        ServerSocket l = listener;
        if (l == null || server != null || stopped) {
            throw new IllegalStateException(
                    "a server is started once, when it is bound, and not after it was stopped: "
                            + this);
        }
        HttpServer s = new HttpServer(l, new Dispatcher(this)).limits(settings.limits());
        if (tls != null) {
            s = s.tls(tls);
        }
        try {
            if (isGreenlet()) {
                s.start();
            } else {
                ownHub = OwnHub.start(s);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot serve at " + address(), e);
        }
        server = s;
    }

    private static boolean isGreenlet() {
        Thread thread = Thread.currentThread();
        return thread.isVirtual() && Jdk.get().greenlet(thread) instanceof RawGreenlet;
    }

    void stop(int seconds) {
        if (seconds < 0) {
            throw new IllegalArgumentException("a delay of " + seconds + " seconds");
        }
        HttpServer s;
        OwnHub own;
        synchronized (this) {
            stopped = true;
            s = server;
            own = ownHub;
        }
        if (s == null) {
            closeListener();
            return;
        }
        try {
            s.stop(Duration.ofSeconds(seconds));
        } catch (Interrupted e) {
            Thread.currentThread().interrupt(); // all was ended at once
        } finally {
            if (own != null) {
                own.end();
            }
        }
        if (own != null) {
            own.join();
        }
    }

    private void closeListener() {
        ServerSocket l = listener;
        try {
            if (l != null) {
                l.close();
            }
        } catch (IOException e) {
            return; // it is closed nevertheless
        }
    }

    // ---- for its exchanges

    Settings settings() {
        return settings;
    }

    boolean isSecure() {
        return tls != null;
    }

    @Override
    public String toString() {
        return (tls == null ? "HttpServer[" : "HttpsServer[") + address() + ", on greenlets]";
    }
}
