package dev.jevent.file;

import java.io.IOException;

/** One end of a pipe, as its streams see it: a descriptor, or a buffer in memory. */
interface End {

    /** Reads what is there, and waits until something is; -1 at the end. */
    int read(byte[] b, int off, int len) throws IOException;

    /** Writes what fits, and waits until something does. */
    int write(byte[] b, int off, int len) throws IOException;

    /** Bytes that can be read without waiting. */
    int available() throws IOException;

    /** The number of its descriptor. */
    int fd();

    boolean isOpen();

    void close();
}
