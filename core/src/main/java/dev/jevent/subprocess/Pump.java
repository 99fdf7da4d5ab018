package dev.jevent.subprocess;

import dev.jevent.internal.sys.Net;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Moves what goes through one pipe. Can be ended anywhere and run again: nothing is lost. */
abstract class Pump {

    private volatile boolean done;
    private volatile @Nullable IOException failure;

    /** Whether there is nothing more to move. */
    final boolean isDone() {
        return done;
    }

    /** Throws what a run has failed with. */
    final void throwFailure() throws IOException {
        IOException f = failure;
        if (f != null && !hasTooMuch()) {
            throw new IOException(f.getMessage(), f);
        }
    }

    /** Whether a run has ended with an error; the others' work is of no use then. */
    final boolean hasFailed() {
        return failure != null;
    }

    /** Whether more came than was wanted. */
    boolean hasTooMuch() {
        return false;
    }

    /** Until everything was moved; or throws what ends who runs it. */
    final void run() {
        try {
            move();
        } catch (IOException e) {
            failure = e; // thrown by communicate()
        }
        done = true;
    }

    abstract void move() throws IOException;

    /** To the child. */
    static final class Feed extends Pump {
        private final ChildInput to;
        private final byte[] bytes;
        private int written;

        Feed(ChildInput to, byte[] bytes) {
            this.to = to;
            this.bytes = bytes;
        }

        @Override
        void move() throws IOException {
            try {
                while (written < bytes.length) {
                    written += to.writeSome(bytes, written, bytes.length - written);
                }
                if (written > 0) {
                    to.flush();
                }
            } catch (ChildInput.BrokenPipe e) {
                // it need not read everything
            }
            to.close();
        }
    }

    /** From the child. */
    static final class Collect extends Pump {
        private final InputStream from;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final long limit;
        private volatile boolean tooMuch;

        Collect(InputStream from, long limit) {
            this.from = from;
            this.limit = limit;
        }

        @Override
        boolean hasTooMuch() {
            return tooMuch;
        }

        @Override
        void move() throws IOException {
            if (from instanceof ChildOutput o && o.isClosed()) {
                return; // or given away: nothing of it is wanted
            }
            byte[] buffer = new byte[from instanceof ChildOutput ? Net.MOST : 1];
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                int room = (int) Math.min(n, limit - bytes.size());
                bytes.write(buffer, 0, room); // nothing waits between these two
                if (room < n) {
                    tooMuch = true;
                    from.close(); // the child hears of it if it goes on
                    throw new IOException("too much");
                }
            }
            from.close();
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
