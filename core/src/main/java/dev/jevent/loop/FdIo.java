package dev.jevent.loop;

import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.EpollPoll;
import dev.jevent.internal.loop.FdHandler;
import dev.jevent.internal.sys.Epoll;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;

/** An io watcher on the loop's own epoll. */
final class FdIo extends Io implements FdHandler {

    private final EpollPoll poll;
    private final int fd;

    FdIo(Loop loop, EpollPoll poll, int fd, int events) {
        super(loop, events);
        if (fd < 0) {
            throw new IllegalArgumentException("no descriptor: " + fd);
        }
        this.poll = poll;
        this.fd = fd;
    }

    FdIo(Loop loop, EpollPoll poll, SelectableChannel channel, int events) {
        this(loop, poll, Jdk.get().descriptor(channel), events);
    }

    @Override
    void begin() {
        int interest =
                ((events() & READ) != 0 ? Epoll.IN | Epoll.RDHUP : 0)
                        | ((events() & WRITE) != 0 ? Epoll.OUT : 0);
        try {
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
        boolean broken = (ready & (Epoll.HUP | Epoll.ERR)) != 0;
        boolean read = broken || (ready & (Epoll.IN | Epoll.RDHUP)) != 0;
        boolean write = broken || (ready & Epoll.OUT) != 0;
        fire((read ? READ : 0) | (write ? WRITE : 0));
    }
}
