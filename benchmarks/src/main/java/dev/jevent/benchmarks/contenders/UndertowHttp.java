package dev.jevent.benchmarks.contenders;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;

import org.xnio.Options;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The server of {@code http} on Undertow, its handlers in its one I/O thread: [PORT]. Over TLS if
 * {@link Encryption} is wanted.
 */
public final class UndertowHttp {
    private static final ByteBuffer HELLO = direct(HttpTask.hello());
    private static final ByteBuffer LARGE = direct(HttpTask.large());
    private static final HttpHandler WEBSOCKET =
            Handlers.websocket(
                    (exchange, channel) -> {
                        channel.getReceiveSetter().set(new Echo());
                        channel.resumeReceives();
                    });

    private UndertowHttp() {}

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    public static void main(String[] args) throws Exception {
        Undertow.Builder builder =
                Undertow.builder()
                        .setIoThreads(1)
                        .setSocketOption(Options.BACKLOG, Protocol.BACKLOG)
                        .setSocketOption(Options.TCP_NODELAY, true);
        InetSocketAddress address = Protocol.address(args, 0);
        String host = address.getAddress().getHostAddress();
        Optional<Encryption> encryption = Encryption.wanted();
        if (encryption.isPresent()) {
            builder.addHttpsListener(
                    address.getPort(), host, encryption.get().context(), UndertowHttp::handle);
        } else {
            builder.addHttpListener(address.getPort(), host, UndertowHttp::handle);
        }
        Undertow server = builder.build();
        server.start();
        var listener = (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
        Protocol.ready(listener.getPort());
    }

    private static void handle(HttpServerExchange exchange) throws Exception {
        switch (exchange.getRequestPath()) {
            case "/hello" -> send(exchange, HttpTask.TEXT, HELLO.duplicate());
            case "/json" -> send(exchange, HttpTask.JSON, ByteBuffer.wrap(HttpTask.json()));
            case "/headers" -> {
                String token = exchange.getRequestHeaders().getFirst(HttpTask.TOKEN);
                send(exchange, HttpTask.TEXT, ByteBuffer.wrap(HttpTask.bytes(token)));
            }
            case "/100k" -> send(exchange, HttpTask.BYTES, LARGE.duplicate());
            case "/100m" -> sendHuge(exchange);
            case "/upload" -> upload(exchange);
            case "/websocket" -> WEBSOCKET.handleRequest(exchange);
            default -> exchange.setStatusCode(StatusCodes.NOT_FOUND).endExchange();
        }
    }

    private static void send(HttpServerExchange exchange, String type, ByteBuffer body) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        exchange.getResponseSender().send(body);
    }

    private static void upload(HttpServerExchange exchange) {
        long[] count = new long[1];
        exchange.getRequestReceiver()
                .receivePartialBytes(
                        (self, data, last) -> {
                            count[0] += data.length;
                            if (last) {
                                byte[] body = HttpTask.count(count[0]);
                                send(self, HttpTask.TEXT, ByteBuffer.wrap(body));
                            }
                        });
    }

    private static void sendHuge(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, HttpTask.BYTES);
        exchange.setResponseContentLength(HttpTask.HUGE);
        exchange.getResponseSender().send(LARGE.duplicate(), new Rest());
    }

    /** Sends a piece of a huge answer when the one before is sent. */
    private static final class Rest implements IoCallback {
        private int left = HttpTask.HUGE - HttpTask.LARGE;

        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            left -= HttpTask.LARGE;
            sender.send(LARGE.duplicate(), left > 0 ? this : IoCallback.END_EXCHANGE);
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException e) {
            exchange.endExchange(); // the client has gone
        }
    }

    /** Sends back the messages that it gets. */
    private static final class Echo extends AbstractReceiveListener {

        @Override
        protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
            WebSockets.sendText(message.getData(), channel, null);
        }
    }
}
