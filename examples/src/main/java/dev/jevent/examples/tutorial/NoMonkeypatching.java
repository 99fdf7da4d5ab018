package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The JDK's own sleeps, queues and sockets give way to other greenlets. Nothing is patched: a
 * greenlet is a virtual thread, and its hub is where it waits.
 */
public final class NoMonkeypatching {

    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
    private final Socket left;
    private final Socket right;

    private NoMonkeypatching(Socket left, Socket right) {
        this.left = left;
        this.right = right;
    }

    /** No arguments. */
    public static void main(String[] args) throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var left = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var right = listener.accept()) {
            var kitchen = new NoMonkeypatching(left, right);
            joinAll(List.of(spawn(kitchen::sleeper), spawn(kitchen::cook), spawn(kitchen::guest)));
        }
    }

    private void sleeper() throws InterruptedException {
        System.out.println("sleeper sleeps");
        Thread.sleep(20);
        System.out.println("sleeper orders tea");
        orders.put("tea");
    }

    private void cook() throws InterruptedException, IOException {
        System.out.println("cook waits for an order");
        String order = orders.take();
        System.out.println("cook makes " + order);
        right.getOutputStream().write(order.getBytes(StandardCharsets.UTF_8));
    }

    private void guest() throws IOException {
        System.out.println("guest waits");
        byte[] bytes = left.getInputStream().readNBytes(3);
        System.out.println("guest gets " + new String(bytes, StandardCharsets.UTF_8));
    }
}
