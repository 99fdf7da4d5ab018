package dev.jevent.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;
import dev.jevent.socket.SocketScenario;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the tests of polls share. */
abstract class PollScenario extends SocketScenario {

    static final Duration SOON = Duration.ofMillis(20);
    static final Duration LONG = Duration.ofSeconds(20);
    static final String CHANNELS = "only channels can be polled";

    /** A pipe by its numbers. */
    record Numbers(int in, int out) {

        void write(String text) {
            byte[] b = text.getBytes(StandardCharsets.US_ASCII);
            assertEquals(b.length, Fd.write(Scratch.ofThread(), out, b, 0, b.length));
        }

        int read(int most) {
            return Fd.read(Scratch.ofThread(), in, new byte[most], 0, most);
        }

        void close() {
            Fd.close(in);
            Fd.close(out);
        }
    }

    final Numbers pipe() {
        Scratch s = Scratch.ofThread();
        assertEquals(0, Fd.pipe(s));
        var pipe = new Numbers(Fd.first(s), Fd.second(s));
        closing(pipe::close);
        return pipe;
    }

    static Poll poll(Object target, Ready... interest) throws IOException {
        var poll = new Poll();
        poll.register(target, interest);
        return poll;
    }

    static Event event(Object target, Ready first, Ready... more) {
        return new Event(target, EnumSet.of(first, more));
    }

    static List<Event> now(Poll poll) throws IOException {
        return poll.poll(Duration.ZERO);
    }

    static Set<Object> targets(List<Event> events) {
        var targets = new HashSet<>();
        for (Event e : events) {
            targets.add(e.target());
        }
        return targets;
    }

    static void write(Socket to, String text) throws IOException {
        OutputStream out = to.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String read(Socket from, int most) throws IOException {
        byte[] b = new byte[most];
        int n = from.getInputStream().read(b);
        return n < 0 ? null : new String(b, 0, n, StandardCharsets.US_ASCII);
    }

    /** Writes until there is no more room. */
    static void fill(Socket socket) {
        var full = new Timeout(Duration.ofMillis(50));
        assertThrows(Timeout.class, () -> full.call(() -> writeForEver(socket)));
    }

    private static Void writeForEver(Socket socket) throws IOException {
        for (; ; ) {
            socket.getOutputStream().write(new byte[100_000]);
        }
    }

    static void settle() {
        for (int i = 0; i < 5; i++) {
            Jevent.sleep(1);
        }
    }

    static void failuresAreExpected() {
        Jevent.getHub().errorHandler((context, error) -> {});
    }
}
