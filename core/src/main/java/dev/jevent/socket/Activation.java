package dev.jevent.socket;

import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Native;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The open sockets that a service manager gives a process which it starts, so that connections wait
 * while the process is not there: systemd's protocol of {@code sd_listen_fds(3)}. The environment
 * says how many there are ({@code LISTEN_FDS}, from descriptor 3 on), for whom ({@code LISTEN_PID})
 * and what the configuration calls them ({@code LISTEN_FDNAMES}).
 *
 * <pre>{@code
 * ServerSocket listener = Activation.sockets().isEmpty()
 *         ? Sockets.listen(new InetSocketAddress(8080))
 *         : Activation.named("http").listener();
 * }</pre>
 *
 * Each can be taken once, and whoever takes it closes it. See {@link Sockets#adopt} for what
 * happens to the descriptor. Any thread.
 */
public final class Activation {

    private static final int FIRST = 3;
    private static final String UNNAMED = "unknown"; // as systemd has it

    private static final class OfThisProcess {
        static final List<Activation> SOCKETS =
                parse(System.getenv(), ProcessHandle.current().pid());

        static {
            if (Native.isAvailable()) {
                for (Activation a : SOCKETS) {
                    int ignored = Fd.closeOnExec(Scratch.ofThread(), a.fd);
                }
            }
        }
    }

    private final String name;
    private final int fd;
    private final AtomicBoolean taken = new AtomicBoolean();

    private Activation(String name, int fd) {
        this.name = name;
        this.fd = fd;
    }

    /** All that were given to this process, in their order; none if there is no such manager. */
    public static List<Activation> sockets() {
        return OfThisProcess.SOCKETS;
    }

    /**
     * The first of this name.
     *
     * @throws NoSuchElementException if there is none; it says which there are
     */
    public static Activation named(String name) {
        List<Activation> all = sockets();
        return all.stream()
                .filter(a -> a.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "no socket with the name "
                                                + name
                                                + " was passed to this process, only "
                                                + all));
    }

    static List<Activation> parse(Map<String, String> environment, long pid) {
        String count = environment.getOrDefault("LISTEN_FDS", "0");
        if (!Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return List.of(); // meant for the one who started us
        }
        int n;
        try {
            n = Integer.parseInt(count.trim());
        } catch (NumberFormatException e) {
            throw new IllegalStateException("LISTEN_FDS=" + count + " is no number", e);
        }
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        List<Activation> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            String name = i < names.length && !names[i].isEmpty() ? names[i] : UNNAMED;
            all.add(new Activation(name, FIRST + i));
        }
        return List.copyOf(all);
    }

    /** What the configuration calls it; {@code "unknown"} if it does not say. */
    public String name() {
        return name;
    }

    /** Its number. */
    public int fd() {
        return fd;
    }

    /** Whether it listens for connections: {@link #listener} is what to call. */
    public boolean isListener() {
        Adoption.Kind kind = Adoption.kind(fd, "a socket");
        return kind.type() == Net.SOCK_STREAM && kind.listens();
    }

    /** Whether it is for datagrams: {@link #datagramSocket} is what to call. */
    public boolean isDatagramSocket() {
        return Adoption.kind(fd, "a socket").type() == Net.SOCK_DGRAM;
    }

    /**
     * Takes it.
     *
     * @throws IllegalArgumentException if it does not listen
     * @throws IllegalStateException if it was taken
     */
    public ServerSocket listener() throws IOException {
        return take(Sockets::adoptListener);
    }

    /** As {@link #listener}, a connection that was accepted already. */
    public Socket socket() throws IOException {
        return take(Sockets::adopt);
    }

    /** As {@link #listener}, a socket for datagrams. */
    public DatagramSocket datagramSocket() throws IOException {
        return take(Sockets::adoptDatagramSocket);
    }

    private interface Door<T> {
        T open(int fd) throws IOException;
    }

    private <T> T take(Door<T> door) throws IOException {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException(this + " was taken already");
        }
        boolean done = false;
        try {
            T socket = door.open(fd);
            done = true;
            return socket;
        } finally {
            taken.set(done);
        }
    }

    @Override
    public String toString() {
        return name + " (descriptor " + fd + ")";
    }
}
