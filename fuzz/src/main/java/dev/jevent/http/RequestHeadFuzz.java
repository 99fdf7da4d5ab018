package dev.jevent.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Any bytes as the head of a request: it is complete, it needs more, or it is refused with a status
 * from 400 to 599; and it is the same whether they come at once or in pieces.
 */
public final class RequestHeadFuzz {

    private static final Limits LIMITS =
            Limits.defaults().requestLine(200).headerBytes(400).headers(8);

    private RequestHeadFuzz() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        List<String> whole = parse(input, input.length);
        Random pieces = new Random(Arrays.hashCode(input));
        same(whole, parse(input, 1), input);
        same(whole, parse(input, 1 + pieces.nextInt(1 + input.length)), input);
    }

    private static void same(List<String> expected, List<String> seen, byte[] input) {
        if (!expected.equals(seen)) {
            throw new IllegalStateException(
                    expected + " at once, and in pieces " + seen + ": " + Arrays.toString(input));
        }
    }

    /** What is seen of it when it comes in pieces of that size. */
    private static List<String> parse(byte[] input, int piece) {
        RequestHead head = new RequestHead(LIMITS);
        byte[] buffer = new byte[input.length];
        head.in(buffer, 0);
        try {
            for (int n = 0; n < input.length; ) {
                int more = Math.min(piece, input.length - n);
                System.arraycopy(input, n, buffer, n, more);
                n += more;
                if (head.parse(n)) {
                    return seen(head);
                }
            }
            return List.of("incomplete");
        } catch (HttpException e) {
            if (e.status() < 400 || e.status() > 599) {
                throw new IllegalStateException("refused with " + e.status(), e);
            }
            // a limit may be met before the fault behind it is there, or after it
            return List.of("refused");
        }
    }

    private static List<String> seen(RequestHead head) {
        List<String> all = new ArrayList<>();
        all.add(head.method());
        all.add(head.target());
        all.add(head.originTarget());
        all.add(head.host());
        all.add("" + head.minor() + head.isChunked() + head.wantsClose() + head.wantsUpgrade());
        all.add(head.expectsContinue() + " " + head.contentLength() + " " + head.length());
        head.forEach(
                (name, value) -> {
                    all.add(name + "=" + value);
                    if (head.get(name).isEmpty()) {
                        throw new IllegalStateException("a field that is not found: " + name);
                    }
                });
        all.add(head.firstLine(head.length()));
        check(head);
        return all;
    }

    /** What no server behind this one may see. */
    private static void check(RequestHead head) {
        head.forEach(
                (name, value) -> {
                    String checked = Text.checkName(name) + Text.checkValue(name, value);
                    if (checked.isEmpty()) {
                        throw new IllegalStateException();
                    }
                });
        if (head.isChunked() && head.contentLength() >= 0) {
            throw new IllegalStateException("two lengths");
        }
        try {
            String ignored = Text.decode(head.originTarget(), true);
        } catch (HttpException e) {
            return; // a bad %, which the handler's request answers with 400
        }
    }
}
