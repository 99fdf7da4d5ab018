package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.sun.net.httpserver.HttpServer;

import dev.jevent.file.FileObject;
import dev.jevent.pool.Pool;
import dev.jevent.pool.ThreadPool;
import dev.jevent.server.StreamServer;
import dev.jevent.util.Monitor;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Whatever thread a user's code runs in, it sees the context class loader of who asked for it. */
class ContextClassLoaderTest extends HubScenario {

    private static final class Loader extends URLClassLoader {
        Loader(String name) {
            super(name, new URL[0], ClassLoader.getSystemClassLoader());
        }
    }

    private final ClassLoader one = new Loader("one");
    private final ClassLoader two = new Loader("two");

    private static ClassLoader seen() {
        return Thread.currentThread().getContextClassLoader();
    }

    /** Calls it with each of the two loaders, by turns: it has to see that one. */
    private void follows(Callable<ClassLoader> asked) throws Exception {
        ClassLoader before = seen();
        try {
            for (ClassLoader loader : List.of(one, two, before, one)) {
                Thread.currentThread().setContextClassLoader(loader);
                assertSame(loader, asked.call());
                assertSame(loader, seen(), "that of who asked is left alone");
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static <T> T soon(CompletableFuture<T> future) {
        while (!future.isDone()) {
            Jevent.sleep(1);
        }
        return future.join();
    }

    // ---- worker threads

    @Test
    void blockingTask() throws Exception {
        follows(() -> Jevent.blocking(ContextClassLoaderTest::seen));
        follows(() -> Jevent.spawn(() -> Jevent.blocking(ContextClassLoaderTest::seen)).get());
    }

    @Test
    void blockingTaskOfAVirtualThreadWithoutAHub() throws Exception {
        follows(
                () -> {
                    var told = new CompletableFuture<ClassLoader>();
                    Thread.startVirtualThread(
                            () -> {
                                try {
                                    told.complete(Jevent.blocking(ContextClassLoaderTest::seen));
                                } catch (Exception e) {
                                    told.completeExceptionally(e);
                                }
                            });
                    return told.get(20, TimeUnit.SECONDS);
                });
    }

    @Test
    void taskThatSetsAnotherLeavesItToNobody() throws Exception {
        Thread worker =
                Jevent.blocking(
                        () -> {
                            Thread.currentThread().setContextClassLoader(one);
                            return Thread.currentThread();
                        });
        while (worker.getContextClassLoader() == one) {
            Jevent.sleep(1); // it has told of the value and is just leaving the task
        }
        assertSame(ClassLoader.getSystemClassLoader(), worker.getContextClassLoader());
    }

    @Test
    void taskOfAThreadPool() throws Exception {
        try (var pool = new ThreadPool(1)) {
            follows(() -> pool.spawn(ContextClassLoaderTest::seen).get());
            follows(() -> pool.apply(ContextClassLoaderTest::seen));
            follows(() -> pool.submit(ContextClassLoaderTest::seen).get());
            follows(() -> pool.map(List.of(1), i -> seen()).getFirst());
            follows(() -> pool.mapAsync(List.of(1), i -> seen()).get().getFirst());
            follows(() -> pool.imap(List.of(1), i -> seen()).next());
            follows(() -> pool.invokeAny(List.of(ContextClassLoaderTest::seen)));
        }
    }

    @Test
    void streamThatIsReadOnAWorker() throws Exception {
        follows(
                () -> {
                    var told = new CompletableFuture<ClassLoader>();
                    var in =
                            new InputStream() {
                                @Override
                                public int read() {
                                    told.complete(seen());
                                    return -1;
                                }

                                @Override
                                public int read(byte[] b, int off, int len) {
                                    return read();
                                }
                            };
                    try (var file = FileObject.wrap(in)) {
                        assertEquals(-1, file.read());
                    }
                    return soon(told);
                });
    }

    // ---- greenlets

    @Test
    void greenlets() throws Exception {
        var pool = new Pool(1);
        follows(() -> Jevent.spawn(ContextClassLoaderTest::seen).get());
        follows(() -> Jevent.spawnLater(Duration.ofMillis(1), ContextClassLoaderTest::seen).get());
        follows(() -> pool.spawn(ContextClassLoaderTest::seen).get());
        follows(() -> pool.mapAsync(List.of(1, 2), i -> seen()).get().getLast());
        follows(() -> pool.imapUnordered(List.of(1), i -> seen()).next());
        follows(
                () -> {
                    var told = new CompletableFuture<ClassLoader>();
                    Jevent.spawnRaw(() -> told.complete(seen()));
                    return soon(told);
                });
    }

    @Test
    void greenletOfAnotherHub() throws Exception {
        try (var other = new OtherHub()) {
            follows(() -> other.spawn(ContextClassLoaderTest::seen).get());
        }
    }

    @Test
    void linksAreThoseOfWhoLinksAndNotOfWhoEnds() throws Exception {
        var gate = new dev.jevent.event.Event();
        follows(
                () -> {
                    gate.clear();
                    Greenlet<Void> g = Jevent.spawn(() -> waitFor(gate));
                    var told = new CompletableFuture<ClassLoader>();
                    var value = new CompletableFuture<ClassLoader>();
                    var late = new CompletableFuture<ClassLoader>();
                    g.link(x -> told.complete(seen()));
                    g.linkValue(x -> value.complete(seen()));
                    gate.set();
                    assertSame(seen(), soon(told));
                    g.link(x -> late.complete(seen()));
                    assertSame(seen(), soon(late));
                    return soon(value);
                });
    }

    private void waitFor(dev.jevent.event.Event gate) throws Exception {
        gate.await();
        Thread.currentThread().setContextClassLoader(new Loader("of the one who ends"));
    }

    @Test
    void handlerOfASignal() throws Exception {
        follows(
                () -> {
                    var told = new CompletableFuture<ClassLoader>();
                    ClassLoader asking = seen();
                    try (var _ = Jevent.signalHandler("WINCH", () -> told.complete(seen()))) {
                        Thread.currentThread().setContextClassLoader(new Loader("later"));
                        Runtime.getRuntime()
                                .exec(
                                        new String[] {
                                            "kill", "-WINCH", "" + ProcessHandle.current().pid()
                                        })
                                .waitFor();
                        return soon(told);
                    } finally {
                        Thread.currentThread().setContextClassLoader(asking);
                    }
                });
    }

    // ---- servers

    @Test
    void handlerOfAServer() throws Exception {
        follows(
                () -> {
                    var told = new CompletableFuture<ClassLoader>();
                    try (var server =
                                    new StreamServer(
                                            new InetSocketAddress(
                                                    InetAddress.getLoopbackAddress(), 0),
                                            socket -> told.complete(seen()));
                            var client = new Socket()) {
                        server.start();
                        client.connect(server.address());
                        return soon(told);
                    }
                });
        turns(5); // the acceptors end
    }

    @Test
    void handlerOfTheJdksServerOnAHubOfItsOwn() throws Exception {
        var loader = new CompletableFuture<ClassLoader>();
        var thread =
                new Thread(
                        () -> {
                            try {
                                loader.complete(askJdkServer());
                            } catch (Exception e) {
                                loader.completeExceptionally(e);
                            }
                        });
        thread.setContextClassLoader(two);
        thread.start();
        assertSame(two, loader.get(20, TimeUnit.SECONDS));
    }

    private static ClassLoader askJdkServer() throws Exception {
        var told = new CompletableFuture<ClassLoader>();
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    told.complete(seen());
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        try (var client =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            client.getOutputStream()
                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return told.get(20, TimeUnit.SECONDS);
        } finally {
            server.stop(0);
        }
    }

    // ---- threads that watch

    @Test
    void functionOfTheMonitor() throws Exception {
        Monitor.start();
        try {
            follows(
                    () -> {
                        var told = new CompletableFuture<ClassLoader>();
                        Runnable function = () -> told.complete(seen());
                        Monitor.addMonitoringFunction(function, Duration.ofMillis(5));
                        try {
                            return told.get(20, TimeUnit.SECONDS);
                        } finally {
                            Monitor.removeMonitoringFunction(function);
                        }
                    });
        } finally {
            Monitor.stop();
        }
    }
}
