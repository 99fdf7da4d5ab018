package dev.jevent.benchmarks.contenders;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * The server of {@code http} on Jetty, its handlers in virtual threads: [PORT]. Over TLS if {@link
 * Encryption} is wanted.
 */
public final class JettyHttp {

    private JettyHttp() {}

    public static void main(String[] args) throws Exception {
        QueuedThreadPool pool = new QueuedThreadPool();
        pool.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(pool);
        InetSocketAddress address = Protocol.address(args, 0);
        ServerConnector connector = connector(server);
        connector.setAcceptQueueSize(Protocol.BACKLOG);
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        server.addConnector(connector);
        server.setHandler(new Answers(ServerWebSocketContainer.ensure(server)));
        server.start();
        Protocol.ready(connector.getLocalPort());
        server.join();
    }

    /** One acceptor, one selector. */
    private static ServerConnector connector(Server server) throws Exception {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        Optional<Encryption> encryption = Encryption.wanted();
        if (encryption.isEmpty()) {
            return new ServerConnector(server, 1, 1, http);
        }
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(encryption.get().context());
        return new ServerConnector(server, 1, 1, AbstractConnectionFactory.getFactories(tls, http));
    }

    private static final class Answers extends Handler.Abstract {
        private final ServerWebSocketContainer webSockets;

        Answers(ServerWebSocketContainer webSockets) {
            this.webSockets = webSockets;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws Exception {
            switch (Request.getPathInContext(request)) {
                case "/hello" -> send(response, callback, HttpTask.TEXT, HttpTask.hello());
                case "/json" -> send(response, callback, HttpTask.JSON, HttpTask.json());
                case "/headers" -> {
                    String token = request.getHeaders().get(HttpTask.TOKEN);
                    send(response, callback, HttpTask.TEXT, HttpTask.bytes(token));
                }
                case "/100k" -> send(response, callback, HttpTask.BYTES, HttpTask.large());
                case "/100m" -> sendHuge(response, callback);
                case "/upload" -> {
                    try (InputStream in = Content.Source.asInputStream(request)) {
                        send(response, callback, HttpTask.TEXT, HttpTask.drain(in));
                    }
                }
                case "/websocket" -> {
                    return webSockets.upgrade(
                            (upgrade, answer, done) -> new Echo(), request, response, callback);
                }
                default -> {
                    return false; // Jetty answers with 404
                }
            }
            return true;
        }

        private static void send(Response response, Callback callback, String type, byte[] body) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.write(true, ByteBuffer.wrap(body), callback);
        }

        private static void sendHuge(Response response, Callback callback) throws IOException {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, HttpTask.BYTES);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, HttpTask.HUGE);
            try (OutputStream out = Content.Sink.asOutputStream(response)) {
                HttpTask.writeHuge(out);
            }
            callback.succeeded();
        }
    }

    /** Sends back the messages that it gets. */
    public static final class Echo extends Session.Listener.AbstractAutoDemanding {

        @Override
        public void onWebSocketText(String message) {
            getSession().sendText(message, org.eclipse.jetty.websocket.api.Callback.NOOP);
        }
    }
}
