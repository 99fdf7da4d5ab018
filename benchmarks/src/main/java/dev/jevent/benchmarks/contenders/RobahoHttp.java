package dev.jevent.benchmarks.contenders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import robaho.net.httpserver.websockets.CloseCode;
import robaho.net.httpserver.websockets.WebSocket;
import robaho.net.httpserver.websockets.WebSocketException;
import robaho.net.httpserver.websockets.WebSocketFrame;
import robaho.net.httpserver.websockets.WebSocketHandler;

import java.io.IOException;

/**
 * The server of {@code http} on robaho's httpserver, which implements the JDK's interfaces, in
 * virtual threads: [PORT]. As {@link JdkHttp}, and with WebSockets.
 */
public final class RobahoHttp {

    private RobahoHttp() {}

    public static void main(String[] args) throws Exception {
        HttpServer server = JdkHttp.server(Protocol.address(args, 0));
        JdkHttp.handler(server, "/websocket", new Handler());
        JdkHttp.start(server);
    }

    private static final class Handler extends WebSocketHandler {

        @Override
        protected WebSocket openWebSocket(HttpExchange exchange) {
            return new Echo(exchange);
        }
    }

    /** Sends back the messages that it gets. */
    private static final class Echo extends WebSocket {

        Echo(HttpExchange exchange) {
            super(exchange);
        }

        @Override
        protected void onMessage(WebSocketFrame message) throws WebSocketException {
            try {
                send(message.getTextPayload());
            } catch (IOException e) {
                throw new WebSocketException(e);
            }
        }

        @Override
        protected void onClose(CloseCode code, String reason, boolean byRemote) {}

        @Override
        protected void onPong(WebSocketFrame pong) {}
    }
}
