package dev.jevent.file;

import org.jspecify.annotations.Nullable;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * The standard streams of the process, green: a greenlet that waits for the user's next line, or
 * for room in a full pipe, holds up nobody else.
 *
 * <p>Pipes, terminals and sockets are waited for in the hub's epoll. Their flags are shared with
 * the shell and other processes, and are never changed: jevent opens them once more for itself
 * ({@code /proc/self/fd}), and where that is refused it asks poll(2) before each call. Input from a
 * file, and all input in the portable mode, is read by worker threads. Output to a file, which does
 * not wait, is written in place.
 *
 * <p>A kill, a {@link dev.jevent.Timeout} or an interrupt ends a wait and loses no input. A {@code
 * println} stays in one piece.
 */
public final class Stdio {

    private static final class Streams {
        static final LineInput IN = new LineInput(StdStreams.input());
        static final Charset IN_CHARSET = charset("stdin.encoding");
    }

    private static final class Out {
        static final PrintStream STREAM = print(1, FileDescriptor.out, "stdout.encoding");
    }

    private static final class Err {
        static final PrintStream STREAM = print(2, FileDescriptor.err, "stderr.encoding");
    }

    private static volatile boolean ready; // any thread

    private Stdio() {}

    /**
     * The standard input. What {@link System#in} has read ahead comes first, if that is still the
     * JDK's. Not to be mixed with it from now on.
     */
    public static InputStream in() {
        awaitStreams();
        return Streams.IN;
    }

    /** The first who reads waits for them: to load all their classes takes some time. */
    private static void awaitStreams() {
        if (!ready) {
            if (Thread.currentThread().isVirtual()) {
                prepare();
            } else {
                ready = true;
            }
        }
    }

    private static void prepare() {
        try {
            var in = Op.run(Op.STREAMS, () -> Streams.IN, null, null);
            ready = in != null;
        } catch (IOException e) {
            throw new AssertionError(e); // nothing is read there
        }
    }

    /** The standard output; each print is written at once. */
    public static PrintStream out() {
        return Out.STREAM;
    }

    /** The standard error output. */
    public static PrintStream err() {
        return Err.STREAM;
    }

    /**
     * The next line of the standard input, in the encoding {@code stdin.encoding}, without its end;
     * null at the end of the input. May be mixed with reads of {@link #in}; what a killed call has
     * taken of a line already is for the next one.
     */
    public static @Nullable String readLine() throws IOException {
        awaitStreams();
        return Streams.IN.readLine(Streams.IN_CHARSET);
    }

    /**
     * Makes {@link System#in}, {@link System#out} and {@link System#err} green, the latter two only
     * if they may have to wait: pipes, terminals and sockets, not in the portable mode. A print
     * then takes about twice as long as the JDK's, which is why {@code jevent run} leaves these two
     * alone. To be called before anybody reads or prints at the same time.
     */
    public static void install() {
        installInput();
        if (StdStreams.canWait(1)) {
            System.out.flush();
            System.setOut(out());
        }
        if (StdStreams.canWait(2)) {
            System.err.flush();
            System.setErr(err());
        }
    }

    /** Makes only {@link System#in} green; {@code jevent run} does it before main begins. */
    public static void installInput() {
        if (!(System.in instanceof LazyInput)) {
            StdStreams.readBefore(System.in);
            System.setIn(new LazyInput());
        }
    }

    private static Charset charset(String property) {
        String name = System.getProperty(property);
        return name != null && Charset.isSupported(name)
                ? Charset.forName(name)
                : Charset.defaultCharset();
    }

    private static PrintStream print(int fd, FileDescriptor descriptor, String encoding) {
        OutputStream target = StdStreams.output(fd, new FileOutputStream(descriptor));
        return new PrintStream(target, true, charset(encoding));
    }

    /** Most programs never read: it costs them nothing. */
    private static final class LazyInput extends InputStream {
        @Override
        public int read() throws IOException {
            return Stdio.in().read();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return Stdio.in().read(b, off, len);
        }

        @Override
        public int available() throws IOException {
            return Stdio.in().available();
        }

        @Override
        public void close() throws IOException {
            Stdio.in().close();
        }
    }
}
