package dev.jevent.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where the lines of a log go. For the thread of a {@link LineWriter}. */
interface LogTarget {

    /** Writes; what the buffer still has when it throws was not written. */
    void write(ByteBuffer lines) throws IOException;

    /** Goes on in a new file of the same name. When it throws, it goes on in the old one. */
    void reopen() throws IOException;

    /** No more comes. */
    void close() throws IOException;

    /** A file, to which is appended; it is made if there is none. */
    static LogTarget file(Path path) throws IOException {
        return new File(path);
    }

    /** A stream, which is flushed and not closed. */
    static LogTarget stream(OutputStream out) {
        return new Stream(out);
    }

    /** To a file. */
    final class File implements LogTarget {
        private final Path path;
        private FileChannel channel;

        File(Path path) throws IOException {
            this.path = path;
            channel = open();
        }

        private FileChannel open() throws IOException {
            return FileChannel.open(
                    path,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }

        @Override
        public void write(ByteBuffer lines) throws IOException {
            while (lines.hasRemaining()) {
                int ignored = channel.write(lines);
            }
        }

        @Override
        public void reopen() throws IOException {
            FileChannel old = channel;
            channel = open();
            old.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** To a stream. */
    final class Stream implements LogTarget {
        private final OutputStream out;

        Stream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(ByteBuffer lines) throws IOException {
            out.write(lines.array(), lines.arrayOffset() + lines.position(), lines.remaining());
            out.flush();
            lines.position(lines.limit());
        }

        @Override
        public void reopen() {
            // a stream has no name by which it could be opened again
        }

        @Override
        public void close() {
            // it is not ours
        }

        @Override
        public String toString() {
            return out.getClass().getName();
        }
    }
}
