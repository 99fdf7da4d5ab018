package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Datagrams;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The call that receives a datagram, kept for the next one. For one receiver at a time. */
final class UdpReceipt implements Descriptor.Call {

    private static final byte[] NOWHERE = {};

    private final Datagrams.Sender sender = new Datagrams.Sender();
    private byte[] to = NOWHERE;
    private int off;
    private int len;
    private @Nullable InetSocketAddress from;

    /** Waits for a datagram; its length, at most {@code len}, or negative errno. */
    int receive(Descriptor d, byte[] b, int off, int len, @Nullable Deadline deadline)
            throws IOException {
        this.to = b;
        this.off = off;
        this.len = Math.min(len, Net.MOST);
        try {
            return d.input(this, deadline);
        } finally {
            this.to = NOWHERE;
        }
    }

    @Override
    public int on(Scratch s, int fd) {
        int n = Net.receive(s, fd, to, off, len, 0);
        if (n >= 0) {
            from = sender.of(s);
        }
        return n;
    }

    /** Who sent it. */
    InetSocketAddress from() {
        return from;
    }
}
