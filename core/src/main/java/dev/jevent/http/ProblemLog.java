package dev.jevent.http;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Writes what clients do wrong, for {@link HttpServer#onProblem}: a line each, and not more lines a
 * second than it was told, for anybody can cause any number of problems. How many were left out is
 * written a second later.
 *
 * <pre>{@code
 * ProblemLog problems = ProblemLog.to(Path.of("problems.log"));
 * server.onProblem(problems);
 * }</pre>
 *
 * <pre>
 *   2026-11-21T09:34:51.123Z 192.0.2.1:52011 400 a Host field is missing: GET /a
 *   2026-11-21T09:34:52.001Z 317 more are not written here
 * </pre>
 *
 * <p>It is written, rotated and closed like an {@link AccessLogWriter}. Any thread.
 */
public final class ProblemLog implements Consumer<Problem>, AutoCloseable {

    private static final int PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000;

    private final int perSecond;
    private final LineWriter writer;
    private final LogFormat.Seconds seconds = LogFormat.Seconds.iso();
    private final LineBuffer gapLine = new LineBuffer(); // the writer's thread

    private final SpinLock lock = new SpinLock();
    private long second; // guarded by lock; when the count began
    private int count; // guarded by lock

    private ProblemLog(LogTarget target, int perSecond) {
        this.perSecond = perSecond;
        second = HubAccess.get().nanoTime() - SECOND;
        writer = new LineWriter(target, this::gapLine, Duration.ofSeconds(1), LineWriter.PATIENCE);
    }

    /**
     * To a file, which is appended to; ten lines a second.
     *
     * @throws IOException if it cannot be opened
     */
    public static ProblemLog to(Path file) throws IOException {
        return to(file, PER_SECOND);
    }

    /**
     * To a file, which is appended to.
     *
     * @param perSecond lines at most
     * @throws IOException if it cannot be opened
     */
    public static ProblemLog to(Path file, int perSecond) throws IOException {
        int most = check(perSecond);
        return new ProblemLog(LogTarget.file(file), most);
    }

    /** To a stream, {@code System.err} for instance; ten lines a second. */
    public static ProblemLog to(OutputStream out) {
        return to(out, PER_SECOND);
    }

    /** As {@link #to(Path, int)}, to a stream, which is flushed and never closed. */
    public static ProblemLog to(OutputStream out, int perSecond) {
        int most = check(perSecond);
        return new ProblemLog(LogTarget.stream(Objects.requireNonNull(out, "out")), most);
    }

    private static int check(int perSecond) {
        if (perSecond < 1) {
            throw new IllegalArgumentException(perSecond + " lines a second; use 1 or more");
        }
        return perSecond;
    }

    @Override
    public void accept(Problem problem) {
        if (mayBeWritten(HubAccess.get().nanoTime())) {
            LineBuffer line = new LineBuffer();
            put(problem, Instant.now(), line);
            writer.append(line);
        } else {
            writer.leaveOut();
        }
    }

    private boolean mayBeWritten(long now) {
        lock.lock();
        if (now - second >= SECOND) {
            second = now;
            count = 0;
        }
        boolean may = count < perSecond;
        if (may) {
            count++;
        }
        lock.unlock();
        return may;
    }

    private void put(Problem p, Instant now, LineBuffer to) {
        seconds.putMillis(now, to);
        LineBuffer ignored = to.put(' ').putPlain(LogFormat.host(p.remote()));
        if (p.remote() instanceof InetSocketAddress internet) {
            ignored = to.put(':').put(internet.getPort());
        }
        ignored = p.status() == 0 ? to.put(" closed ") : to.put(' ').put(p.status()).put(' ');
        ignored = to.putPlain(p.message());
        if (!p.request().isEmpty()) {
            ignored = to.put(": ").putPlain(p.request());
        }
        ignored = to.put('\n');
    }

    private LineBuffer gapLine(long lines) {
        seconds.putMillis(Instant.now(), gapLine.clear());
        return gapLine.put(' ').put(lines).put(" more are not written here\n");
    }

    /** As {@link AccessLogWriter#reopen}. */
    public void reopen() {
        writer.reopen();
    }

    /** How many problems were left out, or could not be written. */
    public long leftOut() {
        return writer.lost();
    }

    /** As {@link AccessLogWriter#close}. */
    @Override
    public void close() {
        writer.close();
    }

    @Override
    public String toString() {
        return "ProblemLog[" + writer + ", " + leftOut() + " left out]";
    }
}
