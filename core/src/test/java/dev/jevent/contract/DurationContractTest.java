package dev.jevent.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.Waiter;
import dev.jevent.event.AsyncResult;
import dev.jevent.event.Event;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Limits;
import dev.jevent.lock.Barrier;
import dev.jevent.lock.CountDownLatch;
import dev.jevent.lock.DummySemaphore;
import dev.jevent.lock.RLock;
import dev.jevent.lock.ReadWriteLock;
import dev.jevent.lock.Semaphore;
import dev.jevent.pool.Pool;
import dev.jevent.pool.Scope;
import dev.jevent.pool.ThreadPool;
import dev.jevent.queue.Channel;
import dev.jevent.queue.Queue;
import dev.jevent.queue.Select;
import dev.jevent.queue.SimpleQueue;
import dev.jevent.select.Poll;
import dev.jevent.server.DatagramServer;
import dev.jevent.server.ProxyProtocol;
import dev.jevent.server.StreamServer;
import dev.jevent.socket.SocketStream;
import dev.jevent.socket.Sockets;
import dev.jevent.ssl.Tls;
import dev.jevent.subprocess.Popen;
import dev.jevent.subprocess.Redirect;
import dev.jevent.util.Monitor;
import dev.jevent.websocket.WebSocket;
import dev.jevent.websocket.WebSocketOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.stream.Stream;

/**
 * Every public method that takes a time takes the longest ones that there are, and waits; of a
 * negative one it says so, or does not wait. The methods are found by reflection: a new one that
 * this knows no arguments for fails the test.
 */
class DurationContractTest extends HubScenario {

    private static final List<Duration> LONGEST =
            List.of(
                    ChronoUnit.FOREVER.getDuration(),
                    Duration.ofSeconds(Long.MAX_VALUE),
                    Duration.ofMillis(Long.MAX_VALUE),
                    Duration.ofNanos(Long.MAX_VALUE));

    /** They end at once: they set something, or what they would wait for is there. */
    private static final Set<String> AT_ONCE =
            Set.of(
                    "Greenlet.startLater",
                    "Greenlet.kill",
                    "Group.kill",
                    "Group.killOne",
                    "ThreadPool.kill",
                    "Jevent.killAll",
                    "Jevent.spawnLater",
                    "Jevent.iwait",
                    "Timeout.new",
                    "Timeout.start",
                    "HttpServer.stopTimeout",
                    "HttpServer.stop",
                    "Limits.headerTimeout",
                    "Limits.idleTimeout",
                    "Limits.minRate",
                    "DummySemaphore.acquire",
                    "DummySemaphore.await",
                    "Loop.stat",
                    "Loop.timer",
                    "Scope.deadline",
                    "Scope.open",
                    "ThreadPool.new",
                    "BaseServer.stopTimeout",
                    "BaseServer.stop",
                    "ProxyProtocol.headerTimeout",
                    "SocketStream.sendFile",
                    "SocketStream.writeAll",
                    "SocketStream.writeString",
                    "Sockets.connect",
                    "Sockets.waitWrite",
                    "Popen.stop",
                    "Tls.handshakeTimeout",
                    "Tls.sessions",
                    "Command.timeout",
                    "AssertSwitches.new",
                    "Monitor.addMonitoringFunction",
                    "Monitor.maxBlockingTime",
                    "Monitor.memoryMonitorPeriod",
                    "WebSocketOptions.closeTimeout",
                    "WebSocketOptions.connectTimeout",
                    "WebSocketOptions.idleTimeout",
                    "WebSocketOptions.pingInterval");

