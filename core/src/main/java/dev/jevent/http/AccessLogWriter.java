package dev.jevent.http;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An access log that {@link AccessLogs} has made. A line is made where the request was served, and
 * written by a daemon thread, soon after; so a disk that is slow, or hangs, delays no request.
 *
 * <ul>
 *   <li>Four mebibytes of lines may wait to be written. What comes then is counted; the log says in
 *       that place how many lines are missing, and {@link #lost} how many they are in all.
 *   <li>A write that fails is reported to {@code System.Logger}, once, and tried again until it
 *       succeeds; a stream gets all lines of the failed write once more.
 *   <li>The thread does not keep the JVM alive: {@link #close} it before the end, when its server
 *       is stopped, or the lines of the last moments are lost.
 * </ul>
 *
 * <p>To rotate it, rename the file and call {@link #reopen}; with logrotate and a {@code
 * postrotate} of {@code kill -HUP}:
 *
 * <pre>{@code
 * AccessLogWriter log = AccessLogs.combined(Path.of("/var/log/shop/access.log"));
 * SignalHandler hup = Jevent.signalHandler("HUP", log::reopen);
 * server.accessLog(log);
 * }</pre>
 *
 * <p>Any thread.
 */
public final class AccessLogWriter implements AccessLog, AutoCloseable {

    private static final Duration REST = Duration.ofMillis(50);

    private final LogFormat format;
    private final LineWriter writer;
    private final LineBuffer gapLine = new LineBuffer(); // the writer's thread
    private final AtomicReference<@Nullable LineBuffer> spare = new AtomicReference<>();

    AccessLogWriter(LogFormat format, LogTarget target, Duration patience) {
        this.format = format;
        writer = new LineWriter(target, this::gapLine, REST, patience);
    }

    private LineBuffer gapLine(long lines) {
        format.putGap(lines, Instant.now(), gapLine.clear());
        return gapLine;
    }

    @Override
    public void log(Exchange exchange) {
        LineBuffer line = spare.getAndSet(null); // another one that runs at once makes its own
        if (line == null) {
            line = new LineBuffer();
        }
        format.put(exchange, line.clear());
        writer.append(line);
        spare.set(line);
    }

    /**
     * Opens the file of its name again, or makes it: lines of earlier calls are still written to
     * the old one. Does not wait. If that fails, it is reported and the old one written on. Does
     * nothing to a stream.
     */
    public void reopen() {
        writer.reopen();
    }

    /** How many lines could not be written, for want of room or because it was closed. */
    public long lost() {
        return writer.lost();
    }

    /**
     * Waits until all is written, at most three seconds; then it closes the file. A stream is
     * flushed and not closed.
     */
    @Override
    public void close() {
        writer.close();
    }

    @Override
    public String toString() {
        return "AccessLog[" + writer + ", " + lost() + " lost]";
    }
}
