package dev.jevent.select;

import dev.jevent.file.Pipe;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;

/**
 * Something that can be polled, and its descriptor: of ours, of a channel of the JDK, or a bare
 * number.
 *
 * @param descriptor null if it is not one of ours, or was closed before it had one
 * @param number -1 if it has none, for it is closed
 */
record Target(
        Object object,
        @Nullable Descriptor descriptor,
        @Nullable SelectableChannel channel,
        int number) {

    private static final String CAN =
            "; jevent's sockets and pipes can, channels of the JDK, and numbers of descriptors";

    static Target of(Object object) {
        if (object instanceof HasDescriptor h) {
            Descriptor d = descriptor(h);
            return new Target(object, d, null, d == null ? -1 : d.fd());
        }
        if (object instanceof Pipe.Source source) {
            return new Target(object, null, null, source.isOpen() ? source.fd() : -1);
        }
        if (object instanceof Pipe.Sink sink) {
            return new Target(object, null, null, sink.isOpen() ? sink.fd() : -1);
        }
        if (object instanceof Integer number) {
            if (number < 0) {
                throw new IllegalArgumentException("no descriptor has the number " + number);
            }
            return new Target(object, null, null, number);
        }
        SelectableChannel channel = channel(object);
        return new Target(object, null, channel, channel.isOpen() ? number(channel) : -1);
    }

    private static @Nullable Descriptor descriptor(HasDescriptor h) {
        try {
            return h.descriptor();
        } catch (IOException e) {
            return null; // it is closed, which is told as such
        }
    }

    private static int number(SelectableChannel channel) {
        try {
            return Jdk.get().descriptor(channel);
        } catch (ClassCastException e) {
            throw new IllegalArgumentException("cannot be polled: " + channel + CAN, e);
        }
    }

    /** The channel that it is or has. */
    static SelectableChannel channel(Object object) {
        SelectableChannel channel =
                switch (object) {
                    case SelectableChannel c -> c;
                    case Socket s -> s.getChannel();
                    case ServerSocket s -> s.getChannel();
                    case DatagramSocket s -> s.getChannel();
                    default ->
                            throw new IllegalArgumentException("cannot be polled: " + object + CAN);
                };
        if (channel == null) {
            throw new IllegalArgumentException(
                    "cannot be polled, for it has neither a descriptor of ours nor a channel: "
                            + object
                            + CAN);
        }
        return channel;
    }

    boolean isClosed() {
        return number < 0
                || (descriptor != null && descriptor.isClosed())
                || (channel != null && !channel.isOpen())
                || (object instanceof Channel c && !c.isOpen());
    }

    /** Whether its close goes unnoticed, so that one must look. */
    boolean isLoose() {
        return descriptor == null && number >= 0;
    }

    /** Whether it is ready to be read although its descriptor may not be. */
    boolean hasBuffered() {
        return object instanceof HasDescriptor.Buffering b && b.hasBuffered();
    }
}
