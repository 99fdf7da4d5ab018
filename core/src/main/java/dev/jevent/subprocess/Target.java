package dev.jevent.subprocess;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.nio.file.Path;
import java.util.Objects;

/** The kinds of {@link Redirect}. */
sealed interface Target extends Redirect {

    /** Those that need nothing else. */
    enum Standard implements Target {
        PIPE,
        INHERIT,
        DEVNULL,
        STDOUT
    }

    /** How a file is opened. */
    enum Use {
        READ,
        WRITE,
        APPEND
    }

    /** A file. */
    record OfFile(Path file, Use use) implements Target {
        public OfFile {
            Objects.requireNonNull(file, "file");
        }
    }

    /** A descriptor, by its number. */
    record OfNumber(int number) implements Target {}

    /** A descriptor of the JDK's. */
    record OfDescriptor(FileDescriptor descriptor) implements Target {
        public OfDescriptor {
            Objects.requireNonNull(descriptor, "descriptor");
        }
    }

    /** A pipe of another child, a {@link ChildOutput} or a {@link ChildInput}. */
    record OfStream(Closeable stream) implements Target {}
}
