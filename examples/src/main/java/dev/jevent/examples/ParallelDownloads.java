package dev.jevent.examples;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.lock.Semaphore;
import dev.jevent.server.StreamServer;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Many downloads, at most 20 at once, each with a limit of its time. The code that downloads is the
 * JDK's, which blocks; in greenlets it gives way instead. The counters need no lock, for one
 * greenlet runs at a time.
 */
public final class ParallelDownloads {

    private static final int AT_ONCE = 20;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Semaphore slots = new Semaphore(AT_ONCE);
    private int running;
    private int mostRunning;
    private int failed;
    private long bytes;

    private ParallelDownloads() {}

    /** The arguments are URLs; without any it downloads from a slow server of its own. */
    public static void main(String[] args) throws IOException {
        if (args.length > 0) {
            new ParallelDownloads().downloadAll(List.of(args));
            return;
        }
        var here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var server = new StreamServer(here, ParallelDownloads::serveSlowly);
        server.start();
        String url = "http://localhost:" + server.address().getPort() + "/";
        new ParallelDownloads().downloadAll(Collections.nCopies(100, url));
        server.stop(Duration.ZERO); // hangs up, too: the client keeps its connections
    }

    private static void serveSlowly(Socket socket) throws IOException {
        Jevent.sleep(20);
        HelloHttp.serve(socket);
    }

    private void downloadAll(List<String> urls) {
        long start = System.nanoTime();
        var greenlets = new ArrayList<Greenlet<Void>>();
        for (String url : urls) {
            greenlets.add(Jevent.spawn(() -> download(url)));
        }
        Jevent.joinAll(greenlets);
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        System.out.printf(
                "%d downloads in %d ms, %d failed, %d bytes, at most %d at once%n",
                urls.size(), millis, failed, bytes, mostRunning);
    }

    private void download(String url) throws Exception {
        slots.acquire();
        mostRunning = Math.max(mostRunning, ++running);
        try {
            int size = Jevent.withTimeout(LIMIT, () -> sizeOf(url));
            bytes += size; // not in one line: between reading and writing bytes others would run
        } catch (IOException | IllegalArgumentException | Timeout e) {
            failed++;
            System.err.println(url + ": " + e.getMessage());
        } finally {
            running--;
            slots.release();
        }
    }

    private static int sizeOf(String url) throws IOException {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return in.readAllBytes().length;
        }
    }
}
