package dev.jevent.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;

import javax.net.ssl.SSLSession;

/** The JDK's type for what {@link GreenExchange} does, over TLS. */
final class SecureExchange extends HttpsExchange {

    private final GreenExchange exchange;

    SecureExchange(GreenExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public @Nullable SSLSession getSSLSession() {
        return exchange.sslSession();
    }

    @Override
    public Headers getRequestHeaders() {
        return exchange.requestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return exchange.responseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return exchange.uri();
    }

    @Override
    public String getRequestMethod() {
        return exchange.method();
    }

    @Override
    public HttpContext getHttpContext() {
        return exchange.context();
    }

    @Override
    public void close() {
        exchange.close();
    }

    @Override
    public InputStream getRequestBody() {
        return exchange.requestBody();
    }

    @Override
    public OutputStream getResponseBody() {
        return exchange.responseBody();
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        exchange.sendResponseHeaders(status, length);
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return exchange.remoteAddress();
    }

    @Override
    public int getResponseCode() {
        return exchange.status();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return exchange.localAddress();
    }

    @Override
    public String getProtocol() {
        return exchange.protocol();
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return exchange.attribute(name);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        exchange.attribute(name, value);
    }

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
        exchange.streams(in, out);
    }

    @Override
    public @Nullable HttpPrincipal getPrincipal() {
        return exchange.principal();
    }

    @Override
    public String toString() {
        return exchange.toString();
    }
}
