package dev.jevent.subprocess;

import dev.jevent.Waitable;
import dev.jevent.internal.LinkList;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Who is to be told of a child's end, and the hubs that stay alive for that. Any thread. */
final class PopenLinks implements Consumer<Waitable>, LinkList.Immediate {

    /** One of them, and the loop that it keeps alive. */
    private record Linked(LinkList.Link link, @Nullable EventLoop loop) {}

    private final Popen popen;
    private final Exit exit;
    private final SpinLock lock = new SpinLock();
    private List<Linked> all = new ArrayList<>(); // guarded by lock
    private boolean asked; // guarded by lock
    private boolean told; // guarded by lock

    PopenLinks(Popen popen, Exit exit) {
        this.popen = popen;
        this.exit = exit;
    }

    void add(Consumer<? super Waitable> callback) {
        LinkList.Link link = LinkList.Link.of(callback);
        var linked = new Linked(link, Waits.ref());
        boolean ask = false;
        boolean late;
        lock.lock();
        try {
            late = told;
            if (!late) {
                all.add(linked);
                ask = !asked;
                asked = true;
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            tell(linked);
        } else if (ask) {
            exit.rawLink(this);
        }
    }

    private void tell(Linked linked) {
        linked.link.tell(popen);
        Waits.unref(linked.loop); // after the entry of its loop that tells
    }

    void remove(Object callback) {
        Linked found = null;
        lock.lock();
        try {
            for (int i = all.size() - 1; i >= 0 && found == null; i--) {
                if (all.get(i).link.callback() == callback) {
                    found = all.remove(i);
                }
            }
        } finally {
            lock.unlock();
        }
        if (found != null) {
            Waits.unref(found.loop);
        }
    }

    /** It has ended. */
    @Override
    public void accept(Waitable ended) {
        List<Linked> taken;
        lock.lock();
        try {
            told = true;
            taken = all;
            all = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        taken.forEach(this::tell);
    }
}
