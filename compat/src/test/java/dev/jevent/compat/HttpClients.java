package dev.jevent.compat;

import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * HTTP clients. What is asked for once is a GET; what is asked for often is sent, and comes back.
 */
abstract class HttpClients implements Client {

    private final Web web;

    private HttpClients() throws IOException {
        web = new Web();
    }

    @Override
    public final String ask(String id, int times, int millis) throws Exception {
        return times == 1 ? get(web.uri(id, millis)) : post(web.uri("", millis), id.repeat(times));
    }

    abstract String get(URI uri) throws Exception;

    abstract String post(URI uri, String body) throws Exception;

    abstract void shutDown();

    @Override
    public final void close() {
        shutDown();
        web.close();
    }

    /** {@code java.net.http}. */
    static final class OfJdk extends HttpClients {
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        OfJdk() throws IOException {}

        @Override
        String get(URI uri) throws IOException, InterruptedException {
            return send(HttpRequest.newBuilder(uri));
        }

        @Override
        String post(URI uri, String body) throws IOException, InterruptedException {
            return send(
                    HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)));
        }

        private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
        }

        @Override
        void shutDown() {
            client.shutdownNow();
            try {
                client.awaitTermination(java.time.Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@code java.net.HttpURLConnection}, which keeps its connections for all who ask. */
    static final class OfUrl extends HttpClients {

        OfUrl() throws IOException {}

        @Override
        String get(URI uri) throws IOException {
            return body(connection(uri));
        }

        @Override
        String post(URI uri, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            HttpURLConnection connection = connection(uri);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(bytes.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(bytes);
            }
            return body(connection);
        }

        private static HttpURLConnection connection(URI uri) throws IOException {
            return (HttpURLConnection) uri.toURL().openConnection();
        }

        private static String body(HttpURLConnection connection) throws IOException {
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        @Override
        void shutDown() {
            // its connections are kept for a second, as the server asks for
        }
    }

    /** OkHttp. */
    static final class OfOkHttp extends HttpClients {
        private final OkHttpClient client =
                new OkHttpClient.Builder()
                        .connectionPool(new okhttp3.ConnectionPool(POOL, 5, TimeUnit.MINUTES))
                        .build();

        OfOkHttp() throws IOException {}

        @Override
        String get(URI uri) throws IOException {
            return call(new Request.Builder().url(uri.toString()));
        }

        @Override
        String post(URI uri, String body) throws IOException {
            var text = RequestBody.create(body, MediaType.get("text/plain; charset=utf-8"));
            return call(new Request.Builder().url(uri.toString()).post(text));
        }

        private String call(Request.Builder request) throws IOException {
            try (Response response = client.newCall(request.build()).execute()) {
                return response.body().string();
            }
        }

        @Override
        public int taken() {
            return client.connectionPool().connectionCount()
                    - client.connectionPool().idleConnectionCount()
                    + client.dispatcher().runningCallsCount();
        }

        @Override
        void shutDown() {
            client.connectionPool().evictAll();
            client.dispatcher().executorService().shutdown();
        }
    }

    /** Apache HttpClient 5, which shuts its connections' manager when it sees an Error. */
    static final class OfApache extends HttpClients {
        private final PoolingHttpClientConnectionManager manager =
                PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(POOL)
                        .setMaxConnTotal(POOL)
                        .build();
        private final CloseableHttpClient client =
                org.apache.hc.client5.http.impl.classic.HttpClients.custom()
                        .setConnectionManager(manager)
                        .build();

        OfApache() throws IOException {}

        @Override
        String get(URI uri) throws IOException {
            return call(new HttpGet(uri));
        }

        @Override
        String post(URI uri, String body) throws IOException {
            var request = new HttpPost(uri);
            request.setEntity(new StringEntity(body, StandardCharsets.UTF_8));
            return call(request);
        }

        private String call(HttpUriRequestBase request) throws IOException {
            return client.execute(request, response -> EntityUtils.toString(response.getEntity()));
        }

        @Override
        public int taken() {
            return manager.getTotalStats().getLeased();
        }

        @Override
        void shutDown() {
            manager.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
        }
    }
}
