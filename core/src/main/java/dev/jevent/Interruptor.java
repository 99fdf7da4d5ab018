package dev.jevent;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * Notices that the thread of a hub is interrupted while it runs the loop. The JDK tells a selector
 * when the thread that waits in it is interrupted, and this is a selector that never selects. A
 * look at the interrupt status would not do: while the thread carries a greenlet, that status is
 * the greenlet's.
 */
final class Interruptor extends AbstractSelector {

    private final Root root;
    private volatile boolean interrupted; // any thread
    private boolean inside; // own thread

    Interruptor(Root root) {
        super(SelectorProvider.provider());
        this.root = root;
    }

    /** The thread begins to run the loop. */
    void enter() {
        if (!inside) {
            inside = true;
            begin(); // calls wakeup() if the thread is interrupted already
        }
    }

    /** It runs it no more; the interrupt, if there was one, is the thread's again. */
    void leave() {
        if (inside) {
            inside = false;
            end();
            if (interrupted) {
                interrupted = false;
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Selector wakeup() {
        interrupted = true;
        root.unpark();
        return this;
    }

    @Override
    protected void implCloseSelector() throws IOException {}

    @Override
    protected SelectionKey register(AbstractSelectableChannel ch, int ops, Object att) {
        throw new UnsupportedOperationException("selects nothing");
    }

    @Override
    public Set<SelectionKey> keys() {
        return Set.of();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        return Set.of();
    }

    @Override
    public int selectNow() {
        return 0;
    }

    @Override
    public int select(long timeout) {
        return 0;
    }

    @Override
    public int select() {
        return 0;
    }
}
