package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.pool.Pool;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A service around a pool: a greenlet for each connection, up to a limit. */
public final class SocketPool {

    private final Pool pool;

    private SocketPool(int size) {
        pool = new Pool(size);
    }

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        spawn(SocketPool::demonstrate).get();
    }

    private void add(String name, Socket socket) throws IOException {
        if (pool.isFull()) {
            System.out.println("no room for " + name);
            socket.close();
        } else {
            pool.spawn(() -> listen(name, socket));
        }
    }

    private void listen(String name, Socket socket) throws IOException {
        try (socket) {
            var in = socket.getInputStream();
            byte[] buffer = new byte[1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                String text = new String(buffer, 0, n, StandardCharsets.UTF_8);
                socket.getOutputStream().write(bytes(name + " got " + text));
            }
        } finally {
            System.out.println(name + " is closed");
        }
    }

    private void shutdown() {
        pool.kill();
    }

    private static void demonstrate() throws IOException {
        var sockets = new SocketPool(2);
        List<Socket> ours = new ArrayList<>();
        try (var listener = new ServerSocket(0, 3, InetAddress.getLoopbackAddress())) {
            for (String name : List.of("one", "two", "three")) {
                ours.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
                sockets.add(name, listener.accept());
            }
        }
        ask(ours.get(0), "hello");
        ask(ours.get(1), "hi");
        ask(ours.get(0), "bye");
        System.out.println("three hears: " + rest(ours.get(2)) + " bytes");
        System.out.println("listening to " + sockets.pool.size());
        sockets.shutdown();
        System.out.println("listening to " + sockets.pool.size());
        System.out.println("one hears: " + rest(ours.get(0)) + " bytes");
        for (Socket our : ours) {
            our.close();
        }
    }

    private static void ask(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(bytes(text));
        byte[] answer = new byte[1024];
        int n = socket.getInputStream().read(answer);
        System.out.println(new String(answer, 0, n, StandardCharsets.UTF_8));
    }

    private static int rest(Socket socket) throws IOException {
        return socket.getInputStream().readAllBytes().length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
