package dev.jevent.loop;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.OwnThread;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * An io watcher in the portable mode: a selector in a daemon thread of its own, which selects again
 * after the callback has run.
 */
final class SelectorIo extends Io {

    private final SelectableChannel channel;
    private @Nullable Selector selector;

    SelectorIo(Loop loop, SelectableChannel channel, int events) {
        super(loop, events);
        this.channel = channel;
    }

    @Override
    void begin() {
        try {
            if (channel.isBlocking()) {
                throw new IllegalStateException(
                        "the portable mode can only watch channels that are not blocking");
            }
            var s = Selector.open();
            try {
                channel.register(s, interest());
            } catch (IOException | RuntimeException e) {
                s.close();
                throw e;
            }
            selector = s;
            loop.closesWithHub(this);
            OwnThread.start("jevent-selector", () -> select(s));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int interest() {
        int valid = channel.validOps();
        int read = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
        int write = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;
        return valid
                & (((events() & READ) != 0 ? read : 0) | ((events() & WRITE) != 0 ? write : 0));
    }

    private void select(Selector s) {
        try (s) {
            while (s.isOpen()) {
                Enduring.insist(() -> selectOnce(s));
            }
        } catch (ClosedSelectorException | CancelledKeyException e) {
            // stopped, or the channel was closed: it will never be ready
        } catch (IOException | RuntimeException e) {
            if (s.isOpen()) {
                loop.core.submit((Runnable) () -> loop.core.failed(this, e));
            }
        }
    }

    private void selectOnce(Selector s) {
        int ready = 0;
        try {
            s.select();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (SelectionKey key : s.selectedKeys()) {
            if (key.isValid()) {
                ready |= key.readyOps();
                key.interestOps(0); // until the callback has run
            }
        }
        s.selectedKeys().clear();
        if (ready != 0) {
            int what = ready;
            Enduring.insist(() -> loop.core.submit((Runnable) () -> selected(s, what)));
        }
    }

    private void selected(Selector s, int ready) {
        if (s != selector || !active()) {
            return; // stopped meanwhile
        }
        int read = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
        fire(((ready & read) != 0 ? READ : 0) | ((ready & ~read) != 0 ? WRITE : 0));
        SelectionKey key = channel.keyFor(s);
        if (s == selector && active() && key != null && key.isValid()) {
            key.interestOps(interest());
            s.wakeup();
        }
    }

    @Override
    void end() {
        loop.closed(this);
        Selector s = selector;
        selector = null;
        try {
            if (s != null) {
                s.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