    /** Not called here: they only keep it, or end the process, or live in a request. */
    private static final Set<String> ELSEWHERE =
            Set.of(
                    "Exchange.new",
                    "Limits.new",
                    "EventLoopBlocked.new",
                    "EventStream.pingInterval",
                    "EventStream.retry",
                    "Hub.join",
                    "Shutdown.install",
                    "Shutdown.run");

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private ServerSocket listener;
    private Path file;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable c : toClose.reversed()) {
            c.close();
        }
        toClose.clear();
        turns(5);
    }

    private <T extends AutoCloseable> T closing(T it) {
        toClose.add(it);
        return it;
    }

    // ---- what there is

    private static List<Executable> timed() throws IOException {
        Path classes;
        try {
            classes =
                    Path.of(
                            Jevent.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assumeTrue(Files.isDirectory(classes), "a folder of classes");
        Map<String, Executable> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(classes.resolve("dev/jevent"))) {
            for (Path p : all.filter(f -> f.toString().endsWith(".class")).toList()) {
                String path = classes.relativize(p).toString();
                if (!path.contains("/internal/") && !path.contains("-info")) {
                    collect(path.replace('/', '.').replaceAll("\\.class$", ""), found);
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static void collect(String name, Map<String, Executable> found) {
        Class<?> type;
        try {
            type = Class.forName(name, false, Jevent.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return;
        }
        if (!Modifier.isPublic(type.getModifiers())) {
            return;
        }
        List<Executable> all = new ArrayList<>(Arrays.asList(type.getMethods()));
        all.addAll(Arrays.asList(type.getConstructors()));
        for (Executable e : all) {
            boolean ours = e.getDeclaringClass().getName().startsWith("dev.jevent.");
            if (ours && takesTime(e) && !ELSEWHERE.contains(nameOf(e))) {
                found.putIfAbsent(e.toString(), e);
            }
        }
    }

    private static boolean takesTime(Executable e) {
        List<Class<?>> types = Arrays.asList(e.getParameterTypes());
        return types.contains(Duration.class)
                || types.contains(TimeUnit.class)
                || e.toString().contains("Jevent.sleep(long)")
                || e.getName().equals("awaitNanos");
    }

    private static String nameOf(Executable e) {
        return e.getDeclaringClass().getSimpleName()
                + "."
                + (e instanceof Constructor ? "new" : e.getName());
    }

    // ---- what it is called on, and with

    private Greenlet<Void> endless() {
        var waiter = new Waiter<Void>();
        Greenlet<Void> g =
                Jevent.spawn(
                        () -> {
                            waiter.get();
                        });
        endless.add(g);
        return g;
    }

    private final List<Greenlet<?>> endless = new ArrayList<>();

    private static SimpleQueue<Object> full() throws InterruptedException {
        var queue = new SimpleQueue<>(1);
        queue.put("x");
        return queue;
    }

    private Object target(Executable e) throws Exception {
        Class<?> c = e.getDeclaringClass();
        boolean puts = e.getName().equals("put") || e.getName().equals("offer");
        return switch (c.getSimpleName()) {
            case "Greenlet" ->
                    e.getName().equals("startLater") ? new Greenlet<>(() -> null) : endless();
            case "Waiter" -> new Waiter<Void>();
            case "Hub" -> Hub.get();
            case "AsyncResult" -> new AsyncResult<>();
            case "Event" -> new Event();
            case "HttpServer" -> closing(new HttpServer(0, (request, response) -> {}));
            case "Limits" -> Limits.defaults();
            case "Barrier" -> new Barrier(2);
            case "CountDownLatch" -> new CountDownLatch(1);
            case "DummySemaphore" -> new DummySemaphore();
            case "Semaphore" -> new Semaphore(0);
            case "RLock" -> heldLock(new RLock());
            case "ReadLock", "WriteLock" -> heldLock(new ReadWriteLock().writeLock());
            case "Loop" -> Hub.get().loop();
            case "Group", "Pool" -> fullPool();
            case "ThreadPool" -> busy();
            case "Channel" -> new Channel<Object>();
            case "Queue", "PriorityQueue", "LifoQueue" -> unfinished();
            case "SimpleQueue" -> puts ? full() : new SimpleQueue<>();
            case "Select" -> new Select<Object>().get(new Channel<Object>(), x -> x);
            case "Poll" -> closing(new Poll());
            case "StreamServer", "BaseServer" -> closing(new StreamServer(0, socket -> {}));
            case "DatagramServer" -> closing(new DatagramServer(0, (packet, from) -> {}));
            case "ProxyProtocol" -> ProxyProtocol.REQUIRED;
            case "SocketStream" -> stream();
            case "Tls" -> Tls.client();
            case "Command" -> Popen.of("true");
            case "Popen" -> child();
            case "WebSocketOptions" -> WebSocketOptions.defaults();
            default -> {
                assertTrue(
                        Modifier.isStatic(e.getModifiers()) || e instanceof Constructor,
                        () -> "on what should this be called: " + e);
                yield null;
            }
        };
    }

    private Object argument(Executable e, int i) throws Exception {
        Class<?> type = e.getParameterTypes()[i];
        return switch (type.getSimpleName()) {
            case "Collection" ->
                    e.getName().startsWith("invoke")
                            ? List.of((Callable<Object>) DurationContractTest::forEver)
                            : List.of(endless());
            case "Iterable" -> i == 0 ? List.of(silent()) : List.of();
            case "int" -> e.getName().equals("connect") ? listener.getLocalPort() : 1;
            case "long" -> 1L;
            case "boolean" -> false;
            case "String" -> e.getName().equals("connect") ? "127.0.0.1" : "x";
            case "byte[]" -> new byte[] {1, 2};
            case "byte[][]" -> new byte[][] {{1}};
            case "ByteBuffer" -> ByteBuffer.allocate(2);
            case "ByteBuffer[]" -> new ByteBuffer[] {ByteBuffer.allocate(1)};
            case "Action" -> (Action) DurationContractTest::forEver;
            case "Callable" -> (Callable<Object>) DurationContractTest::forEver;
            case "Task" -> (Scope.Task) scope -> forEver();
            case "Body" -> (Scope.Body<Object>) scope -> forEver();
            case "Runnable" -> (Runnable) () -> {};
            case "Throwable" -> new GreenletExit();
            case "Greenlet" ->
                    e.getDeclaringClass() == Pool.class ? new Greenlet<>(() -> null) : endless();
            case "Object" -> "x";
            case "Path" -> file;
            case "FileChannel" -> closing(FileChannel.open(file));
            case "SocketAddress" ->
                    i == 0
                            ? listener.getLocalSocketAddress()
                            : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            case "DatagramSocket" -> closing(Sockets.datagramSocket());
            case "ServerSocket" -> closing(listen());
            case "Socket" -> stream().socket();
            case "SocketStream" -> stream();
            default ->
                    throw new AssertionError("which " + type + " is this to be called with: " + e);
        };
    }

    private Pool fullPool() {
        var pool = new Pool(1);
        endless.add(pool.spawn((Action) DurationContractTest::forEver));
        return pool;
    }

    private ThreadPool busy() {
        var pool = new ThreadPool(1);
        var result = pool.spawn(() -> Thread.sleep(60_000));
        toClose.add(
                () -> {
                    boolean ignored = result.cancel(true);
                    pool.shutdownNow();
                });
        return pool;
    }

    private static Queue<Object> unfinished() throws InterruptedException {
        var queue = new Queue<>();
        queue.put("x");
        boolean ignored = queue.get() == null; // and is not done
        return queue;
    }

    private java.util.concurrent.locks.Lock heldLock(java.util.concurrent.locks.Lock lock) {
        endless.add(
                Jevent.spawn(
                        () -> {
                            lock.lock();
                            forEver();
                        }));
        turns(1);
        return lock;
    }

    private SocketStream stream() throws IOException {
        var pair = Sockets.pair();
        closing(pair.right());
        closing(pair.left());
        return SocketStream.of(pair.left());
    }

    private Pipe.SourceChannel silent() throws IOException {
        Pipe pipe = Pipe.open();
        closing(pipe.sink());
        closing(pipe.source()).configureBlocking(false);
        return pipe.source();
    }

    private Popen child() throws IOException {
        Popen child = Popen.of("sleep", "60").stdout(Redirect.PIPE).stdin(Redirect.PIPE).start();
        toClose.add(() -> child.destroyForcibly().waitFor());
        return child;
    }

    private static Object forEver() {
        new Event().await();
        return "never";
    }

    // ---- the calls

    private Object call(Executable e, Duration time, TimeUnit unit) throws Throwable {
        Object target = nameOf(e).equals("Scope.deadline") ? null : target(e);
        Class<?>[] types = e.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            boolean isAmount =
                    types[i] == long.class
                            && (i + 1 < types.length && types[i + 1] == TimeUnit.class
                                    || types.length == 1);
            arguments[i] =
                    types[i] == Duration.class
                            ? time
                            : types[i] == TimeUnit.class
                                    ? unit
                                    : isAmount ? (Object) amount(time) : argument(e, i);
        }
        try {
            if (e instanceof Constructor<?> c) {
                return c.newInstance(arguments);
            }
            if (nameOf(e).equals("Scope.deadline")) {
                try (Scope scope = Scope.open()) {
                    scope.deadline(time);
                }
                return null;
            }
            e.setAccessible(true);
            return ((Method) e).invoke(target, arguments);
        } catch (InvocationTargetException x) {
            throw x.getCause();
        }
    }

    private static long amount(Duration time) {
        return time.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    private record Called(Executable what, Greenlet<Object> greenlet) {}

    private Called spawn(Executable e, Duration time, TimeUnit unit) {
        return new Called(
                e,
                Jevent.spawn(
                        () -> {
                            try {
                                Object result = call(e, time, unit);
                                if (result instanceof Timeout t) {
                                    t.close();
                                } else if (result instanceof AutoCloseable c
                                        && (e instanceof Constructor
                                                || e.getName().matches("open|iwait|connect"))) {
                                    c.close();
                                }
                                return result;
                            } catch (Exception | Error x) {
                                throw x;
                            } catch (Throwable x) {
                                throw new AssertionError(x);
                            }
                        }));
    }

    private static ServerSocket listen() throws IOException {
        return Sockets.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @BeforeEach
    void prepare() throws IOException {
        listener = closing(listen());
        file = Files.createTempFile("jevent", ".txt");
        toClose.add(() -> Files.delete(file));
        Duration maxBlocking = Monitor.maxBlockingTime();
        toClose.add(() -> Monitor.maxBlockingTime(maxBlocking)); // other tests are monitored too
    }

    @Test
    void longestTimesAreWaitedFor() throws Exception {
        List<String> wrong = new ArrayList<>();
        var units = List.of(TimeUnit.NANOSECONDS, TimeUnit.MILLISECONDS, TimeUnit.DAYS).iterator();
        for (Duration time : LONGEST) {
            TimeUnit unit = units.hasNext() ? units.next() : TimeUnit.SECONDS;
            List<Called> all = new ArrayList<>();
            for (Executable e : timed()) {
                all.add(spawn(e, time, unit));
            }
            Jevent.sleep(60);
            for (Called c : all) {
                String what = c.what + " of " + time + " or " + unit + ": ";
                boolean atOnce = AT_ONCE.contains(nameOf(c.what));
                if (atOnce) {
                    c.greenlet.join();
                }
                if (isImpossibleHere(c)) {
                    continue;
                }
                if (c.greenlet.exception() != null) {
                    wrong.add(what + c.greenlet.exception());
                } else if (c.greenlet.ready() && Boolean.FALSE.equals(c.greenlet.get())) {
                    wrong.add(what + "false");
                } else if (c.greenlet.ready() && !atOnce) {
                    wrong.add(what + "did not wait: " + c.greenlet.get());
                }
            }
            endAll(all);
        }
        assertEquals(List.of(), wrong);
    }

    /** The portable mode cannot wait for a socket without reading. */
    private boolean isImpossibleHere(Called c) {
        return !isEpoll() && c.greenlet.exception() instanceof UnsupportedOperationException;
    }

    private void endAll(List<Called> all) {
        all.forEach(c -> c.greenlet.kill());
        endless.forEach(g -> g.kill());
        endless.clear();
        reports.clear();
    }

    @Test
    void negativeTimesAreRefusedAndAreNoTimeToJavaUtilConcurrent() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Duration time : List.of(Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
            List<Called> all = new ArrayList<>();
            for (Executable e : timed()) {
                all.add(spawn(e, time, TimeUnit.DAYS));
            }
            for (Called c : all) {
                boolean refuses =
                        !Arrays.asList(c.what.getParameterTypes()).contains(TimeUnit.class);
                if (!c.greenlet.join(Duration.ofSeconds(5))) {
                    wrong.add(c.what + " of " + time + " waits");
                    continue;
                }
                Throwable error = c.greenlet.exception();
                if (isImpossibleHere(c)) {
                    continue;
                }
                if (refuses != error instanceof IllegalArgumentException
                        && !(error instanceof TimeoutException)) {
                    wrong.add(c.what + " of " + time + ": " + error);
                }
            }
            endAll(all);
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void joinOfAHubMayTakeForEver() {
        var g = Jevent.spawn(() -> Jevent.sleep(1));
        assertTrue(hub.join(ChronoUnit.FOREVER.getDuration()));
        assertTrue(g.ready());
    }

    @Test
    void timerThatRepeatsAfterAnEternityHoldsUpNoOther() {
        for (Duration ever : LONGEST) {
            List<String> fired = new ArrayList<>();
            try (var rare = hub.loop().timer(Duration.ZERO, ever);
                    var often = hub.loop().timer(Duration.ofMillis(1), Duration.ofMillis(1))) {
                rare.start(() -> fired.add("rare"));
                often.start(() -> fired.add("often"));
                while (fired.size() < 5) {
                    Jevent.sleep(1);
                }
            }
            assertEquals(1, fired.stream().filter("rare"::equals).count(), "" + fired);
        }
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // the interface wants it
    void datesThatAreLongOverOrNeverComeAreNoOverflow() throws Exception {
        var lock = new RLock();
        Condition condition = lock.newCondition();
        lock.lock();
        assertFalse(condition.awaitUntil(new Date(Long.MIN_VALUE)));
        assertFalse(condition.await(Long.MIN_VALUE, TimeUnit.DAYS));
        assertTrue(condition.awaitNanos(Long.MIN_VALUE) <= 0);
        lock.unlock();
        List<Callable<Object>> waits =
                List.of(
                        () -> condition.awaitUntil(new Date(Long.MAX_VALUE)),
                        () -> condition.await(Long.MAX_VALUE, TimeUnit.DAYS),
                        () -> condition.awaitNanos(Long.MAX_VALUE));
        for (Callable<Object> wait : waits) {
            var g =
                    Jevent.spawn(
                            () -> {
                                lock.lock();
                                try {
                                    return wait.call();
                                } finally {
                                    lock.unlock();
                                }
                            });
            turns(3);
            assertFalse(g.ready());
            lock.lock();
            condition.signal();
            lock.unlock();
            assertNotEquals(false, g.get());
        }
    }

    @Test
    void handshakeOfTlsMayTakeForEverAndASocketsOwnTimeoutCounts() throws Exception {
        for (Duration ever : LONGEST) {
            try (Socket socket = Sockets.connect("127.0.0.1", listener.getLocalPort());
                    var tls = Tls.client().handshakeTimeout(ever).wrap(socket, "localhost", 1)) {
                tls.setSoTimeout(5);
                assertThrows(SocketTimeoutException.class, tls::startHandshake);
            }
        }
    }

    @Test
    void webSocketMayTryToConnectForEver() throws Exception {
        for (Duration ever : LONGEST) {
            var options = WebSocketOptions.defaults().connectTimeout(ever);
            URI uri = URI.create("ws://127.0.0.1:" + listener.getLocalPort());
            var g = Jevent.spawn(() -> WebSocket.connect(uri, options));
            Jevent.sleep(5);
            assertFalse(g.ready(), () -> "" + g.exception());
            g.kill();
        }
    }
}
