package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;
import dev.jevent.server.StreamServer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers of a slow server, fetched one after the other and all at once. The client is the
 * JDK's own, which blocks; in greenlets it gives way.
 */
public final class FetchTimes {

    private static final int PAGES = 5;

    private final StreamServer server =
            new StreamServer(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), FetchTimes::serve);

    private FetchTimes() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        spawn(new FetchTimes()::fetchAll).join(); // in a greenlet the JDK's sockets are green
    }

    private static void serve(Socket socket) throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        int page = Integer.parseInt(in.readLine().split(" ")[1].substring(1));
        String header = in.readLine();
        while (header != null && !header.isEmpty()) {
            header = in.readLine();
        }
        sleep(20); // slow
        String body = "{\"time\": \"%02d:00\"}".formatted(page);
        String answer =
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(body.length(), body);
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    private void fetchAll() throws IOException {
        server.start();
        System.out.println("one after the other:");
        for (int page = 1; page <= PAGES; page++) {
            show(page, fetch(page));
        }
        System.out.println("all at once:");
        List<Greenlet<String>> greenlets = new ArrayList<>();
        for (int i = 1; i <= PAGES; i++) {
            int page = i;
            greenlets.add(spawn(() -> fetch(page)));
        }
        joinAll(greenlets); // takes as long as one, and they end in any order
        for (int page = 1; page <= PAGES; page++) {
            show(page, greenlets.get(page - 1).value());
        }
        server.stop();
    }

    private String fetch(int page) throws IOException {
        var url = URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + page);
        try (InputStream in = url.toURL().openStream()) {
            String json = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return json.split("\"")[3];
        }
    }

    private static void show(int page, String time) {
        System.out.println("page " + page + ": " + time);
    }
}
