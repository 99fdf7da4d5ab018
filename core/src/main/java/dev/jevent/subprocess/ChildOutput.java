package dev.jevent.subprocess;

import java.io.InputStream;

/** What this process reads of a child: its standard output or error, through a pipe. */
abstract class ChildOutput extends InputStream {

    /** Whether it was closed before its end, or given away. */
    abstract boolean isClosed();
}
