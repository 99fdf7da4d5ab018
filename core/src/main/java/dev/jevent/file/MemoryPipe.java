package dev.jevent.file;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.io.Share;
import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * A pipe without the kernel, for the portable mode: a ring of 64 KiB. One may wait at each end, as
 * with descriptors. Any thread.
 */
final class MemoryPipe {

    private static final int SIZE = 1 << 16;

    /** Who waits at one end, and whether that is closed. */
    private static final class Gate {
        private @Nullable Waiter<Void> waiter; // guarded by lock
        private volatile boolean closed; // written under lock
    }

    private final SpinLock lock = new SpinLock();
    private final byte[] ring = new byte[SIZE]; // guarded by lock
    private int start; // guarded by lock
    private int count; // guarded by lock
    private final Gate source = new Gate();
    private final Gate sink = new Gate();

    /** The end to read from, or the one to write to. */
    End end(boolean reads) {
        return new MemoryEnd(reads);
    }

    private final class MemoryEnd implements End {
        private final Gate gate;
        private final Gate other;
        private final boolean reads;

        MemoryEnd(boolean reads) {
            this.reads = reads;
            this.gate = reads ? source : sink;
            this.other = reads ? sink : source;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return transfer(b, off, len);
        }

        @Override
        public int write(byte[] b, int off, int len) throws IOException {
            return transfer(b, off, len);
        }

        private int transfer(byte[] b, int off, int len) throws IOException {
            for (; ; ) {
                Waiter<Void> waiter = null;
                int n;
                Share.take(1);
                lock.lock();
                try {
                    if (gate.closed) {
                        throw new IOException("Pipe closed");
                    }
                    n = reads ? get(b, off, len) : put(b, off, len);
                    if (n == 0) {
                        waiter = beginWait();
                    }
                } finally {
                    lock.unlock();
                }
                if (waiter == null) {
                    wake(other);
                    Share.moved(n);
                    return n;
                }
                sleep(waiter);
            }
        }

        /** Bytes, 0 to wait, -1 at the end. Under the lock. */
        private int get(byte[] b, int off, int len) {
            int n = Math.min(len, count);
            for (int i = 0; i < n; i++) {
                b[off + i] = ring[(start + i) % SIZE];
            }
            start = (start + n) % SIZE;
            count -= n;
            return n == 0 && other.closed ? -1 : n;
        }

        /** Bytes, or 0 to wait. Under the lock. */
        private int put(byte[] b, int off, int len) throws IOException {
            if (other.closed) {
                throw new IOException("Broken pipe");
            }
            int n = Math.min(len, SIZE - count);
            for (int i = 0; i < n; i++) {
                ring[(start + count + i) % SIZE] = b[off + i];
            }
            count += n;
            return n;
        }

        private Waiter<Void> beginWait() {
            if (gate.waiter != null) {
                throw new ConcurrentObjectUseError(
                        "another greenlet already waits for this pipe: " + gate.waiter);
            }
            Waiter<Void> waiter = new Waiter<>();
            gate.waiter = waiter;
            return waiter;
        }

        private void sleep(Waiter<Void> waiter) {
            EventLoop loop = HubAccess.get().currentLoop();
            if (loop != null) {
                Op.onLoop(loop, loop::ref);
            }
            try {
                waiter.get();
            } finally {
                lock.lock();
                gate.waiter = null;
                lock.unlock();
                if (loop != null) {
                    Op.onLoop(loop, loop::unref);
                }
            }
        }

        private void wake(Gate who) {
            lock.lock();
            Waiter<Void> waiter = who.waiter;
            lock.unlock();
            if (waiter != null) {
                waiter.switchTo(null);
            }
        }

        @Override
        public int available() throws IOException {
            if (gate.closed) {
                throw new IOException("Pipe closed");
            }
            lock.lock();
            int n = count;
            lock.unlock();
            return n;
        }

        @Override
        public int fd() {
            throw new IllegalStateException(
                    "this pipe has no descriptor: jevent runs in its portable mode");
        }

        @Override
        public boolean isOpen() {
            return !gate.closed;
        }

        @Override
        public void close() {
            lock.lock();
            gate.closed = true;
            lock.unlock();
            wake(gate);
            wake(other);
        }
    }
}
