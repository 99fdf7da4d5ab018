package dev.jevent.examples;

import dev.jevent.socket.SocketStream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * A connection of {@link ReverseProxy} to a server behind it: the client's side of HTTP/1.1, one
 * exchange after the other. What goes wrong here is a {@link Failed}, so that it is not mistaken
 * for a failure of the proxy's own client.
 */
final class UpstreamConnection implements AutoCloseable {

    private static final int MOST_HEADER = 64 * 1024;
    private static final int MOST_CHUNK_LINE = 1024;
    private static final int PIECE = 32 * 1024;
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
    private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");

    /** The server behind is the one to blame. */
    static final class Failed extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;

        Failed(int status, String message, Throwable cause) {
            super(message, cause);
            this.status = status;
        }

        /** 502, or 504 if it took too long. */
        int status() {
            return status;
        }
    }

    @FunctionalInterface
    private interface Io<T> {
        T run() throws IOException;
    }

    private final SocketStream stream;
    private final Duration patience;
    private boolean used;
    private boolean heard; // something of an answer to the present request
    private boolean broken;

    // of the answer's body
    private Answer.Body kind = Answer.Body.NONE;
    private long left; // of it, or of its chunk

    UpstreamConnection(SocketStream stream, Duration patience) {
        this.stream = stream;
        this.patience = patience;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private <T> T io(Io<T> io) throws Failed {
        try {
            return io.run();
        } catch (SocketTimeoutException e) {
            throw new Failed(504, "the server behind this one took too long", e);
        } catch (IOException e) {
            broken = true;
            throw new Failed(502, "the server behind this one has failed", e);
        }
    }

    // ---- the request

    void sendHead(String head) throws Failed {
        heard = false;
        Object ignored =
                io(
                        () -> {
                            stream.writeAll(patience, bytes(head));
                            return head;
                        });
    }

    /**
     * The body, framed anew: in chunks if its length is -1. A server that does not want it and has
     * hung up is no failure yet: perhaps it has answered.
     *
     * @throws IOException if the client fails to send it
     */
    void sendBody(InputStream body, long length) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
            byte[] part = n == piece.length ? piece : Arrays.copyOf(piece, n);
            byte[][] framed =
                    length >= 0
                            ? new byte[][] {part}
                            : new byte[][] {bytes(Integer.toHexString(n)), CRLF, part, CRLF};
            if (!trySend(framed)) {
                return;
            }
        }
        if (length < 0) {
            boolean ignored = trySend(LAST_CHUNK);
        }
    }

    private boolean trySend(byte[]... pieces) {
        try {
            stream.writeAll(patience, pieces);
            return true;
        } catch (IOException e) {
            broken = true; // its answer tells why, or that fails too
            return false;
        }
    }

    // ---- the answer

    /** Waits a while for an answer; whether there is something. */
    boolean awaitAnswer(Duration time) throws Failed {
        try {
            return stream.peek(1, time).length > 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new Failed(502, "the server behind this one has failed", e);
        }
    }

    /**
     * The head of the next answer.
     *
     * @param toHead whether the request was HEAD
     * @param mayWait the time that it may take begins when this is true
     */
    Answer readAnswer(boolean toHead, BooleanSupplier mayWait) throws Failed {
        byte[] head = io(() -> readHead(mayWait));
        heard = true;
        Answer answer =
                io(() -> Answer.parse(new String(head, StandardCharsets.ISO_8859_1), toHead));
        kind = answer.body();
        left = kind == Answer.Body.FIXED ? answer.length() : 0;
        used = true;
        return answer;
    }

    private byte[] readHead(BooleanSupplier mayWait) throws IOException {
        for (; ; ) {
            boolean counts = mayWait.getAsBoolean();
            try {
                return stream.readUntil(END_OF_HEAD, MOST_HEADER, patience);
            } catch (SocketTimeoutException e) {
                if (counts) {
                    throw e;
                }
            }
        }
    }

    /** Bytes of the answer's body; -1 at its end. */
    int readBody(byte[] piece) throws Failed {
        return io(
                () ->
                        switch (kind) {
                            case NONE -> -1;
                            case FIXED -> readFixed(piece);
                            case CHUNKED -> readChunk(piece);
                            case UNTIL_CLOSED -> stream.read(piece, 0, piece.length, patience);
                        });
    }

    private int readFixed(byte[] piece) throws IOException {
        if (left == 0) {
            kind = Answer.Body.NONE;
            return -1;
        }
        int n = stream.read(piece, 0, (int) Math.min(left, piece.length), patience);
        if (n < 0) {
            throw new EOFException(left + " bytes of the answer are missing");
        }
        left -= n;
        return n;
    }

    private int readChunk(byte[] piece) throws IOException {
        if (left == 0) {
            String line = chunkLine();
            int extension = line.indexOf(';');
            String size = (extension < 0 ? line : line.substring(0, extension)).strip();
            if (!size.matches("[0-9A-Fa-f]{1,15}")) {
                throw new IOException("no size of a chunk");
            }
            left = Long.parseLong(size, 16);
            if (left == 0) {
                skipTrailers();
                kind = Answer.Body.NONE;
                return -1;
            }
        }
        int n = stream.read(piece, 0, (int) Math.min(left, piece.length), patience);
        if (n < 0) {
            throw new EOFException("the answer ends in the middle of a chunk");
        }
        left -= n;
        if (left == 0 && !chunkLine().isEmpty()) {
            throw new IOException("a chunk is longer than its size");
        }
        return n;
    }

    private void skipTrailers() throws IOException {
        int most = 100;
        while (!chunkLine().isEmpty()) {
            if (--most == 0) {
                throw new IOException("too many trailers");
            }
        }
    }

    private String chunkLine() throws IOException {
        byte[] line = stream.readUntil(CRLF, MOST_CHUNK_LINE, patience);
        return new String(line, StandardCharsets.ISO_8859_1);
    }

    // ---- a tunnel

    /** What comes from the client, to its end. */
    void sendAll(InputStream client) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int n = client.read(piece); n >= 0; n = client.read(piece)) {
            stream.writeAll(Arrays.copyOf(piece, n));
        }
        stream.shutdownOutput();
    }

    /** What comes from the server, to its end. */
    void receiveAll(OutputStream client) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int n = stream.read(piece, 0, PIECE); n >= 0; n = stream.read(piece, 0, PIECE)) {
            client.write(piece, 0, n);
        }
    }

    // ---- afterwards

    /** Whether it was used for an exchange before, and not a byte of an answer came this time. */
    boolean mayBeStale() {
        return used && !heard;
    }

    /** Whether nothing is left of the last exchange, and the server has not hung up. */
    boolean isQuiet() {
        if (broken || kind != Answer.Body.NONE) {
            return false;
        }
        try {
            byte[] ignored = stream.peek(1, Duration.ZERO); // the end, or what nobody has asked for
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            return; // it is closed nevertheless
        }
    }
}
