package dev.jevent.contract;

import static dev.jevent.contract.ReadyCall.Kind.INSIDE;
import static dev.jevent.contract.ReadyCall.Kind.OUTSIDE;
import static dev.jevent.contract.ReadyCall.Kind.SWITCHES;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.Waiter;
import dev.jevent.contract.ReadyCall.Instance;
import dev.jevent.contract.ReadyCall.Kind;
import dev.jevent.event.AsyncResult;
import dev.jevent.event.Event;
import dev.jevent.file.FileObject;
import dev.jevent.file.Pipe;
import dev.jevent.local.Local;
import dev.jevent.lock.CountDownLatch;
import dev.jevent.lock.RLock;
import dev.jevent.lock.ReadWriteLock;
import dev.jevent.lock.Semaphore;
import dev.jevent.pool.Group;
import dev.jevent.pool.Pool;
import dev.jevent.pool.Scope;
import dev.jevent.pool.ThreadPool;
import dev.jevent.queue.Channel;
import dev.jevent.queue.LifoQueue;
import dev.jevent.queue.PriorityQueue;
import dev.jevent.queue.Queue;
import dev.jevent.queue.SimpleQueue;
import dev.jevent.resolver.Resolvers;
import dev.jevent.select.Poll;
import dev.jevent.select.Ready;
import dev.jevent.select.Select;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;
import dev.jevent.subprocess.Popen;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Every public call that may end at once. */
final class ReadyCalls {

    private ReadyCalls() {}

    private static final Path ZERO = Path.of("/dev/zero");

    static List<ReadyCall> all() {
        List<ReadyCall> all = new ArrayList<>();
        all.addAll(streams());
        all.addAll(connections());
        all.addAll(datagrams());
        all.addAll(polls());
        all.addAll(files());
        all.addAll(others());
        all.addAll(ofGreenlets());
        all.addAll(ofPrimitives());
        return all;
    }

    private static ReadyCall call(String name, Kind kind, ReadyCall.Opening opening) {
        return new ReadyCall(name, kind, opening);
    }

    /** Its body, and what is to be closed. */
    private static Instance instance(Action body, AutoCloseable... resources) {
        return new Instance() {
            @Override
            public void call() throws Exception {
                body.run();
            }

            @Override
            public void close() throws Exception {
                for (AutoCloseable r : resources) {
                    r.close();
                }
            }
        };
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    // ---- sockets

    private static List<ReadyCall> streams() {
        return List.of(
                call("Socket read and write", OUTSIDE, () -> echo(ownPair())),
                call("java.net.Socket read and write", OUTSIDE, () -> echo(jdkPair())),
                call("Unix-domain socket read and write", OUTSIDE, () -> echo(unixPair())),
                call("SocketStream readExactly", OUTSIDE, ReadyCalls::socketStream),
                call("SocketChannel read and write", OUTSIDE, () -> channels(true)),
                call("SocketChannel that does not block", OUTSIDE, () -> channels(false)),
                call("one byte of each of many sockets", OUTSIDE, ReadyCalls::manySockets),
                call("Pipe read and write", OUTSIDE, ReadyCalls::pipe),
                call("java.nio Pipe read and write", OUTSIDE, ReadyCalls::nioPipe));
    }

    private record Ends(Socket client, Socket server) {}

    private static Ends ends(ServerSocket listener, SocketAddress to) throws Exception {
        try (listener) {
            Greenlet<Socket> accepting = Jevent.spawn(listener::accept);
            Socket client = Sockets.connect(to, Duration.ofSeconds(10));
            return new Ends(client, accepting.get());
        }
    }

    private static Ends ownPair() throws Exception {
        ServerSocket listener = Sockets.listen(loopback());
        return ends(listener, listener.getLocalSocketAddress());
    }

    private static Ends unixPair() throws Exception {
        Path folder = Files.createTempDirectory("jevent");
        try {
            SocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
            return ends(Sockets.listen(address), address);
        } finally {
            Files.deleteIfExists(folder.resolve("s"));
            Files.delete(folder);
        }
    }

    private static Ends jdkPair() throws Exception {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(loopback());
            Socket client = new Socket("localhost", listener.getLocalPort());
            return new Ends(client, listener.accept());
        }
    }

