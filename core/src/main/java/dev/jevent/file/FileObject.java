package dev.jevent.file;

import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Doors to green files: whatever waits for a disk holds up its caller and nobody else. Follows
 * {@code gevent.fileobject} and {@code gevent.os}.
 *
 * <p>A disk cannot be waited for as a socket can: what is in memory already is read in place, which
 * takes less than a microsecond, and all else is handed to worker threads, at most {@code
 * -Djevent.threadpool} of them for all hubs (10, or as many as there are processors). A thread
 * without a hub does it itself. Each method that has the name of one of {@link Files} does what
 * that does, in one hand-over for the whole of it.
 *
 * <p>A kill, a {@link dev.jevent.Timeout} or an interrupt ends the caller's wait at once and never
 * closes a file. What has not begun then never does; what runs goes on alone to its end, without
 * touching arrays or buffers of the caller. It is unsaid when that is; a change of the same channel
 * or stream that is asked for later comes later.
 *
 * <p>Streams and channels may be used by any greenlet or thread; operations take turns. Closing one
 * twice does nothing; closing it while somebody waits ends that wait with an IOException.
 */
public final class FileObject {

    private static final int READ_AHEAD = 1 << 16;

    private FileObject() {}

    // ---- channels and streams

    /**
     * Opens a file as {@link FileChannel#open(Path, OpenOption...)} does. Everything that takes a
     * FileChannel is green with it. Relative reads move the position after each piece of 256 KiB;
     * one that is killed has not moved it. Pages of a {@linkplain FileChannel#map map} are read by
     * the hardware, and that holds up the hub.
     */
    public static FileChannel open(Path path, OpenOption... options) throws IOException {
        return opened(path, options.clone());
    }

    private static @Nullable GreenFile openedUnlessFifo(Path path) throws IOException {
        return Op.file(
                () ->
                        Fifo.is(path)
                                ? null
                                : GreenFile.of(
                                        FileChannel.open(path, StandardOpenOption.READ),
                                        true,
                                        false),
                GreenFile::drop);
    }

    private static GreenFile opened(Path path, OpenOption... options) throws IOException {
        boolean append = Arrays.asList(options).contains(StandardOpenOption.APPEND);
        return Op.file(
                () -> GreenFile.of(FileChannel.open(path, options), true, append), GreenFile::drop);
    }

    /**
     * Opens a file to read, with 64 KiB of read-ahead. A FIFO is opened without waiting for a
     * writer; the first read waits, in the hub's epoll.
     */
    public static InputStream input(Path path) throws IOException {
        GreenFile file = openedUnlessFifo(path);
        if (file == null) {
            return Fifo.source(path);
        }
        return file.isSeekable()
                ? new BufferedInputStream(Channels.newInputStream(file), READ_AHEAD)
                : new WorkerInput(Channels.newInputStream(file.real()));
    }

    /**
     * Opens a file to write, with the options of {@link Files#newOutputStream}, and 64 KiB written
     * behind: an error is thrown by a later call, {@code close} at the latest; {@code flush} hands
     * everything to the system. A FIFO is not buffered, and opening it waits for a reader.
     */
    public static OutputStream output(Path path, OpenOption... options) throws IOException {
        OpenOption[] mine = options.clone();
        OutputStream file =
                Op.file(
                        () -> Fifo.is(path) ? null : Files.newOutputStream(path, mine),
                        FileObject::drop);
        return file == null ? Fifo.sink(path) : WorkerOutput.behind(file);
    }

    private static void drop(@Nullable OutputStream stream) {
        try (stream) {
            return;
        } catch (IOException e) {
            // nobody has written to it
        }
    }

    /** As {@link #input(Path)}, decoded; malformed input becomes the replacement character. */
    public static BufferedReader reader(Path path, Charset charset) throws IOException {
        Objects.requireNonNull(charset);
        return new BufferedReader(new InputStreamReader(input(path), charset));
    }

    /** As {@link #reader(Path, Charset)}, in UTF-8. */
    public static BufferedReader reader(Path path) throws IOException {
        return reader(path, StandardCharsets.UTF_8);
    }

    /** As {@link #output}, encoded. */
    public static BufferedWriter writer(Path path, Charset charset, OpenOption... options)
            throws IOException {
        Objects.requireNonNull(charset);
        return new BufferedWriter(new OutputStreamWriter(output(path, options), charset));
    }

    /** As {@link #writer(Path, Charset, OpenOption...)}, in UTF-8. */
    public static BufferedWriter writer(Path path, OpenOption... options) throws IOException {
        return writer(path, StandardCharsets.UTF_8, options);
    }

    // ---- descriptors

    /**
     * A green stream that reads a descriptor: of a pipe, FIFO, terminal, socket, eventfd. It is
     * made non-blocking, which all see who share it, and belongs to the stream, which closes it.
     * {@code gevent.os.nb_read}.
     *
     * @throws IOException if it is not open, or in the portable mode, where no descriptor can be
     *     waited for
     */
    public static InputStream input(int fd) throws IOException {
        return new Pipe.Source(adopted(fd));
    }

    /** As {@link #input(int)}, to write: {@code gevent.os.nb_write}. */
    public static OutputStream output(int fd) throws IOException {
        return new Pipe.Sink(adopted(fd));
    }

    private static FdEnd adopted(int fd) throws IOException {
        if (!Pipe.hasDescriptors()) {
            throw new IOException(
                    "descriptors cannot be waited for in the portable mode of jevent: " + fd);
        }
        int result = Fd.nonBlocking(Scratch.ofThread(), fd, true);
        if (result < 0) {
            throw new IOException("cannot use descriptor " + fd + ": " + Errno.text(-result));
        }
        return FdEnd.adopted(fd, "Stream");
    }

