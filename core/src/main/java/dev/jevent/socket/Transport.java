package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** What a {@link SocketStream} reads from and writes to. For one reader and one writer. */
interface Transport extends Closeable {

    /** Waits for something to read if it is known that there is nothing. */
    void awaitNews(@Nullable Deadline deadline) throws IOException;

    /** Receives at least one byte; 0 at the end. What throws has received nothing. */
    int receive(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException;

    /** Sends at least one byte; how many. */
    int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException;

    /**
     * Sends from a file without copying it.
     *
     * @param file its descriptor
     * @return how much; 0 at the end of the file; negative if it cannot be done
     */
    int sendFile(int file, long offset, int count, @Nullable Deadline deadline) throws IOException;

    /** The descriptor of a file for {@link #sendFile}; -1 if it cannot be done. */
    int descriptor(FileChannel file);

    void shutdownOutput() throws IOException;

    boolean isOpen();
}
