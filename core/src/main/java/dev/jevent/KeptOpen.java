package dev.jevent;

import dev.jevent.internal.jdk.Jdk;

import java.lang.ref.WeakReference;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sockets and channels of the JDK that a program wants to stay open when who waits in them is
 * killed. A wait is known by its descriptor's number; a number that was given to somebody else
 * meanwhile does not count. Any thread.
 */
final class KeptOpen {

    private static final Map<Integer, WeakReference<Object>> ALL = new ConcurrentHashMap<>();

    private KeptOpen() {}

    /** False if it has no descriptor of its own. */
    static boolean add(Socket socket) {
        return add(Jdk.get().descriptor(socket), socket);
    }

    static boolean add(SelectableChannel channel) {
        return add(Jdk.get().descriptor(channel), channel);
    }

    private static boolean add(int fd, Object socket) {
        if (fd >= 0) {
            ALL.put(fd, new WeakReference<>(socket)); // instead of one that was closed
        }
        return fd >= 0;
    }

    static boolean contains(int fd) {
        WeakReference<Object> found = ALL.get(fd);
        return found != null
                && switch (found.get()) {
                    case Socket s -> !s.isClosed() && Jdk.get().descriptor(s) == fd;
                    case SelectableChannel c -> c.isOpen() && Jdk.get().descriptor(c) == fd;
                    case null, default -> false;
                };
    }
}