    // ---- what blocks, made green

    /**
     * Makes any stream green, that of an archive or of a library for instance: worker threads read
     * it, as many as there are such streams that wait. {@code gevent.fileobject.FileObjectThread}.
     * Who is killed while he waits loses nothing: what comes is for the next one who reads.
     */
    public static InputStream wrap(InputStream stream) {
        return new WorkerInput(stream);
    }

    /** Makes any stream green; keeps nothing back, so that each write is a hand-over. */
    public static OutputStream wrap(OutputStream stream) {
        return WorkerOutput.through(stream);
    }

    /**
     * Makes a channel green that is open already. It begins at the position of the channel, and has
     * its own from then on. Closing it closes the channel.
     */
    public static FileChannel wrap(FileChannel channel) throws IOException {
        Objects.requireNonNull(channel);
        return channel instanceof GreenFile
                ? channel
                : Op.file(() -> GreenFile.of(channel, false, false));
    }

    /** Writes all that remains, however many writes that takes. */
    public static void writeAll(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int ignored = channel.write(bytes);
        }
    }

    // ---- whole files

    private static <T> T call(Callable<T> work) throws IOException {
        return Op.file(work);
    }

    /** All bytes of a file. */
    public static byte[] readAllBytes(Path path) throws IOException {
        return call(() -> Files.readAllBytes(path));
    }

    /** The whole file, in UTF-8. */
    public static String readString(Path path) throws IOException {
        return call(() -> Files.readString(path));
    }

    /** The whole file. */
    public static String readString(Path path, Charset charset) throws IOException {
        return call(() -> Files.readString(path, charset));
    }

    /** All lines of a file, in UTF-8. */
    public static List<String> readAllLines(Path path) throws IOException {
        return call(() -> Files.readAllLines(path));
    }

    /** All lines of a file. */
    public static List<String> readAllLines(Path path, Charset charset) throws IOException {
        return call(() -> Files.readAllLines(path, charset));
    }

    /** The lines of a file in UTF-8, read as they are taken; close the stream. */
    public static Stream<String> lines(Path path) throws IOException {
        BufferedReader reader = reader(path);
        return reader.lines()
                .onClose(
                        () -> {
                            try {
                                reader.close();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
    }

    /** Writes a file, of a copy of the bytes. */
    public static Path write(Path path, byte[] bytes, OpenOption... options) throws IOException {
        byte[] mine = bytes.clone();
        OpenOption[] how = options.clone();
        return call(() -> Files.write(path, mine, how));
    }

    /** Writes a file, in UTF-8. */
    public static Path writeString(Path path, CharSequence text, OpenOption... options)
            throws IOException {
        String mine = text.toString();
        OpenOption[] how = options.clone();
        return call(() -> Files.writeString(path, mine, how));
    }

    /** Adds to the end of a file, which is made if it is not there, in UTF-8. */
    public static Path append(Path path, CharSequence text) throws IOException {
        return writeString(path, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** As {@link #append(Path, CharSequence)}, with bytes. */
    public static Path append(Path path, byte[] bytes) throws IOException {
        return write(path, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    // ---- folders and names

    /** Copies a file. */
    public static Path copy(Path source, Path target, CopyOption... options) throws IOException {
        CopyOption[] how = options.clone();
        return call(() -> Files.copy(source, target, how));
    }

    /** Moves or renames a file. */
    public static Path move(Path source, Path target, CopyOption... options) throws IOException {
        CopyOption[] how = options.clone();
        return call(() -> Files.move(source, target, how));
    }

    /** Deletes a file or an empty folder. */
    public static void delete(Path path) throws IOException {
        call(
                () -> {
                    Files.delete(path);
                    return true;
                });
    }

    /** Deletes it if it is there; whether it was. */
    public static boolean deleteIfExists(Path path) throws IOException {
        return call(() -> Files.deleteIfExists(path));
    }

    /** Whether something is there. */
    public static boolean exists(Path path) throws IOException {
        return call(() -> Files.exists(path));
    }

    /** Whether a folder is there. */
    public static boolean isDirectory(Path path) throws IOException {
        return call(() -> Files.isDirectory(path));
    }

    /** The size of a file in bytes. */
    public static long size(Path path) throws IOException {
        return call(() -> Files.size(path));
    }

    /** What is in a folder, by name. */
    public static List<Path> list(Path folder) throws IOException {
        return call(
                () -> {
                    try (Stream<Path> all = Files.list(folder)) {
                        return all.sorted().toList();
                    }
                });
    }

    /** A folder and all that is below it, by name; links are not followed. */
    public static List<Path> walk(Path folder) throws IOException {
        return call(
                () -> {
                    try (Stream<Path> all = Files.walk(folder)) {
                        return all.sorted().toList();
                    }
                });
    }

    /** Makes a folder and those above it, where they are missing. */
    public static Path createDirectories(Path folder) throws IOException {
        return call(() -> Files.createDirectories(folder));
    }

    /** A new, empty file in the folder for such. */
    public static Path createTempFile(String prefix, String suffix, FileAttribute<?>... attributes)
            throws IOException {
        return call(() -> Files.createTempFile(prefix, suffix, attributes));
    }

    /** A new folder in the folder for temporary files. */
    public static Path createTempDirectory(String prefix, FileAttribute<?>... attributes)
            throws IOException {
        return call(() -> Files.createTempDirectory(prefix, attributes));
    }
}
