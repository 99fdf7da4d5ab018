package dev.jevent.internal.io;

import java.io.IOException;

/** A socket, a pipe or the like that stands on a {@link Descriptor}. */
public interface HasDescriptor {

    /**
     * It, open or closed; made now if there is none yet.
     *
     * @throws IOException if it is closed, and there never was a descriptor
     */
    Descriptor descriptor() throws IOException;

    /** One that may have taken more from its descriptor than its reader has got: TLS. */
    interface Buffering extends HasDescriptor {

        /** Whether a read would find something without asking the descriptor. Does not wait. */
        boolean hasBuffered();
    }
}
