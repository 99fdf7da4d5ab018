package dev.jevent.websocket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A message that is sent in frames as it is written; see {@link WebSocket#sendStream}. It has a
 * buffer from the pool until it is closed. For the thread that has begun it.
 */
final class MessageOutput extends OutputStream {

    private final Sender sender;
    private byte[] buffer = Buffers.take();
    private int end = Sender.start();
    private int opcode; // of the next frame
    private boolean closed;

    MessageOutput(Sender sender, int opcode) {
        this.sender = sender;
        this.opcode = opcode;
    }

    private void check() throws IOException {
        if (closed) {
            throw new IOException("this message is sent already");
        }
        sender.checkStream();
    }

    @Override
    public void write(int b) throws IOException {
        check();
        if (end == buffer.length) {
            sendPiece();
        }
        buffer[end++] = (byte) b;
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        check();
        for (int done = 0; done < len; ) {
            if (end == buffer.length) {
                sendPiece();
            }
            int n = Math.min(len - done, buffer.length - end);
            System.arraycopy(b, off + done, buffer, end, n);
            end += n;
            done += n;
        }
    }

    /** Sends what was written so far. */
    @Override
    public void flush() throws IOException {
        check();
        if (end > Sender.start()) {
            sendPiece();
        }
    }

    private void sendPiece() throws IOException {
        int n = end;
        end = Sender.start(); // also if it fails: then the connection has ended
        sender.piece(opcode, buffer, n);
        opcode = Frames.CONTINUATION;
    }

    /** Sends the last frame. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        check();
        closed = true;
        try {
            sender.piece(Frames.FIN | opcode, buffer, end);
            Buffers.give(buffer); // not if it throws: a write may still use it
        } finally {
            buffer = Buffers.NONE;
            sender.endStream();
        }
    }
}
