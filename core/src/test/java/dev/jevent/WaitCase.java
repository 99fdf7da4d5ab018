package dev.jevent;

import dev.jevent.lock.Semaphore;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A blocking call that never returns by itself.
 *
 * @param socket whether it waits for a descriptor, that is, in the hub's epoll if there is one
 * @param jevent whether it is a call of jevent's own
 */
record WaitCase(String name, boolean socket, boolean jevent, Opening opening) {

    interface Opening {
        Wait open() throws Exception;
    }

    /** One wait, with what it needs. */
    interface Wait {
        void await() throws Exception;

        /** After it was disturbed: what it waited on still works. */
        default void check() throws Exception {}

        default void close() throws Exception {}
    }

    @Override
    public String toString() {
        return name;
    }

    private static WaitCase jevent(String name, Opening opening) {
        return new WaitCase(name, false, true, opening);
    }

    private static WaitCase jdk(String name, Opening opening) {
        return new WaitCase(name, false, false, opening);
    }

    private static WaitCase socket(String name, Opening opening) {
        return new WaitCase(name, true, false, opening);
    }

    static List<WaitCase> all() {
        return List.of(
                jevent("jevent sleep", () -> () -> Jevent.sleep(60_000)),
                jevent(
                        "jevent sleep without end",
                        () -> () -> Jevent.sleep(Duration.ofDays(400_000))),
                jevent("Waiter.get", () -> new Waiter<>()::get),
                jevent("Waiter.await", () -> () -> new Waiter<>().await(Duration.ofHours(1))),
                jevent("join", WaitCase::join),
                jevent("join with a time", WaitCase::timedJoin),
                jevent("iwait", WaitCase::iwait),
                jevent("Semaphore", () -> new Semaphore(0)::acquire),
                jevent(
                        "Semaphore with a time",
                        () -> () -> new Semaphore(0).acquire(Duration.ofHours(1))),
                jdk("Thread.sleep", () -> () -> Thread.sleep(60_000)),
                jdk("LinkedBlockingQueue.take", WaitCase::queue),
                jdk("ReentrantLock.lockInterruptibly", WaitCase::lock),
                jdk("CountDownLatch.await", () -> new CountDownLatch(1)::await),
                jdk("Object.wait", WaitCase::objectWait),
                jdk("Object.wait with a time", WaitCase::timedObjectWait),
                jdk("CompletableFuture.get", () -> new CompletableFuture<Void>()::get),
                jdk("Thread.join", WaitCase::threadJoin),
                socket("Socket.read", WaitCase::socketRead),
                socket("Socket.read with a time", WaitCase::timedSocketRead),
                socket("ServerSocket.accept", WaitCase::accept),
                socket("SocketChannel.read", WaitCase::channelRead),
                socket("ServerSocketChannel.accept", WaitCase::channelAccept),
                socket("Selector.select", WaitCase::select),
                socket("Selector.select with a time", WaitCase::timedSelect),
                socket("DatagramSocket.receive", WaitCase::receive));
    }

    private static Wait join() {
        var g = Jevent.spawn(() -> Jevent.sleep(60_000));
        return new Wait() {
            @Override
            public void await() {
                g.join();
            }

            @Override
            public void close() {
                g.kill();
            }
        };
    }

    private static Wait timedJoin() {
        var g = Jevent.spawn(() -> Jevent.sleep(60_000));
        return new Wait() {
            @Override
            public void await() {
                g.join(Duration.ofSeconds(30));
            }

            @Override
            public void close() {
                g.kill();
            }
        };
    }

    private static Wait iwait() {
        var g = Jevent.spawn(() -> Jevent.sleep(60_000));
        return new Wait() {
            @Override
            public void await() {
                try (var it = Jevent.iwait(List.of(g))) {
                    it.next();
                }
            }

            @Override
            public void check() {
                if (g.hasLinks()) {
                    throw new AssertionError("a link is left");
                }
            }

            @Override
            public void close() {
                g.kill();
            }
        };
    }

    private static Wait queue() {
        var queue = new LinkedBlockingQueue<String>();
        return new Wait() {
            @Override
            public void await() throws Exception {
                queue.take();
            }

            @Override
            public void check() throws Exception {
                Jevent.spawn(() -> queue.put("x"));
                if (!queue.take().equals("x")) {
                    throw new AssertionError();
                }
            }
        };
    }

