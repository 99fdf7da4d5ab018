package dev.jevent.http;

import dev.jevent.Jevent;
import dev.jevent.http.Ranges.Range;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends parts of a file. What is little is read before the head is sent. Of what is more the end is
 * held back until the file was looked at again: if it was written to, the client does not get it,
 * and sees that something is missing. (What the kernel has not sent yet is the file itself, and
 * changes with it: so nobody can say which bytes were wrong.)
 */
final class FileSender {

    private static final int SMALL = 16 * 1024;
    private static final int HELD_BACK = 4 * 1024;
    private static final int PIECE = 256 * 1024;

    private final StaticFile file;
    private final List<Range> parts;
    private final boolean blocking;
    private byte @Nullable [] small;

    /**
     * For one response.
     *
     * @param parts one or several
     * @param blocking whether worker threads read the file
     */
    FileSender(StaticFile file, List<Range> parts, boolean blocking) {
        this.file = file;
        this.parts = parts;
        this.blocking = blocking;
    }

    private <T> T call(Callable<T> work) throws Exception {
        return blocking ? Jevent.blocking(work) : work.call();
    }

    /**
     * Reads what is sent in one piece, if it is.
     *
     * @throws StaticFile.Changed before anything was sent
     */
    void readSmall() throws Exception {
        Range part = parts.getFirst();
        if (parts.size() == 1 && part.length() <= SMALL) {
            small = call(() -> readLast(part.first(), (int) part.length()));
        }
    }

    private byte[] readLast(long offset, int count) throws IOException {
        byte[] bytes = file.read(offset, count);
        file.check();
        return bytes;
    }

    /** The response, as it is but for the body and what says how it is divided. */
    void send(Response response, String type) throws Exception {
        if (parts.size() > 1) {
            sendSeveral(response, type);
            return;
        }
        Range part = parts.getFirst();
        Response r = response;
        if (response.status() == 206) {
            r = r.header("Content-Range", part.field(file.size()));
        }
        byte[] all = small;
        if (all != null) {
            r.send(all);
        } else {
            BodyOutput out = begin(r, part.length());
            send(out, part, true);
            out.close();
        }
    }

    /** Several parts, each with its own header: RFC 9110, 14.6. */
    private void sendSeveral(Response response, String type) throws Exception {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String boundary = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
        Response r = response.contentType("multipart/byteranges; boundary=" + boundary);
        byte[] end = bytes("\r\n--" + boundary + "--\r\n");
        long length = end.length;
        List<byte[]> heads = new ArrayList<>(parts.size());
        for (Range part : parts) {
            byte[] head =
                    bytes(
                            (heads.isEmpty() ? "--" : "\r\n--")
                                    + boundary
                                    + "\r\nContent-Type: "
                                    + type
                                    + "\r\nContent-Range: "
                                    + part.field(file.size())
                                    + "\r\n\r\n");
            heads.add(head);
            length += head.length + part.length();
        }
        BodyOutput out = begin(r, length);
        for (int i = 0; i < parts.size(); i++) {
            out.write(heads.get(i));
            send(out, parts.get(i), i == parts.size() - 1);
        }
        out.write(end);
        out.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static BodyOutput begin(Response response, long length) {
        return (BodyOutput) response.contentLength(length).body();
    }

    private void send(BodyOutput out, Range part, boolean last) throws Exception {
        int held = last ? (int) Math.min(HELD_BACK, part.length()) : 0;
        long end = part.last() + 1 - held;
        if (blocking) {
            for (long at = part.first(); at < end; ) {
                long from = at;
                int count = (int) Math.min(PIECE, end - at);
                out.write(Jevent.blocking(() -> file.read(from, count)));
                at += count;
            }
        } else {
            try {
                out.write(file.content(), part.first(), end - part.first());
            } catch (BodyOutput.ShortBody e) {
                throw new StaticFile.Changed(file + " became shorter while it was sent");
            }
        }
        if (held > 0) {
            out.write(call(() -> readLast(end, held)));
        }
    }
}
