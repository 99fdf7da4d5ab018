package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A socket serves whoever has it: greenlets of any hub, and threads that have no hub at all. */
class SocketThreadsTest extends SocketScenario {

    private static final int ROUNDS = 200;

    private static FutureTask<Void> task(Action action) {
        return new FutureTask<>(
                () -> {
                    action.run();
                    return null;
                });
    }

    /** Runs on a thread while this one does not run its hub's loop. */
    private static void onThread(Thread.Builder kind, Action action) throws Exception {
        FutureTask<Void> task = task(action);
        kind.start(task);
        task.get(50, TimeUnit.SECONDS);
    }

    private static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private static void talk(Socket socket) throws IOException {
        var b = new byte[10];
        for (int i = 0; i < ROUNDS; i++) {
            socket.getOutputStream().write(new byte[] {1, (byte) i, 3});
            assertEquals(3, socket.getInputStream().readNBytes(b, 0, 3));
            assertEquals((byte) i, b[1]);
        }
        socket.close();
    }

    @Test
    void aPlatformThreadWithoutAHubTalksToAGreenlet() throws Exception {
        Pair pair = pair();
        FutureTask<Void> talker = task(() -> talk(pair.client()));
        Thread.ofPlatform().start(talker);
        together(() -> echo(pair.server()));
        talker.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aVirtualThreadOfTheJdkTalksToAGreenlet() throws Exception {
        Pair pair = pair();
        FutureTask<Void> talker = task(() -> talk(pair.client()));
        Thread.ofVirtual().start(talker);
        together(() -> echo(pair.server()));
        talker.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aHubThatIsBusyElsewhereHoldsUpNobody() throws Exception {
        Pair pair = pair(); // made here, and this thread does not run its loop any more
        FutureTask<Void> echo = task(() -> echo(pair.server()));
        Thread.ofVirtual().start(echo);
        onThread(Thread.ofPlatform(), () -> talk(pair.client()));
        echo.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aSocketMovesFromHubToHub() throws Exception {
        Pair pair = pair();
        for (int i = 0; i < 3; i++) {
            together(() -> pingPong(pair));
            onThread(Thread.ofPlatform(), () -> pingPong(pair));
            onThread(Thread.ofVirtual(), () -> pingPong(pair));
            onThread(
                    Thread.ofPlatform(),
                    () -> {
                        try {
                            together(() -> pingPong(pair));
                        } finally {
                            Jevent.getHub().destroy();
                        }
                    });
        }
    }

    private static void pingPong(Pair pair) throws Exception {
        for (int i = 0; i < 10; i++) {
            pair.client().setSoTimeout(1);
            try {
                pair.client().getInputStream().read();
                throw new AssertionError("nothing was sent");
            } catch (SocketTimeoutException e) {
                pair.server().getOutputStream().write(i);
            }
            pair.client().setSoTimeout(0);
            assertEquals(i, pair.client().getInputStream().read());
        }
    }

    @Test
    void greenletsOfTwoHubsTalk() throws Exception {
        ServerSocket listener = closing(Sockets.listen(loopback()));
        FutureTask<Void> other =
                task(
                        () -> {
                            try {
                                Action client =
                                        () ->
                                                talk(
                                                        Sockets.connect(
                                                                "localhost",
                                                                listener.getLocalPort()));
                                together(client, client, client);
                            } finally {
                                Hub.get().destroy();
                            }
                        });
        new Thread(other).start();
        together(
                () -> {
                    List<Greenlet<Void>> echoes = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        Socket s = listener.accept();
                        echoes.add(Jevent.spawn((Action) () -> echoAndClose(s)));
                    }
                    Jevent.joinAllOrThrow(echoes);
                });
        other.get(10, TimeUnit.SECONDS);
    }

    private static void echoAndClose(Socket s) throws IOException {
        try (s) {
            echo(s);
        }
    }

    @Test
    void closeWakesAThreadWithoutAHub() throws Exception {
        for (Thread.Builder kind :
                List.of((Thread.Builder) Thread.ofPlatform(), Thread.ofVirtual())) {
            Pair p = pair();
            var reads = new CountDownLatch(1);
            FutureTask<String> reader =
                    new FutureTask<>(
                            () -> {
                                InputStream in = p.server().getInputStream();
                                reads.countDown();
                                try {
                                    in.read();
                                    return "no exception";
                                } catch (SocketException e) {
                                    return e.getMessage();
                                }
                            });
            Thread thread = kind.start(reader);
            reads.await();
            while (thread.getState() == Thread.State.RUNNABLE
                    && !reader.isDone()
                    && !isPortable()) {
                Thread.onSpinWait(); // until it waits
            }
            p.server().close();
            assertEquals("Socket closed", reader.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void manyThreadsCloseWhatOthersUseAndNoDescriptorIsMixedUp() throws Exception {
        // Descriptor numbers come back at once. If a call ever met a number that had been given to
        // somebody else, a pair would see the bytes of another one.
        int threads = 4;
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            byte mark = (byte) (t + 1);
            FutureTask<Void> task =
                    task(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    raceAgainstClose(mark);
                                }
                            });
            tasks.add(task);
            new Thread(task).start();
        }
        for (FutureTask<Void> task : tasks) {
            task.get(50, TimeUnit.SECONDS);
        }
    }

    private static void raceAgainstClose(byte mark) throws Exception {
        Socket client;
        Socket server;
        try (ServerSocket listener = Sockets.listen(loopback())) {
            client = Sockets.connect("127.0.0.1", listener.getLocalPort());
            server = listener.accept();
        }
        FutureTask<Void> writer =
                task(
                        () -> {
                            var b = new byte[] {mark, mark, mark};
                            try {
                                for (; ; ) {
                                    client.getOutputStream().write(b);
                                }
                            } catch (SocketException e) {
                                // closed by the other thread, which is what this is about
                                return;
                            }
                        });
        Thread.ofVirtual().start(writer);
        for (int i = 0; i < 30; i++) {
            int b = server.getInputStream().read();
            assertTrue(b == mark, () -> "a byte of somebody else: " + b);
        }
        client.close();
        writer.get(10, TimeUnit.SECONDS);
        server.close();
    }
}
