package dev.jevent.http;

import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.event.Event;
import dev.jevent.internal.HubAccess;
import dev.jevent.socket.SocketStream;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

import javax.net.ssl.SSLException;

/**
 * The bytes that go, collected until there is much of it, somebody flushes, or the connection would
 * wait for its client; so pipelined requests are answered together. For the connection's greenlet.
 *
 * <p>A write that is broken off, by whatever, makes it unusable: nobody knows how far it came.
 */
final class WireOutput {

    static final int SIZE = 8 * 1024;

    private static final int PIECE = 128 * 1024; // a client that takes it has moved
    private static final int FILE_PIECE = 256 * 1024;

    private static final byte[] NONE = new byte[0];
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] CONTENT_LENGTH = bytes("Content-Length: ");
    private static final byte[] LAST_CHUNK = bytes("0\r\n");

    private final HttpServer server;
    private final Progress progress;
    private final Socket socket;
    private final OutputStream out;

    private byte[] buffer = NONE;
    private int used;
    private boolean soon; // a greenlet is to flush
    private @Nullable Event sent; // made by who waits until another one has sent

    WireOutput(HttpServer server, Progress progress, Socket socket) throws IOException {
        this.server = server;
        this.progress = progress;
        this.socket = socket;
        out = socket.getOutputStream();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether nothing can be sent any more. */
    boolean isBroken() {
        return progress.isBroken();
    }

    // ---- buffers

    /** Gives back the buffer, if it is empty. */
    void release() {
        if (used == 0 && buffer.length > 0 && !progress.isBroken()) {
            server.outputs().give(buffer);
            buffer = NONE;
        }
    }

    byte[] takeSpare() {
        return server.outputs().take();
    }

    /** One that nobody uses any more. */
    void giveSpare(byte[] spare) {
        server.outputs().give(spare);
    }

    /** There is room for so many bytes, if that is possible at all. */
    private boolean hasRoom(int n) throws IOException {
        if (buffer.length == 0) {
            buffer = server.outputs().take();
        }
        if (n > buffer.length - used) {
            flush();
        }
        return n <= buffer.length;
    }

    // ---- sending

    /** Sends what was collected; while another greenlet sends, this waits. */
    void flush() throws IOException {
        while (used > 0) {
            if (progress.isSending()) {
                awaitSender();
            } else {
                sendCollected();
            }
        }
    }

    /** For who is about to read: what was collected is sent, by another one if there is one. */
    void flushBeforeReading() throws IOException {
        if (!progress.isSending()) { // or it goes on until nothing is left
            flush();
        }
    }

    /**
     * A handler that may wait for long is about to run: what was answered before it shall not wait
     * with it. A greenlet sends it as soon as this one gives way, and finds nothing to do if it
     * does not.
     */
    void flushSoon() throws IOException {
        if (used == 0 || soon) {
            return;
        }
        if (HubAccess.get().currentLoop() == null || !Thread.currentThread().isVirtual()) {
            flush();
            return;
        }
        soon = true;
        RawGreenlet ignored = Jevent.spawnRaw(this::flushNow);
    }

    private void flushNow() {
        soon = false;
        try {
            if (!progress.isBroken()) {
                flushBeforeReading();
            }
        } catch (IOException e) {
            return; // the connection's own greenlet meets it as well
        }
    }

    /** The buffer is another one meanwhile: whoever comes collects there. */
    private void sendCollected() throws IOException {
        byte[] b = buffer;
        int n = used;
        buffer = NONE;
        used = 0;
        send(b, 0, n);
        if (buffer.length == 0) {
            buffer = b;
        } else {
            server.outputs().give(b);
        }
    }

    private void awaitSender() {
        Event e = sent;
        if (e == null) {
            e = new Event();
            sent = e;
        }
        e.await();
    }

    private void sent(int before) {
        progress.sent(before);
        Event e = sent;
        if (e != null) {
            sent = null;
            e.set();
        }
    }

    private void send(byte[] b, int off, int len) throws IOException {
        while (progress.isSending()) {
            awaitSender();
        }
        progress.checkUsable();
        int before = progress.sends();
        boolean done = false;
        try {
            for (int at = 0; at < len; ) {
                int n = Math.min(PIECE, len - at);
                out.write(b, off + at, n);
                at += n;
                progress.moved(n);
            }
            done = true;
        } catch (IOException e) {
            progress.goes();
            throw explained(e);
        } finally {
            if (!done) {
                progress.spoil();
            }
            sent(before);
        }
    }

    private IOException explained(IOException e) {
        String why = progress.expired();
        return why == null ? e : new IOException(why, e);
    }

    /** A part of a file. */
    void putFile(FileChannel file, long offset, long count) throws IOException {
        flush();
        if (count == 0) {
            return;
        }
        while (progress.isSending()) {
            awaitSender();
        }
        progress.checkUsable();
        SocketStream stream = SocketStream.of(socket);
        int before = progress.sends();
        boolean done = false;
        try {
            for (long at = 0; at < count; ) {
                long n = stream.sendFile(file, offset + at, Math.min(FILE_PIECE, count - at));
                if (n == 0) {
                    throw new BodyOutput.ShortBody(at, count);
                }
                at += n;
                progress.moved(n);
            }
            done = true;
        } catch (IOException e) {
            if (isOfSocket(e)) {
                progress.goes();
            }
            throw explained(e);
        } finally {
            if (!done) {
                progress.spoil();
            }
            sent(before);
        }
    }

    private boolean isOfSocket(IOException e) {
        return e instanceof SocketException
                || e instanceof SSLException
                || socket.isClosed()
                || progress.expired() != null;
    }

    /** Of a connection that has left HTTP. */
    void sendDetached(byte[] b, int off, int len) throws IOException {
        try {
            out.write(b, off, len);
        } catch (IOException e) {
            progress.goes();
            throw e;
        }
    }

    // ---- collecting

    void put(byte[] b) throws IOException {
        put(b, 0, b.length);
    }

    /** What is much is sent at once, its beginning together with what was there before. */
    void put(byte[] b, int off, int len) throws IOException {
        if (used == 0 && len >= SIZE) {
            send(b, off, len);
            return;
        }
        if (buffer.length == 0) {
            buffer = server.outputs().take();
        }
        int room = Math.min(len, buffer.length - used);
        System.arraycopy(b, off, buffer, used, room);
        used += room;
        if (room == len) {
            return;
        }
        flush();
        int left = len - room;
        if (left < buffer.length) {
            System.arraycopy(b, off + room, buffer, 0, left);
            used = left;
        } else {
            send(b, off + room, left);
        }
    }

    @SuppressWarnings("deprecation") // it takes what we know to be ISO-8859-1 without a copy
    private void put(String text) throws IOException {
        int n = text.length();
        if (hasRoom(n)) {
            text.getBytes(0, n, buffer, used);
            used += n;
        } else {
            put(bytes(text));
        }
    }

    void putLine(int status) throws IOException {
        put(Status.line(status));
    }

    void putDate() throws IOException {
        put(server.dates().field());
    }

    void putField(String name, String value) throws IOException {
        put(name);
        if (hasRoom(2)) {
            buffer[used] = ':';
            buffer[used + 1] = ' ';
            used += 2;
        }
        put(value);
        putCrLf();
    }

    void put(FieldList fields) throws IOException {
        for (int i = 0; i < fields.size(); i++) {
            putField(fields.name(i), fields.value(i));
        }
    }

    void putLength(long n) throws IOException {
        put(CONTENT_LENGTH);
        if (n < 10 && hasRoom(1)) {
            buffer[used++] = (byte) ('0' + n);
        } else {
            put(Long.toString(n));
        }
        putCrLf();
    }

    void putChunkSize(int n) throws IOException {
        put(Integer.toHexString(n));
        putCrLf();
    }

    void putLastChunk() throws IOException {
        put(LAST_CHUNK);
    }

    void putCrLf() throws IOException {
        put(CRLF, 0, 2);
    }
}
