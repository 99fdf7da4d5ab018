package dev.jevent.loop;

import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.FdHandler;
import dev.jevent.internal.sys.Epoll;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;

/** An io watcher on the loop's own epoll. */
final class FdIo extends Io implements FdHandler {

    private final EpollPoll poll;
    private final int fd;
    private final @Nullable SelectableChannel channel;

    FdIo(Loop loop, EpollPoll poll, int fd, int events) {
        this(loop, poll, fd, null, events);
    }

    FdIo(Loop loop, EpollPoll poll, SelectableChannel channel, int events) {
        this(loop, poll, Jdk.get().descriptor(channel), channel, events);
    }

    private FdIo(
            Loop loop, EpollPoll poll, int fd, @Nullable SelectableChannel channel, int events) {
        super(loop, events);
        if (fd < 0) {
            throw new IllegalArgumentException("no descriptor: " + fd);
        }
        this.poll = poll;
        this.fd = fd;
        this.channel = channel;
    }

    private boolean isClosed() {
        return channel != null && !channel.isOpen();
    }

    @Override
    void begin() {
        int interest =
                ((events() & READ) != 0 ? Epoll.IN | Epoll.RDHUP : 0)
                        | ((events() & WRITE) != 0 ? Epoll.OUT : 0);
        try {
            if (isClosed()) {
                throw new ClosedChannelException(); // its number may be another file's
            }
            poll.watch(fd, interest, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void end() {
        poll.unwatch(fd, this);
    }

    @Override
    public void ready(int ready) {
        if (!active()) {
            return; // another watcher of this descriptor has just stopped it
        }
        if (isClosed()) {
            stop(); // the number is another file's now
            return;
        }
        boolean broken = (ready & (Epoll.HUP | Epoll.ERR)) != 0;
        boolean read = broken || (ready & (Epoll.IN | Epoll.RDHUP)) != 0;
        boolean write = broken || (ready & Epoll.OUT) != 0;
        fire((read ? READ : 0) | (write ? WRITE : 0));
    }

    /** Calls back in the next turn, as for an error. */
    void closing() {
        loop.core.pushLast(
                (Runnable)
                        () -> {
                            if (active()) {
                                fire(READ | WRITE);
                            }
                        });
    }
}
