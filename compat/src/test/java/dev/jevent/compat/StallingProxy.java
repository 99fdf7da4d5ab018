package dev.jevent.compat;

import dev.jevent.Jevent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;

/**
 * Stands between one client and a server, and stops to read from the client when it is told to:
 * then whoever sends much waits, for certain, in the middle.
 */
final class StallingProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final Socket server;
    private final Semaphore mayRead = new Semaphore(1);

    StallingProxy(int port) throws IOException {
        listening = new ServerSocket();
        listening.setReceiveBufferSize(64 * 1024);
        listening.bind(new InetSocketAddress(Server.loopback(), 0), 1);
        server = new Socket(Server.loopback(), port);
        start(this::serve);
    }

    int port() {
        return listening.getLocalPort();
    }

    void stall() {
        mayRead.acquireUninterruptibly();
    }

    /** Comes back when the client has sent something since. */
    void awaitMore() {
        while (!mayRead.hasQueuedThreads()) {
            Jevent.sleep(5);
        }
    }

    void goOn() {
        mayRead.release();
    }

    private void serve() throws IOException {
        Socket client = listening.accept();
        start(() -> copy(server, client, new Semaphore(1)));
        copy(client, server, mayRead);
    }

    private static void copy(Socket from, Socket to, Semaphore mayRead) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[16 * 1024];
            for (int n = in.read(piece); n > 0; n = in.read(piece)) {
                mayRead.acquireUninterruptibly(); // what it has read meanwhile is one piece
                mayRead.release();
                out.write(piece, 0, n);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread.ofPlatform()
                .daemon()
                .name("proxy")
                .start(
                        () -> {
                            try {
                                work.run();
                            } catch (IOException e) {
                                // one of both has gone, and so goes the other
                            }
                        });
    }

    @Override
    public void close() throws IOException {
        listening.close();
        server.close();
    }
}