    private static Wait lock() {
        var lock = new ReentrantLock();
        var held =
                Jevent.spawn(
                        () -> {
                            lock.lock();
                            try {
                                new Waiter<>().get();
                            } finally {
                                lock.unlock();
                            }
                        });
        return new Wait() {
            @Override
            public void await() throws Exception {
                while (!lock.isLocked()) {
                    Jevent.sleep(0);
                }
                lock.lockInterruptibly();
            }

            @Override
            public void check() {
                held.kill();
                lock.lock();
                lock.unlock();
            }

            @Override
            public void close() {
                held.kill();
            }
        };
    }

    private static Wait objectWait() {
        var monitor = new Object();
        return () -> {
            synchronized (monitor) {
                while (true) {
                    monitor.wait();
                }
            }
        };
    }

    private static Wait timedObjectWait() {
        var monitor = new Object();
        return () -> {
            synchronized (monitor) {
                while (true) {
                    monitor.wait(60_000);
                }
            }
        };
    }

    private static Wait threadJoin() {
        var gate = new Waiter<Void>();
        Thread t = Thread.startVirtualThread(gate::get);
        return new Wait() {
            @Override
            public void await() throws Exception {
                t.join();
            }

            @Override
            public void close() throws Exception {
                gate.switchTo(null);
                t.join();
            }
        };
    }

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private static Wait socketRead() throws Exception {
        return streamSocket(0);
    }

    private static Wait timedSocketRead() throws Exception {
        return streamSocket(30_000);
    }

    private static Wait streamSocket(int timeout) throws Exception {
        var server = new ServerSocket(0, 1, HERE);
        var client = new Socket(HERE, server.getLocalPort());
        var peer = server.accept();
        client.setSoTimeout(timeout);
        return new Wait() {
            @Override
            public void await() throws Exception {
                client.getInputStream().read();
            }

            @Override
            public void check() throws Exception {
                peer.getOutputStream().write(7);
                if (client.getInputStream().read() != 7) {
                    throw new AssertionError();
                }
            }

            @Override
            public void close() throws Exception {
                client.close();
                peer.close();
                server.close();
            }
        };
    }

    private static Wait accept() throws Exception {
        var server = new ServerSocket(0, 1, HERE);
        return new Wait() {
            @Override
            public void await() throws Exception {
                server.accept();
            }

            @Override
            public void check() throws Exception {
                new Socket(HERE, server.getLocalPort()).close();
                server.accept().close();
            }

            @Override
            public void close() throws Exception {
                server.close();
            }
        };
    }

    private static Wait channelRead() throws Exception {
        var server = ServerSocketChannel.open().bind(new InetSocketAddress(HERE, 0));
        var client = SocketChannel.open(server.getLocalAddress());
        var peer = server.accept();
        return new Wait() {
            @Override
            public void await() throws Exception {
                client.read(ByteBuffer.allocate(1));
            }

            @Override
            public void check() throws Exception {
                peer.write(ByteBuffer.wrap(new byte[] {7}));
                if (client.read(ByteBuffer.allocate(1)) != 1) {
                    throw new AssertionError();
                }
            }

            @Override
            public void close() throws Exception {
                client.close();
                peer.close();
                server.close();
            }
        };
    }

    private static Wait channelAccept() throws Exception {
        var server = ServerSocketChannel.open().bind(new InetSocketAddress(HERE, 0));
        return new Wait() {
            @Override
            public void await() throws Exception {
                server.accept();
            }

            @Override
            public void check() throws Exception {
                SocketChannel.open(server.getLocalAddress()).close();
                server.accept().close();
            }

            @Override
            public void close() throws Exception {
                server.close();
            }
        };
    }

    private static Wait select() throws Exception {
        return selector(0);
    }

    private static Wait timedSelect() throws Exception {
        return selector(30_000);
    }

    private static Wait selector(long timeout) throws Exception {
        var server = ServerSocketChannel.open().bind(new InetSocketAddress(HERE, 0));
        server.configureBlocking(false);
        var selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
        return new Wait() {
            @Override
            public void await() throws Exception {
                selector.select(timeout);
            }

            @Override
            public void check() throws Exception {
                SocketChannel.open(server.getLocalAddress()).close();
                if (selector.select() != 1) {
                    throw new AssertionError();
                }
            }

            @Override
            public void close() throws Exception {
                selector.close();
                server.close();
            }
        };
    }

    private static Wait receive() throws Exception {
        var socket = new DatagramSocket(0, HERE);
        return new Wait() {
            @Override
            public void await() throws Exception {
                socket.receive(new DatagramPacket(new byte[1], 1));
            }

            @Override
            public void check() throws Exception {
                socket.send(new DatagramPacket(new byte[] {7}, 1, socket.getLocalSocketAddress()));
                socket.receive(new DatagramPacket(new byte[1], 1));
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }
}
