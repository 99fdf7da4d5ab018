package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

/** What is sent. Nothing is kept back: when a call returns everything is with the kernel. */
final class Outgoing {

    private static final int PIECE = 64 * 1024;
    private static final int FILE_PIECE = 512 * 1024; // moved by the kernel at once

    private final Transport transport;
    private long sent;

    Outgoing(Transport transport) {
        this.transport = transport;
    }

    /** How many bytes were sent. */
    long sent() {
        return sent;
    }

    int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        int n = transport.sendSome(b, off, len, deadline);
        sent += n;
        return n;
    }

    /** A timeout says how much of the call was done. */
    private SocketTimeoutException partly(SocketTimeoutException e, long before) {
        e.bytesTransferred = (int) Math.min(Integer.MAX_VALUE, sent - before);
        return e;
    }

    void send(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        long before = sent;
        try {
            for (int done = 0; done < len; ) {
                done += sendSome(b, off + done, len - done, deadline);
            }
        } catch (SocketTimeoutException e) {
            throw partly(e, before);
        }
    }

    /** Small pieces go out together. */
    void send(byte[][] pieces, @Nullable Deadline deadline) throws IOException {
        long total = 0;
        for (byte[] piece : pieces) {
            total += piece.length;
        }
        if (pieces.length > 1 && total <= PIECE) {
            var all = new byte[(int) total];
            int at = 0;
            for (byte[] piece : pieces) {
                System.arraycopy(piece, 0, all, at, piece.length);
                at += piece.length;
            }
            send(all, 0, all.length, deadline);
            return;
        }
        long before = sent;
        try {
            for (byte[] piece : pieces) {
                send(piece, 0, piece.length, deadline);
            }
        } catch (SocketTimeoutException e) {
            throw partly(e, before);
        }
    }

    /** Sends what remains; the positions say how far it came, whatever happens. */
    void send(ByteBuffer[] pieces, @Nullable Deadline deadline) throws IOException {
        long before = sent;
        try {
            if (pieces.length > 1 && total(pieces) <= PIECE) {
                sendTogether(pieces, deadline);
                return;
            }
            for (ByteBuffer piece : pieces) {
                send(piece, deadline);
            }
        } catch (SocketTimeoutException e) {
            throw partly(e, before);
        }
    }

    private static long total(ByteBuffer[] pieces) {
        long total = 0;
        for (ByteBuffer piece : pieces) {
            total += piece.remaining();
        }
        return total;
    }

    private void sendTogether(ByteBuffer[] pieces, @Nullable Deadline deadline) throws IOException {
        var all = new byte[(int) total(pieces)];
        int at = 0;
        for (ByteBuffer piece : pieces) {
            int n = piece.remaining();
            piece.get(piece.position(), all, at, n);
            at += n;
        }
        long before = sent;
        try {
            send(all, 0, all.length, deadline);
        } finally {
            int gone = (int) (sent - before);
            for (ByteBuffer piece : pieces) {
                int n = Math.min(gone, piece.remaining());
                piece.position(piece.position() + n);
                gone -= n;
            }
        }
    }

    private void send(ByteBuffer piece, @Nullable Deadline deadline) throws IOException {
        byte[] copy = piece.hasArray() ? null : new byte[Math.min(PIECE, piece.remaining())];
        while (piece.hasRemaining()) {
            int n;
            if (copy == null) {
                int off = piece.arrayOffset() + piece.position();
                n = sendSome(piece.array(), off, piece.remaining(), deadline);
            } else {
                int len = Math.min(copy.length, piece.remaining());
                piece.get(piece.position(), copy, 0, len);
                n = sendSome(copy, 0, len, deadline);
            }
            piece.position(piece.position() + n);
        }
    }

    // ---- files

    /** Sends so much of the file, or less if it ends before. */
    long sendFile(FileChannel file, long offset, long count, @Nullable Deadline deadline)
            throws IOException {
        long before = sent;
        int fd = transport.descriptor(file);
        // A duplicate: nobody else can close it while it is in use here.
        int own = fd < 0 ? -1 : Fd.duplicate(Scratch.ofThread(), fd);
        try {
            if (!file.isOpen()) {
                throw new ClosedChannelException();
            }
            boolean copy = own < 0 || !sendByKernel(own, offset, count, deadline);
            if (copy) {
                long done = sent - before;
                sendCopies(file, offset + done, count - done, deadline);
            }
            return sent - before;
        } catch (SocketTimeoutException e) {
            throw partly(e, before);
        } finally {
            if (own >= 0) {
                Fd.close(own);
            }
        }
    }

    /** False if this file cannot be sent so. */
    private boolean sendByKernel(int file, long offset, long count, @Nullable Deadline deadline)
            throws IOException {
        for (long done = 0; done < count; ) {
            int piece = (int) Math.min(FILE_PIECE, count - done);
            int n = transport.sendFile(file, offset + done, piece, deadline);
            if (n == 0) {
                return true; // the end of the file
            }
            if (n < 0) {
                if (n == -Errno.EINVAL || n == -Errno.ENOSYS) {
                    return false;
                }
                throw new IOException("cannot send from the file: " + Errno.text(-n));
            }
            done += n;
            sent += n;
        }
        return true;
    }

    private void sendCopies(FileChannel file, long offset, long count, @Nullable Deadline deadline)
            throws IOException {
        var piece = new byte[(int) Math.min(PIECE, Math.max(1, count))];
        for (long done = 0; done < count; ) {
            int most = (int) Math.min(piece.length, count - done);
            int n = file.read(ByteBuffer.wrap(piece, 0, most), offset + done);
            if (n < 0) {
                return;
            }
            send(piece, 0, n, deadline);
            done += n;
        }
    }
}
