package dev.jevent;

import dev.jevent.lock.Semaphore;
import dev.jevent.pool.Scope;
import dev.jevent.socket.Sockets;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
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
 * @param closes whether a kill or timeout closes what it waits on, for it is a library's
 */
record WaitCase(String name, boolean socket, boolean jevent, boolean closes, Opening opening) {

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
        return new WaitCase(name, false, true, false, opening);
    }

    private static WaitCase jdk(String name, Opening opening) {
        return new WaitCase(name, false, false, false, opening);
    }

    private static WaitCase socket(String name, Opening opening) {
        return new WaitCase(name, true, false, false, opening);
    }

    private static WaitCase stream(String name, Opening opening) {
        return new WaitCase(name, true, false, true, opening);
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
                stream("Socket.read", WaitCase::socketRead),
                stream("Socket.read with a time", WaitCase::timedSocketRead),
                stream("Socket.read beside a writer", WaitCase::socketReadBesideWriter),
                stream("Socket.write", WaitCase::socketWrite),
                stream("Sockets.socket() read", WaitCase::librarySocketRead),
                socket("Socket.read, kept open", WaitCase::socketReadKeptOpen),
                socket("ServerSocket.accept", WaitCase::accept),
                stream("SocketChannel.read", WaitCase::channelRead),
                stream("SocketChannel.write", WaitCase::channelWrite),
                stream("SocketChannel.socket() read", WaitCase::adaptorRead),
                stream("Pipe.source().read", WaitCase::pipeRead),
                socket("SocketChannel.read, kept open", WaitCase::channelReadKeptOpen),
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

    /** A stream of a library's. */
    interface Stream {
        void await() throws Exception;

        boolean isOpen();

        void close() throws Exception;
    }

    /** Closed by what has disturbed it; its peer sees the end of the stream. */
    private static Wait closing(Stream stream, Socket peer) {
        return new Wait() {
            @Override
            public void await() throws Exception {
                stream.await();
            }

            @Override
            public void check() throws Exception {
                if (stream.isOpen()) {
                    throw new AssertionError("it is still open");
                }
                peer.setSoTimeout(10_000);
                byte[] all = new byte[64 * 1024];
                while (peer.getInputStream().read(all) >= 0) {
                    // what was written before
                }
            }

            @Override
            public void close() throws Exception {
                stream.close();
                peer.close();
            }
        };
    }

    private static Wait closing(Socket client, Socket peer, Action wait) {
        return closing(
                new Stream() {
                    @Override
                    public void await() throws Exception {
                        wait.run();
                    }

                    @Override
                    public boolean isOpen() {
                        return !client.isClosed();
                    }

                    @Override
                    public void close() throws Exception {
                        client.close();
                    }
                },
                peer);
    }

    private static Wait closing(java.nio.channels.Channel channel, Socket peer, Action wait) {
        return closing(
                new Stream() {
                    @Override
                    public void await() throws Exception {
                        wait.run();
                    }

                    @Override
                    public boolean isOpen() {
                        return channel.isOpen();
                    }

                    @Override
                    public void close() throws Exception {
                        channel.close();
                    }
                },
                peer);
    }

    /** What the client's end of a new connection is, and the peer's. */
    private static <T> Wait connected(Connecting<T> connecting, Waiting<T> wait) throws Exception {
        try (var server = new ServerSocket(0, 1, HERE)) {
            T client = connecting.to(server.getLocalSocketAddress());
            return wait.of(client, server.accept());
        }
    }

    private interface Connecting<T> {
        T to(SocketAddress address) throws Exception;
    }

    private interface Waiting<T> {
        Wait of(T client, Socket peer) throws Exception;
    }

    private static Socket connect(SocketAddress to) throws Exception {
        var socket = new Socket();
        socket.connect(to);
        return socket;
    }

    private static Wait socketRead() throws Exception {
        return connected(
                WaitCase::connect, (client, peer) -> closing(client, peer, () -> read(client)));
    }

    private static void read(Socket client) throws Exception {
        if (client.getInputStream().read() < 0) {
            throw new AssertionError("the end");
        }
    }

    private static Wait timedSocketRead() throws Exception {
        return connected(
                WaitCase::connect,
                (client, peer) -> {
                    client.setSoTimeout(30_000);
                    return closing(client, peer, () -> read(client));
                });
    }

    /** The descriptor is given back by the last of two. */
    private static Wait socketReadBesideWriter() throws Exception {
        return connected(
                WaitCase::connect,
                (client, peer) -> {
                    var writer = Jevent.spawn(() -> writeWithoutEnd(client));
                    Wait reads = closing(client, peer, () -> read(client));
                    return new Wait() {
                        @Override
                        public void await() throws Exception {
                            reads.await();
                        }

                        @Override
                        public void check() throws Exception {
                            reads.check();
                        }

                        @Override
                        public void close() throws Exception {
                            reads.close();
                            Scope.shield(() -> writer.join()); // the close has woken it
                        }
                    };
                });
    }

    private static void writeWithoutEnd(Socket client) throws Exception {
        try {
            var much = new byte[256 * 1024];
            while (true) {
                client.getOutputStream().write(much);
            }
        } catch (SocketException e) {
            // it was closed
        }
    }

    private static Wait socketWrite() throws Exception {
        return connected(
                WaitCase::connect,
                (client, peer) -> {
                    var much = new byte[256 * 1024];
                    return closing(
                            client,
                            peer,
                            () -> {
                                while (true) {
                                    client.getOutputStream().write(much);
                                }
                            });
                });
    }

    private static Wait librarySocketRead() throws Exception {
        return connected(
                to -> {
                    Socket socket = Sockets.socket();
                    socket.connect(to);
                    return socket;
                },
                (client, peer) -> closing(client, peer, () -> read(client)));
    }

    private static Wait socketReadKeptOpen() throws Exception {
        return connected(
                WaitCase::connect,
                (client, peer) -> {
                    Sockets.keepOpen(client);
                    return new Wait() {
                        @Override
                        public void await() throws Exception {
                            read(client);
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
                        }
                    };
                });
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
        return connected(
                SocketChannel::open,
                (client, peer) -> closing(client, peer, () -> client.read(ByteBuffer.allocate(1))));
    }

    private static Wait channelWrite() throws Exception {
        return connected(
                SocketChannel::open,
                (client, peer) ->
                        closing(
                                client,
                                peer,
                                () -> {
                                    while (true) {
                                        client.write(ByteBuffer.allocate(256 * 1024));
                                    }
                                }));
    }

    private static Wait adaptorRead() throws Exception {
        return connected(
                SocketChannel::open,
                (client, peer) -> closing(client, peer, () -> read(client.socket())));
    }

    private static Wait pipeRead() throws Exception {
        var pipe = Pipe.open();
        return new Wait() {
            @Override
            public void await() throws Exception {
                pipe.source().read(ByteBuffer.allocate(1));
            }

            @Override
            public void check() {
                if (pipe.source().isOpen()) {
                    throw new AssertionError("it is still open");
                }
            }

            @Override
            public void close() throws Exception {
                pipe.source().close();
                pipe.sink().close();
            }
        };
    }

    private static Wait channelReadKeptOpen() throws Exception {
        return connected(
                SocketChannel::open,
                (client, peer) -> {
                    Sockets.keepOpen(client);
                    return new Wait() {
                        @Override
                        public void await() throws Exception {
                            client.read(ByteBuffer.allocate(1));
                        }

                        @Override
                        public void check() throws Exception {
                            peer.getOutputStream().write(7);
                            if (client.read(ByteBuffer.allocate(1)) != 1) {
                                throw new AssertionError();
                            }
                        }

                        @Override
                        public void close() throws Exception {
                            client.close();
                            peer.close();
                        }
                    };
                });
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
