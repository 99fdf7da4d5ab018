package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/** Streams that block, made green. */
class WrapTest extends FileScenario {

    /** Blocks its thread until there is something; ends with an empty text. */
    private static final class Blocking extends InputStream {
        final LinkedBlockingQueue<String> texts = new LinkedBlockingQueue<>();
        volatile boolean closed;

        @Override
        public int read() {
            throw new AssertionError("byte by byte");
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            try {
                byte[] bytes = texts.take().getBytes(StandardCharsets.UTF_8);
                if (new String(bytes, StandardCharsets.UTF_8).equals("error")) {
                    throw new IOException("broken");
                }
                System.arraycopy(bytes, 0, b, off, bytes.length);
                return bytes.length == 0 ? -1 : bytes.length;
            } catch (InterruptedException e) {
                throw new AssertionError("workers are not interrupted", e);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static String read(InputStream in, int n) throws IOException {
        return new String(in.readNBytes(n), StandardCharsets.UTF_8);
    }

    @Test
    void aBlockingStreamIsRead() throws Exception {
        var blocking = new Blocking();
        InputStream in = FileObject.wrap(blocking);
        Greenlet<String> reader = Jevent.spawn(() -> read(in, 6));
        turns(20);
        assertFalse(reader.ready());
        blocking.texts.add("abc");
        blocking.texts.add("defgh");
        assertEquals("abcdef", reader.get());
        assertEquals(2, in.available());
        blocking.texts.add("");
        assertEquals("gh", read(in, 10));
        in.close();
        in.close();
        assertTrue(blocking.closed);
        assertThrows(IOException.class, in::read);
    }

    @Test
    void aKilledReaderLosesNothing() throws Exception {
        var blocking = new Blocking();
        InputStream in = FileObject.wrap(blocking);
        Greenlet<Throwable> g = Jevent.spawn(() -> thrownBy(() -> in.read()));
        turns(5);
        g.killLater();
        assertInstanceOf(GreenletExit.class, g.get());
        blocking.texts.add("abc");
        assertEquals("abc", read(in, 3));
        blocking.texts.add("error");
        assertEquals("broken", assertThrows(IOException.class, in::read).getMessage());
        blocking.texts.add("x");
        assertEquals('x', in.read());
        in.close();
    }

    @Test
    void closeEndsAWait() throws Exception {
        var blocking = new Blocking();
        InputStream in = FileObject.wrap(blocking);
        Greenlet<Throwable> g = Jevent.spawn(() -> thrownBy(() -> in.read()));
        turns(5);
        in.close();
        assertInstanceOf(IOException.class, g.get());
        blocking.texts.add(""); // lets the worker go
    }

    @Test
    void moreStreamsMayWaitThanThereAreFileWorkers() throws Exception {
        int n = Op.FILES.maxSize() + 5;
        Blocking[] all = new Blocking[n];
        for (int i = 0; i < n; i++) {
            Blocking b = new Blocking();
            all[i] = b;
            InputStream in = FileObject.wrap(b);
            Jevent.spawn(() -> log.add(read(in, 1)));
        }
        turns(3);
        assertFalse(FileObject.exists(folder.resolve("nothing")), "files have their own");
        for (Blocking b : all) {
            b.texts.add("x");
        }
        until(() -> log.size() == n);
    }

    @Test
    void aKilledWriteIsWrittenOnce() throws Exception {
        var gate = new Semaphore(0);
        var bytes = new ByteArrayOutputStream();
        OutputStream slow =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("byte by byte");
                    }

                    @Override
                    public void write(byte[] b, int off, int len) {
                        gate.acquireUninterruptibly();
                        bytes.write(b, off, len);
                    }
                };
        OutputStream out = FileObject.wrap(slow);
        byte[] mine = {'a', 'b'};
        Greenlet<Throwable> g = Jevent.spawn(() -> thrownBy(() -> out.write(mine)));
        turns(5);
        assertEquals(0, bytes.size());
        g.killLater();
        assertInstanceOf(GreenletExit.class, g.get());
        mine[0] = 'X';
        gate.release(10);
        out.write('c');
        out.flush();
        out.close();
        assertEquals("abc", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aKilledCloseGoesOnAlone() throws Exception {
        var gate = new Semaphore(0);
        var closed = new Semaphore(0);
        OutputStream out =
                FileObject.wrap(
                        new OutputStream() {
                            @Override
                            public void write(int b) {}

                            @Override
                            public void close() {
                                gate.acquireUninterruptibly();
                                closed.release();
                            }
                        });
        Greenlet<Throwable> g = Jevent.spawn(() -> thrownBy(out::close));
        turns(5);
        g.kill();
        out.close();
        gate.release();
        closed.acquire();
    }
}
