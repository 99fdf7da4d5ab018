package dev.jevent.http;

import java.io.IOException;

/**
 * What a handler has put between a response and its client: it is asked when the head is about to
 * be sent, and then gets the body, or does not. For the thread that answers.
 */
interface BodyFilter {

    /**
     * The head is about to be sent; status and header can be changed for the last time.
     *
     * @param length of the body; -1 if it is not known
     * @return whether the body is to go through this; then its length is not known any more
     */
    boolean begins(Response response, long length);

    /** Takes a part of the body. */
    void write(byte[] b, int off, int len, BodyOutput to) throws IOException;

    /** Gives out all that it can. */
    void flush(BodyOutput to) throws IOException;

    /** Gives out the rest. */
    void end(BodyOutput to) throws IOException;

    /** The response is over, complete or not. May be called twice. */
    void release();
}
