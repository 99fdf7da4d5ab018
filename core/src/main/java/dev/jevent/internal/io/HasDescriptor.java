package dev.jevent.internal.io;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;

/** A socket, a pipe or the like that stands on a {@link Descriptor}. */
public interface HasDescriptor {

    /**
     * It, open or closed; made now if there is none yet.
     *
     * @throws IOException if it is closed, and there never was a descriptor
     */
    Descriptor descriptor() throws IOException;

    /** A connected socket as one of these; null if it is not, as TLS over a socket of the JDK's. */
    static @Nullable HasDescriptor of(Socket socket) {
        if (!(socket instanceof HasDescriptor h)) {
            return null;
        }
        try {
            Descriptor ignored = h.descriptor();
            return h;
        } catch (IOException e) {
            return null;
        }
    }

    /** One that may have taken more from its descriptor than its reader has got: TLS. */
    interface Buffering extends HasDescriptor {

        /** Whether a read would find something without asking the descriptor. Does not wait. */
        boolean hasBuffered();
    }
}
