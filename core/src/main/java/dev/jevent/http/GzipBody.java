package dev.jevent.http;

import dev.jevent.internal.Effort;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses the body of one response, if it should be; RFC 1952. */
final class GzipBody implements BodyFilter {

    private static final int SIZE = 8 * 1024; // a chunk of this goes out without another copy
    private static final int PIECE = 16 * 1024;
    private static final int HARD = 4; // how many times the work of reading a byte
    private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF};

    /** What says something about the very bytes that would not be sent. */
    private static final List<String> FORBIDDING =
            List.of(
                    "Content-Encoding",
                    "Content-Range",
                    "Content-Digest",
                    "Repr-Digest",
                    "Digest",
                    "Content-MD5");

    private final Request request;
    private final Compressors compressors;
    private final Predicate<String> types;
    private final int minimum;

    private @Nullable Deflater deflater; // while there is something to be compressed
    private boolean inside; // a call is under way, perhaps waiting for the client
    private boolean fresh = true; // nothing was given out
    private final CRC32 crc = new CRC32();
    private long size;
    private byte[] out = new byte[0];
    private final Effort effort = new Effort();

    GzipBody(Request request, Compressors compressors, Predicate<String> types, int minimum) {
        this.request = request;
        this.compressors = compressors;
        this.types = types;
        this.minimum = minimum;
    }

    // ---- whether

    @Override
    public boolean begins(Response p, long length) {
        release(); // of a head that could not be sent, in whose place another one comes
        if (p.status() == 304) { // it says what the whole answer would
            if (p.header("Content-Type").map(this::isCompressible).orElse(true)) {
                vary(p);
                if (isWanted()) {
                    weaken(p);
                }
            }
            return false;
        }
        if (!couldBe(p, length)) {
            return false;
        }
        vary(p);
        if (!isWanted()) {
            return false;
        }
        if (!request.is("HEAD")) {
            deflater = compressors.take();
            if (deflater == null) {
                return false;
            }
        }
        weaken(p);
        Response ignored = p.header("Content-Encoding", "gzip").removeHeader("Accept-Ranges");
        return true;
    }

    private boolean couldBe(Response p, long length) {
        return !Status.hasNoContent(p.status())
                && !request.is("CONNECT")
                && p.status() != 206
                && (length < 0 || length >= minimum)
                && p.header("Content-Type").map(this::isCompressible).orElse(false)
                && FORBIDDING.stream().noneMatch(p.headers()::contains)
                && p.headers().list("Cache-Control").stream()
                        .noneMatch("no-transform"::equalsIgnoreCase);
    }

    private boolean isCompressible(String contentType) {
        return types.test(Gzip.mediaType(contentType));
    }

    /** An HTTP/1.0 client would not see where a body ends whose length is not known. */
    private boolean isWanted() {
        return request.version().equals("HTTP/1.1")
                && Gzip.accepts(request.headers().list("Accept-Encoding"));
    }

    private static void vary(Response p) {
        List<String> known = p.headers().list("Vary");
        if (known.stream().noneMatch(v -> v.equals("*") || v.equalsIgnoreCase("Accept-Encoding"))) {
            Response ignored = p.addHeader("Vary", "Accept-Encoding");
        }
    }

    /** A strong one would say that these are the bytes that others get. */
    private static void weaken(Response p) {
        p.header("ETag")
                .filter(tag -> !tag.startsWith("W/"))
                .ifPresent(
                        tag -> {
                            Response ignored = p.header("ETag", "W/" + tag);
                        });
    }

    // ---- how

    private Deflater begin() throws IOException {
        Deflater d = deflater;
        if (d == null) {
            throw new IOException("the response has ended");
        }
        if (out.length == 0) {
            out = new byte[SIZE];
        }
        inside = true;
        return d;
    }

    private void putHeader(BodyOutput to) throws IOException {
        if (fresh) {
            fresh = false;
            to.filtered(HEADER, 0, HEADER.length);
        }
    }

    @Override
    public void write(byte[] b, int off, int len, BodyOutput to) throws IOException {
        Deflater d = begin();
        try {
            putHeader(to);
            crc.update(b, off, len);
            size += len;
            for (int at = 0; at < len; ) {
                int n = Math.min(PIECE, len - at);
                d.setInput(b, off + at, n);
                while (!d.needsInput()) {
                    give(d.deflate(out, 0, out.length), to);
                }
                at += n;
                effort.did(HARD * n);
            }
        } finally {
            inside = false;
        }
    }

    private void give(int n, BodyOutput to) throws IOException {
        if (n > 0) {
            to.filtered(out, 0, n);
        }
    }

    @Override
    public void flush(BodyOutput to) throws IOException {
        Deflater d = begin();
        try {
            putHeader(to);
            for (int n = out.length; n == out.length; ) {
                n = d.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
                give(n, to);
            }
        } finally {
            inside = false;
        }
    }

    @Override
    public void end(BodyOutput to) throws IOException {
        Deflater d = begin();
        try {
            putHeader(to);
            d.finish();
            while (!d.finished()) {
                give(d.deflate(out, 0, out.length), to);
            }
            putInt(0, (int) crc.getValue());
            putInt(4, (int) size);
            give(8, to);
        } finally {
            inside = false;
        }
        release();
    }

    private void putInt(int at, int value) {
        for (int i = 0; i < 4; i++) {
            out[at + i] = (byte) (value >>> 8 * i);
        }
    }

    @Override
    public void release() {
        Deflater d = deflater;
        deflater = null;
        if (d != null) {
            if (inside) {
                compressors.giveUp(d); // another greenlet is still writing, which it should not
            } else {
                compressors.give(d);
            }
        }
    }
}
