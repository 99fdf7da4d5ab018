package dev.jevent.http;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Any bytes as a body in chunks: it ends, it needs more, or it is refused; the same whether they
 * come at once or in pieces, and never more data than bytes.
 */
public final class ChunkDecoderFuzz {

    private static final Limits LIMITS = Limits.defaults().headerBytes(200).headers(8);

    private ChunkDecoderFuzz() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        List<Object> whole = decode(input, input.length);
        Random pieces = new Random(Arrays.hashCode(input));
        same(whole, decode(input, 1), input);
        same(whole, decode(input, 1 + pieces.nextInt(1 + input.length)), input);
    }

    private static void same(List<Object> expected, List<Object> seen, byte[] input) {
        if (!expected.equals(seen)) {
            throw new IllegalStateException(
                    expected + " at once, and in pieces " + seen + ": " + Arrays.toString(input));
        }
    }

    private static List<Object> decode(byte[] input, int piece) {
        ChunkDecoder decoder = new ChunkDecoder(LIMITS);
        var data = new ByteArrayOutputStream();
        int at = 0;
        try {
            for (int n = 0; n < input.length && !decoder.isDone(); ) {
                n = Math.min(input.length, n + piece);
                at = take(decoder, input, at, n, data);
            }
        } catch (HttpException e) {
            return List.of("refused", data.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        if (data.size() > input.length) {
            throw new IllegalStateException("more data than bytes");
        }
        return List.of(
                decoder.isDone(),
                at,
                data.toString(java.nio.charset.StandardCharsets.ISO_8859_1),
                decoder.trailers().toString());
    }

    private static int take(
            ChunkDecoder decoder, byte[] input, int from, int to, ByteArrayOutputStream data) {
        int at = from;
        while (at < to && !decoder.isDone()) {
            int before = at;
            at = decoder.skip(input, at, to);
            int n = (int) Math.min(decoder.left(), to - at);
            if (n > 0) {
                data.write(input, at, n);
                decoder.took(n);
                at += n;
            }
            if (at == before) {
                throw new IllegalStateException("it does not go on at " + at);
            }
        }
        return at;
    }
}
