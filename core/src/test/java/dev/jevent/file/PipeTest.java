package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/** Pipes, whichever mode. */
class PipeTest extends FileScenario {

    @Test
    void bytesGoThrough() throws Exception {
        byte[] data = new byte[1_000_000];
        new Random(1).nextBytes(data);
        try (Pipe pipe = Pipe.open()) {
            together(
                    () -> {
                        try (OutputStream out = pipe.sink()) {
                            out.write(data);
                        }
                    },
                    () -> {
                        assertArrayEquals(data, pipe.source().readAllBytes());
                        assertEquals(-1, pipe.source().read(ByteBuffer.allocate(1)));
                    });
        }
    }

    @Test
    void betweenHubsAndThreads() throws Exception {
        byte[] data = new byte[500_000];
        new Random(2).nextBytes(data);
        try (Pipe there = Pipe.open();
                Pipe back = Pipe.open();
                OtherHub other = new OtherHub()) {
            Greenlet<Void> echo =
                    other.spawn(
                            () -> {
                                there.source().transferTo(back.sink());
                                back.sink().close();
                            });
            Thread writer =
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            thrownBy(
                                                    () -> {
                                                        there.sink().write(data);
                                                        there.sink().close();
                                                    }));
            byte[][] got = new byte[1][];
            Thread reader =
                    Thread.ofVirtual()
                            .start(() -> thrownBy(() -> got[0] = back.source().readAllBytes()));
            writer.join();
            reader.join();
            echo.join();
            assertArrayEquals(data, got[0]);
        }
    }

    @Test
    void writingToNobodyIsABrokenPipe() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            Greenlet<Throwable> writer =
                    Jevent.spawn(() -> thrownBy(() -> pipe.sink().write(new byte[1_000_000])));
            turns(5);
            assertFalse(writer.ready());
            pipe.source().close();
            assertEquals("Broken pipe", writer.get().getMessage());
            assertThrows(IOException.class, () -> pipe.sink().write(1));
        }
    }

    @Test
    void closingAnEndWakesWhoWaitsThere() throws Exception {
        try (Pipe other = Pipe.open()) {
            Greenlet<Throwable> one = Jevent.spawn(() -> thrownBy(() -> other.source().read()));
            turns(3);
            other.source().close();
            assertInstanceOf(IOException.class, one.get());
            assertThrows(
                    ClosedChannelException.class,
                    () -> other.source().read(ByteBuffer.allocate(1)));
        }
        Pipe pipe = Pipe.open();
        Greenlet<Throwable> reader =
                Jevent.spawn(() -> thrownBy(() -> pipe.source().read(ByteBuffer.allocate(1))));
        turns(3);
        pipe.close();
        pipe.close();
        assertInstanceOf(AsynchronousCloseException.class, reader.get());
    }

    @Test
    void twoReadersAreOneTooMany() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            Greenlet<Integer> reader = Jevent.spawn(() -> pipe.source().read());
            turns(3);
            together(
                    () -> assertThrows(ConcurrentObjectUseError.class, () -> pipe.source().read()));
            pipe.sink().write(7);
            assertEquals(7, reader.get());
        }
    }

    private void leavesItOpen(Class<? extends Throwable> expected, Consumer<Greenlet<?>> end)
            throws Exception {
        try (Pipe pipe = Pipe.open()) {
            Greenlet<Throwable> reader = Jevent.spawn(() -> thrownBy(() -> pipe.source().read()));
            turns(3);
            end.accept(reader);
            assertInstanceOf(expected, reader.get());
            pipe.sink().write(9);
            assertEquals(9, pipe.source().read());
            Greenlet<Throwable> writer =
                    Jevent.spawn(() -> thrownBy(() -> pipe.sink().write(new byte[1_000_000])));
            turns(3);
            end.accept(writer);
            assertInstanceOf(expected, writer.get());
            InputStream in = pipe.source();
            in.skipNBytes(in.available());
            pipe.sink().write(8);
            assertEquals(8, in.read());
        }
    }

    @Test
    void killLeavesItOpen() throws Exception {
        leavesItOpen(GreenletExit.class, g -> g.killLater());
    }

    @Test
    void interruptLeavesItOpen() throws Exception {
        leavesItOpen(Interrupted.class, g -> g.thread().interrupt());
    }

    @Test
    void timeoutLeavesItOpen() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            var timeout = new Timeout(Duration.ofMillis(5));
            assertSame(timeout, thrownBy(() -> timeout.run(() -> pipe.source().read())));
            pipe.sink().write(9);
            assertEquals(9, pipe.source().read());
        }
    }

    @Test
    void noDescriptorIsLeft() throws Exception {
        Pipe.open().close();
        int before = openDescriptors();
        for (int i = 0; i < 100; i++) {
            try (Pipe pipe = Pipe.open()) {
                pipe.sink().write(1);
                assertEquals(1, pipe.source().read());
            }
        }
        assertTrue(openDescriptors() <= before); // what an earlier test left may have gone
    }

    @Test
    void streamsOverDescriptorNumbers() throws Exception {
        if (!isEpoll()) {
            assertThrows(IOException.class, () -> FileObject.input(0));
            try (Pipe pipe = Pipe.open()) {
                assertThrows(IllegalStateException.class, () -> pipe.sink().fd());
            }
            return;
        }
        Scratch scratch = Scratch.ofThread();
        assertEquals(0, Fd.pipe(scratch));
        int r = Fd.first(scratch);
        int w = Fd.second(scratch);
        try (InputStream in = FileObject.input(r);
                OutputStream out = FileObject.output(w)) {
            Greenlet<Integer> reader = Jevent.spawn(() -> in.read());
            turns(3);
            out.write(5);
            assertEquals(5, reader.get());
        }
        assertThrows(IOException.class, () -> FileObject.input(987_654));
    }
}
