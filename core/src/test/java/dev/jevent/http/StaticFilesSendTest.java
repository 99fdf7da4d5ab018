package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** Files that change, and clients that go, while a file is sent. */
class StaticFilesSendTest extends StaticFilesScenario {

    private static final int BIG = 12 << 20; // more than the buffers of a connection take

    /** The reply, of which the rest comes when this is done. */
    private Reply getBig(Action meanwhile) throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET", "/big");
            InputStream in = socket.getInputStream();
            byte[] begin = in.readNBytes(100_000);
            meanwhile.run();
            return read(new SequenceInputStream(new ByteArrayInputStream(begin), in), false);
        }
    }

    private Path big() throws Exception {
        return file("big", noise(BIG));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsReplacedOrDeletedIsSentAsItWas(boolean blocking) throws Exception {
        Path path = big();
        Path other = Files.write(temp.resolve("other"), new byte[100]);
        serve(new StaticFiles(folder()).blocking(blocking));
        Reply reply = getBig(() -> Files.move(other, path, StandardCopyOption.ATOMIC_MOVE));
        assertTrue(reply.complete());
        assertArrayEquals(noise(BIG), reply.body());
        assertEquals(100, get("/big").body().length);
        Path again = big();
        reply = getBig(() -> Files.delete(again));
        assertArrayEquals(noise(BIG), reply.body());
        assertEquals(404, get("/big").status());
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatGrowsIsSentUpToWhereItEnded(boolean blocking) throws Exception {
        Path path = big();
        serve(new StaticFiles(folder()).blocking(blocking));
        Reply reply =
                getBig(() -> Files.writeString(path, "one more line", StandardOpenOption.APPEND));
        assertTrue(reply.complete());
        assertArrayEquals(noise(BIG), reply.body());
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatShrinksEndsTheConnection(boolean blocking) throws Exception {
        Path path = big();
        serve(new StaticFiles(folder()).blocking(blocking));
        Reply reply =
                getBig(
                        () -> {
                            try (var file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                                FileChannel ignored = file.truncate(200_000);
                            }
                        });
        assertFalse(reply.complete());
        byte[] body = reply.body(); // what the kernel had not sent yet may be cut off with the file
        assertTrue(body.length >= 200_000);
        assertArrayEquals(Arrays.copyOf(noise(BIG), 200_000), Arrays.copyOf(body, 200_000));
        until(() -> !reports.isEmpty());
        assertInstanceOf(StaticFile.Changed.class, reports.getFirst().error());
        until(() -> openFiles() == 0);
        assertEquals(200_000, get("/big").body().length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsWrittenOverEndsTheConnection(boolean blocking) throws Exception {
        Path path = big();
        serve(new StaticFiles(folder()).blocking(blocking));
        Reply reply =
                getBig(
                        () -> {
                            try (var file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                                assertEquals(1, file.write(ByteBuffer.allocate(1), BIG / 2));
                            }
                        });
        assertFalse(reply.complete());
        until(() -> !reports.isEmpty());
        assertInstanceOf(StaticFile.Changed.class, reports.getFirst().error());
        until(() -> openFiles() == 0);
    }

    @Test
    void aSmallFileThatIsWrittenToWhileItIsReadIsReadAgain() throws Exception {
        Path path = file("small", "0123456789");
        var folder = new Folder(folder(), false);
        try (StaticFile file = folder.open("small")) {
            file.open();
            assertArrayEquals("345".getBytes(StandardCharsets.US_ASCII), file.read(3, 3));
            file.check();
            Files.writeString(path, "more", StandardOpenOption.APPEND);
            file.check();
            Files.writeString(path, "abcdefghij");
            assertInstanceOf(StaticFile.Changed.class, thrownBy(file::check));
            Files.writeString(path, "abc");
            assertInstanceOf(StaticFile.Changed.class, thrownBy(file::check));
            assertInstanceOf(StaticFile.Changed.class, thrownBy(() -> file.read(0, 10)));
            Files.delete(path);
            assertInstanceOf(StaticFile.Changed.class, thrownBy(() -> file.read(0, 10)));
        }
        assertEquals(0, openFiles());
    }

    // ---- clients that go

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatGoesLeavesNothingOpen(boolean blocking) throws Exception {
        big();
        serve(new StaticFiles(folder()).blocking(blocking));
        for (int i = 0; i < 20; i++) {
            Socket socket = connect();
            send(socket, "GET", "/big", i % 2 == 0 ? "Accept: */*" : "Range: bytes=0-9000000,-90");
            assertTrue(socket.getInputStream().read() > 0);
            if (i % 4 < 2) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        }
        until(() -> openFiles() == 0 && server.connections() == 0);
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKillInTheMiddleLeavesNothingOpen(boolean blocking) throws Exception {
        big();
        serve(new StaticFiles(folder()).blocking(blocking));
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Socket socket = connect();
            sockets.add(socket);
            send(socket, "GET", "/big");
            assertTrue(socket.getInputStream().read() > 0);
        }
        assertTrue(openFiles() >= 10);
        server.stop(Duration.ofMillis(1));
        until(() -> openFiles() == 0);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void aTimeoutAtAnyMomentLeavesNothingOpen() throws Exception {
        file("a", noise(100_000));
        var files = new StaticFiles(folder()).blocking(true);
        var random = new Random(1);
        serve(
                (request, response) -> {
                    try {
                        var time = Duration.ofNanos(random.nextInt(400_000));
                        new Timeout(time).run(() -> files.handle(request, response));
                    } catch (Timeout e) {
                        if (response.isCommitted()) {
                            throw e;
                        }
                        throw new HttpException(503);
                    }
                });
        for (int i = 0; i < 200; i++) {
            Reply reply = get("/a");
            assertTrue(
                    reply.status() == 503 || !reply.complete() || reply.body().length == 100_000,
                    reply + "");
        }
        until(() -> openFiles() == 0);
    }

    @Test
    void whoIsKilledWhileHeWaitsForAWorkerOpensNothing() throws Exception {
        file("a", "x");
        serve(new StaticFiles(folder()).blocking(true));
        assertEquals("x", get("/a").text());
        var go = new CountDownLatch(1);
        List<Greenlet<Void>> all = new ArrayList<>();
        int workers = Math.max(10, Runtime.getRuntime().availableProcessors());
        for (int i = 0; i < workers; i++) {
            all.add(Jevent.spawn(() -> Jevent.blocking(() -> go.await())));
        }
        turns(3);
        try (Socket socket = connect()) {
            send(socket, "GET", "/a");
            until(() -> server.requests() == 2);
            server.stop(Duration.ofMillis(1));
            assertEquals(-1, socket.getInputStream().read());
        }
        go.countDown();
        Jevent.joinAll(all);
        assertEquals(0, openFiles());
    }

    // ---- many

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyAtOnceGetWhatTheyAskFor(boolean blocking) throws Exception {
        int[] sizes = {0, 10, 5000, 16_384, 40_000, 300_000};
        for (int size : sizes) {
            file("f" + size, noise(size));
        }
        serve(new StaticFiles(folder()).blocking(blocking));
        List<Greenlet<Void>> clients = new ArrayList<>();
        for (int c = 0; c < 20; c++) {
            int first = c;
            clients.add(
                    Jevent.spawn(
                            () -> {
                                try (Socket socket = connect()) {
                                    for (int i = 0; i < 12; i++) {
                                        int size = sizes[(first + i) % sizes.length];
                                        send(socket, "GET", "/f" + size);
                                        Reply reply = read(socket.getInputStream(), false);
                                        assertArrayEquals(noise(size), reply.body());
                                    }
                                }
                                return null;
                            }));
        }
        Jevent.joinAllOrThrow(clients);
        assertEquals(0, openFiles());
        assertEquals(List.of(), reports);
    }
}