    private static Instance echo(Ends ends) throws Exception {
        OutputStream out = ends.client().getOutputStream();
        InputStream in = ends.server().getInputStream();
        return instance(
                () -> {
                    out.write(1);
                    in.read();
                },
                ends.client(),
                ends.server());
    }

    private static Instance socketStream() throws Exception {
        Ends ends = ownPair();
        OutputStream out = ends.client().getOutputStream();
        SocketStream in = SocketStream.of(ends.server());
        return instance(
                () -> {
                    out.write(1);
                    in.readExactly(1);
                },
                ends.client(),
                ends.server());
    }

    private static Instance channels(boolean blocking) throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback())) {
            SocketChannel client = SocketChannel.open(listener.getLocalAddress());
            SocketChannel server = listener.accept();
            client.configureBlocking(blocking);
            server.configureBlocking(blocking);
            ByteBuffer one = ByteBuffer.allocate(1);
            return instance(
                    () -> {
                        client.write(one.clear());
                        server.read(one.clear());
                    },
                    client,
                    server);
        }
    }

    /** None of them is used often, and all together are. */
    private static Instance manySockets() throws Exception {
        List<Ends> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(ownPair());
        }
        var next = new int[1];
        return instance(
                () -> {
                    Ends ends = all.get(next[0]++ % all.size());
                    ends.client().getOutputStream().write(1);
                    ends.server().getInputStream().read();
                },
                () -> {
                    for (Ends ends : all) {
                        ends.client().close();
                        ends.server().close();
                    }
                });
    }

    private static Instance pipe() throws Exception {
        Pipe pipe = Pipe.open();
        return instance(
                () -> {
                    pipe.sink().write(1);
                    pipe.source().read();
                },
                pipe);
    }

    private static Instance nioPipe() throws Exception {
        var pipe = java.nio.channels.Pipe.open();
        ByteBuffer one = ByteBuffer.allocate(1);
        return instance(
                () -> {
                    pipe.sink().write(one.clear());
                    pipe.source().read(one.clear());
                },
                pipe.sink(),
                pipe.source());
    }

    private static List<ReadyCall> connections() {
        return List.of(
                call("connect and accept", OUTSIDE, () -> accepts(Sockets.listen(loopback()))),
                call("java.net connect and accept", OUTSIDE, ReadyCalls::jdkAccept),
                call("channel connect and accept", OUTSIDE, ReadyCalls::channelAccept));
    }

    private static Instance accepts(ServerSocket listener) throws Exception {
        Duration soon = Duration.ofSeconds(10);
        return instance(
                () -> {
                    Sockets.connect(listener.getLocalSocketAddress(), soon).close();
                    listener.accept().close();
                },
                listener);
    }

    private static Instance jdkAccept() throws Exception {
        ServerSocket listener = new ServerSocket();
        listener.bind(loopback());
        return instance(
                () -> {
                    new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort()).close();
                    listener.accept().close();
                },
                listener);
    }

    private static Instance channelAccept() throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback());
        return instance(
                () -> {
                    SocketChannel.open(listener.getLocalAddress()).close();
                    listener.accept().close();
                },
                listener);
    }

    private static List<ReadyCall> datagrams() {
        return List.of(
                call("UDP send to nobody", OUTSIDE, () -> send(Sockets.datagramSocket())),
                call("java.net UDP send to nobody", OUTSIDE, () -> send(new DatagramSocket())),
                call(
                        "UDP send and receive",
                        OUTSIDE,
                        () -> sendAndReceive(Sockets.datagramSocket(loopback()))),
                call(
                        "java.net UDP send and receive",
                        OUTSIDE,
                        () -> sendAndReceive(new DatagramSocket(loopback()))),
                call("DatagramChannel send and receive", OUTSIDE, ReadyCalls::datagramChannel));
    }

    private static Instance send(DatagramSocket socket) throws Exception {
        int port;
        try (DatagramSocket gone = new DatagramSocket(loopback())) {
            port = gone.getLocalPort();
        }
        var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return instance(() -> socket.send(new DatagramPacket(new byte[1], 1, to)), socket);
    }

    private static Instance sendAndReceive(DatagramSocket socket) {
        SocketAddress own = socket.getLocalSocketAddress();
        return instance(
                () -> {
                    socket.send(new DatagramPacket(new byte[1], 1, own));
                    socket.receive(new DatagramPacket(new byte[1], 1));
                },
                socket);
    }

    private static Instance datagramChannel() throws Exception {
        DatagramChannel channel = DatagramChannel.open().bind(loopback());
        SocketAddress own = channel.getLocalAddress();
        ByteBuffer one = ByteBuffer.allocate(1);
        return instance(
                () -> {
                    channel.send(one.clear(), own);
                    channel.receive(one.clear());
                },
                channel);
    }

    // ---- waiting for several

    private static List<ReadyCall> polls() {
        return List.of(
                call("Sockets.waitWrite", OUTSIDE, ReadyCalls::waitWrite),
                call("Poll.poll", OUTSIDE, () -> poll(null)),
                call("Poll.poll of zero", OUTSIDE, () -> poll(Duration.ZERO)),
                call("select.Select", OUTSIDE, ReadyCalls::select),
                call("Selector.select", OUTSIDE, () -> selector(false)),
                call("Selector.selectNow", OUTSIDE, () -> selector(true)));
    }

    private static Instance waitWrite() throws Exception {
        Ends ends = ownPair();
        Duration soon = Duration.ofSeconds(10);
        return instance(() -> Sockets.waitWrite(ends.client(), soon), ends.client(), ends.server());
    }

    private static Instance poll(Duration timeout) throws Exception {
        var pipe = java.nio.channels.Pipe.open();
        pipe.sink().configureBlocking(false);
        Poll poll = new Poll();
        poll.register(pipe.sink(), Ready.WRITE);
        return instance(
                () -> {
                    if (timeout == null) {
                        poll.poll();
                    } else {
                        poll.poll(timeout);
                    }
                },
                poll,
                pipe.sink(),
                pipe.source());
    }

    private static Instance select() throws Exception {
        var pipe = java.nio.channels.Pipe.open();
        pipe.sink().configureBlocking(false);
        return instance(
                () -> Select.select(List.of(), List.of(pipe.sink())), pipe.sink(), pipe.source());
    }

    private static Instance selector(boolean now) throws Exception {
        Selector selector = Selector.open();
        var pipe = java.nio.channels.Pipe.open();
        pipe.sink().configureBlocking(false).register(selector, SelectionKey.OP_WRITE);
        return instance(
                () -> {
                    if (now) {
                        selector.selectNow();
                    } else {
                        selector.select();
                    }
                    selector.selectedKeys().clear();
                },
                selector,
                pipe.sink(),
                pipe.source());
    }

    // ---- files

    private static List<ReadyCall> files() {
        return List.of(
                call("FileChannel read of what is in memory", OUTSIDE, ReadyCalls::cached),
                call("FileChannel relative read", OUTSIDE, ReadyCalls::cachedRelative),
                call("FileChannel read of /dev/zero", OUTSIDE, ReadyCalls::zeros),
                call("FileObject.input", OUTSIDE, ReadyCalls::input),
                call("FileObject.output", OUTSIDE, ReadyCalls::output),
                call("FileObject.wrap", OUTSIDE, ReadyCalls::wrapped),
                call("FileObject.size", OUTSIDE, () -> instance(() -> FileObject.size(ZERO))));
    }

    private static Path file() throws Exception {
        Path file = Files.createTempFile("jevent", "");
        Files.write(file, new byte[10_000]);
        return file;
    }

    private static Instance cached() throws Exception {
        Path file = file();
        FileChannel channel = FileObject.open(file);
        ByteBuffer to = ByteBuffer.allocate(10_000);
        return instance(() -> channel.read(to.clear(), 0), channel, () -> Files.delete(file));
    }

    private static Instance cachedRelative() throws Exception {
        Path file = file();
        FileChannel channel = FileObject.open(file);
        ByteBuffer to = ByteBuffer.allocate(100);
        return instance(
                () -> {
                    if (channel.read(to.clear()) < 0) {
                        channel.position(0);
                    }
                },
                channel,
                () -> Files.delete(file));
    }

    private static Instance zeros() throws Exception {
        FileChannel channel = FileObject.open(ZERO, StandardOpenOption.READ);
        ByteBuffer to = ByteBuffer.allocate(1 << 16);
        return instance(() -> channel.read(to.clear()), channel);
    }

    private static Instance input() throws Exception {
        InputStream in = FileObject.input(ZERO);
        var to = new byte[1 << 10];
        return instance(() -> in.read(to), in);
    }

    private static Instance output() throws Exception {
        OutputStream out = FileObject.output(Path.of("/dev/null"), StandardOpenOption.WRITE);
        var from = new byte[1 << 12];
        return instance(() -> out.write(from), out);
    }

    private static Instance wrapped() throws Exception {
        InputStream in =
                FileObject.wrap(
                        new InputStream() {
                            @Override
                            public int read() {
                                return 1;
                            }
                        });
        var to = new byte[1 << 10];
        return instance(() -> in.read(to), in);
    }

    // ---- children, names, workers

    private static List<ReadyCall> others() {
        return List.of(
                call("Popen.poll", OUTSIDE, () -> child(Popen::poll)),
                call("Popen.isAlive", OUTSIDE, () -> child(Popen::isAlive)),
                call(
                        "Resolvers.lookup of what is known",
                        OUTSIDE,
                        () -> instance(() -> Resolvers.lookup("localhost"))),
                call("Jevent.blocking", SWITCHES, () -> instance(() -> Jevent.blocking(() -> 1))),
                call("ThreadPool.apply", SWITCHES, ReadyCalls::threadPool));
    }

    private interface Asking {
        Object ask(Popen child);
    }

    private static Instance child(Asking question) throws Exception {
        Popen child = Popen.of("sleep", "1000").start();
        return instance(
                () -> question.ask(child),
                () -> {
                    child.kill();
                    child.await();
                });
    }

    private static Instance threadPool() {
        ThreadPool pool = new ThreadPool(2);
        return instance(() -> pool.apply(() -> 1), pool::kill);
    }

    // ---- greenlets

    private static List<ReadyCall> ofGreenlets() {
        return List.of(
                call("Jevent.sleep(0)", SWITCHES, () -> instance(() -> Jevent.sleep(0))),
                call(
                        "spawn and join",
                        SWITCHES,
                        () -> instance(() -> Jevent.spawn(() -> {}).join())),
                call("kill of one that runs", SWITCHES, ReadyCalls::runAndKill),
                call(
                        "kill of one that has not begun",
                        INSIDE,
                        () -> instance(() -> Jevent.spawn(() -> {}).kill())),
                call("Scope with a child", SWITCHES, ReadyCalls::scope),
                call("Pool.spawn of a full pool", SWITCHES, ReadyCalls::fullPool),
                call("Jevent.spawn", INSIDE, () -> instance(() -> Jevent.spawn(() -> {}))),
                call("Group.spawn", INSIDE, ReadyCalls::group),
                call("join of a dead one", INSIDE, () -> dead(Greenlet::join)),
                call("get of a dead one", INSIDE, () -> dead(Greenlet::get)),
                call("kill of a dead one", INSIDE, () -> dead(Greenlet::kill)),
                call("joinAll of dead ones", INSIDE, () -> dead(g -> Jevent.joinAll(List.of(g)))),
                call("wait of what is ready", INSIDE, () -> dead(g -> Jevent.wait(List.of(g)))),
                call("Timeout of a call that ends", INSIDE, ReadyCalls::timeout));
    }

    private static Instance runAndKill() {
        Group group = new Group();
        return instance(
                () -> {
                    Greenlet<Void> greenlet = group.spawn(() -> new Waiter<Void>().get());
                    Jevent.sleep(0);
                    greenlet.kill();
                },
                group::kill);
    }

    private static Instance scope() {
        return instance(() -> Scope.run(s -> s.spawn(() -> 1)));
    }

    private static Instance fullPool() {
        Pool pool = new Pool(1);
        return instance(() -> pool.spawn(() -> {}), pool::join);
    }

    private static Instance group() {
        Group group = new Group();
        return instance(() -> group.spawn(() -> {}), group::join);
    }

    private interface WithDead {
        void make(Greenlet<Void> greenlet) throws Exception;
    }

    private static Instance dead(WithDead call) {
        Greenlet<Void> greenlet = Jevent.spawn(() -> {});
        greenlet.join();
        return instance(() -> call.make(greenlet));
    }

    private static Instance timeout() {
        Duration soon = Duration.ofSeconds(10);
        return instance(
                () -> {
                    try (Timeout t = Timeout.start(soon)) {
                        t.pending();
                    }
                });
    }

    // ---- primitives

    private static List<ReadyCall> ofPrimitives() {
        return List.of(
                call("Event.await", INSIDE, ReadyCalls::event),
                call("AsyncResult.get", INSIDE, ReadyCalls::result),
                call("Waiter.get", INSIDE, ReadyCalls::waiter),
                call("CountDownLatch.await", INSIDE, ReadyCalls::latch),
                call("Semaphore acquire and release", INSIDE, ReadyCalls::semaphore),
                call("RLock lock and unlock", INSIDE, ReadyCalls::lock),
                call("ReadWriteLock lock and unlock", INSIDE, ReadyCalls::readWriteLock),
                call("Queue put and get", INSIDE, ReadyCalls::queue),
                call("LifoQueue put and get", INSIDE, ReadyCalls::lifoQueue),
                call("PriorityQueue put and get", INSIDE, ReadyCalls::priorityQueue),
                call("SimpleQueue put and get", INSIDE, ReadyCalls::simpleQueue),
                call("Select of a queue", INSIDE, ReadyCalls::selectOfQueue),
                call("Channel.put to one who waits", INSIDE, ReadyCalls::channel),
                call("Local get and set", INSIDE, ReadyCalls::local));
    }

    private static Instance event() {
        Event event = new Event();
        event.set();
        return instance(event::await);
    }

    private static Instance result() {
        AsyncResult<String> result = new AsyncResult<>();
        result.set("value");
        return instance(result::get);
    }

    private static Instance waiter() {
        return instance(
                () -> {
                    Waiter<String> waiter = new Waiter<>();
                    waiter.switchTo("value");
                    waiter.get();
                });
    }

    private static Instance latch() {
        CountDownLatch latch = new CountDownLatch(0);
        return instance(latch::await);
    }

    private static Instance semaphore() {
        Semaphore semaphore = new Semaphore(1);
        return instance(
                () -> {
                    semaphore.acquire();
                    semaphore.release();
                });
    }

    private static Instance lock() {
        RLock lock = new RLock();
        return instance(
                () -> {
                    lock.lock();
                    lock.unlock();
                });
    }

    private static Instance readWriteLock() {
        ReadWriteLock lock = new ReadWriteLock();
        return instance(
                () -> {
                    lock.readLock().lock();
                    lock.readLock().unlock();
                    lock.writeLock().lock();
                    lock.writeLock().unlock();
                });
    }

    private static Instance queue() {
        Queue<String> queue = new Queue<>();
        return instance(
                () -> {
                    queue.put("item");
                    queue.get();
                });
    }

    private static Instance lifoQueue() {
        LifoQueue<String> queue = new LifoQueue<>();
        return instance(
                () -> {
                    queue.put("item");
                    queue.get();
                });
    }

    private static Instance priorityQueue() {
        PriorityQueue<String> queue = new PriorityQueue<>();
        return instance(
                () -> {
                    queue.put("item");
                    queue.get();
                });
    }

    private static Instance simpleQueue() {
        SimpleQueue<String> queue = new SimpleQueue<>();
        return instance(
                () -> {
                    queue.put("item");
                    queue.get();
                });
    }

    private static Instance selectOfQueue() {
        SimpleQueue<String> queue = new SimpleQueue<>();
        return instance(
                () -> {
                    queue.put("item");
                    new dev.jevent.queue.Select<String>().get(queue, item -> item).await();
                });
    }

    private static Instance channel() {
        Channel<String> channel = new Channel<>();
        List<Greenlet<String>> takers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            takers.add(Jevent.spawn(() -> channel.get()));
        }
        Jevent.sleep(0);
        return instance(
                () -> {
                    if (channel.balance() != 0) {
                        channel.put("item");
                    }
                },
                () -> Jevent.killAll(takers));
    }

    private static Instance local() {
        Local<String> local = new Local<>();
        return instance(
                () -> {
                    local.set("value");
                    local.get();
                });
    }
}
