package dev.jevent.httpserver;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;

import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Puts jevent's server under {@code com.sun.net.httpserver}: what was written for the JDK's HTTP
 * server runs on greenlets, unchanged. See {@linkplain dev.jevent.httpserver the package} for how
 * it differs.
 *
 * <p>The JDK finds it by itself where jevent is on the class path or the module path, as the
 * service loader does; so {@code HttpServer.create} is green in a program that did not ask for it.
 * Where there are several providers, this names it:
 *
 * <pre>
 *   -Dcom.sun.net.httpserver.HttpServerProvider=dev.jevent.httpserver.JeventHttpServerProvider
 * </pre>
 *
 * and this is the way back to the JDK's own:
 *
 * <pre>
 *   -Dcom.sun.net.httpserver.HttpServerProvider=sun.net.httpserver.DefaultHttpServerProvider
 * </pre>
 *
 * <p>In a JVM that is closed to jevent, because {@code --add-opens} is missing, the servers are
 * those that there would be without jevent, and the log says so once.
 */
public final class JeventHttpServerProvider extends HttpServerProvider {

    private static final String PROPERTY = "com.sun.net.httpserver.HttpServerProvider";
    private static final String OF_THE_JDK = "sun.net.httpserver.DefaultHttpServerProvider";

    private final @Nullable HttpServerProvider fallback; // null: jevent can be used

    /** The JDK makes it; others may. */
    public JeventHttpServerProvider() {
        fallback = findFallback();
    }

    private static @Nullable HttpServerProvider findFallback() {
        try {
            Jdk ignored = Jdk.get();
            return null;
        } catch (IllegalStateException closed) {
            HttpServerProvider other = ofTheJdk();
            System.getLogger("dev.jevent.httpserver")
                    .log(
                            System.Logger.Level.WARNING,
                            "com.sun.net.httpserver stays as it is in the JDK, without greenlets: "
                                    + closed.getMessage());
            return other;
        }
    }

    /**
     * The JDK's own provider, which only the JDK itself may make. It is asked by the property that
     * it reads; this happens while it makes us, once, and under its lock.
     */
    private static HttpServerProvider ofTheJdk() {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, OF_THE_JDK);
        HttpServerProvider made;
        try {
            made = HttpServerProvider.provider();
        } finally {
            if (before == null) {
                String ignored = System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
        HttpServerProvider other = made instanceof JeventHttpServerProvider p ? p.fallback : made;
        if (other == null) {
            throw new IllegalStateException("there is no provider but this one");
        }
        return other;
    }

    @Override
    public HttpServer createHttpServer(@Nullable InetSocketAddress address, int backlog)
            throws IOException {
        HttpServerProvider other = fallback;
        return other == null
                ? new GreenHttpServer(address, backlog)
                : other.createHttpServer(address, backlog);
    }

    @Override
    public HttpsServer createHttpsServer(@Nullable InetSocketAddress address, int backlog)
            throws IOException {
        HttpServerProvider other = fallback;
        return other == null
                ? new GreenHttpsServer(address, backlog)
                : other.createHttpsServer(address, backlog);
    }
}
