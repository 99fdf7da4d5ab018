package dev.jevent.socket;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** What the tests of sockets share: loopback connections, greenlets that must not fail. */
public abstract class SocketScenario {

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable c : toClose) {
            c.close();
        }
        Jevent.getHub().destroy();
    }

    protected final <T extends AutoCloseable> T closing(T resource) {
        toClose.add(resource);
        return resource;
    }

    /** Runs them at once, each in a greenlet; throws the first failure. */
    protected static void together(Action... actions) throws Exception {
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        for (Action action : actions) {
            greenlets.add(Jevent.spawn(action));
        }
        Jevent.joinAllOrThrow(greenlets);
    }

    /** A free port of the loopback interface. */
    protected static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    protected static boolean isPortable() {
        return Jevent.getHub().loop().backend().equals("park");
    }

    protected static void notInThePortableMode(String why) {
        Assumptions.assumeFalse(isPortable(), "in the portable mode " + why);
    }

    /** Both ends of a connection. */
    protected record Pair(Socket client, Socket server) {}

    protected final Pair pair() throws Exception {
        var ends = new Socket[2];
        try (ServerSocket listener = Sockets.listen(loopback())) {
            together(
                    () -> ends[0] = Sockets.connect("localhost", listener.getLocalPort()),
                    () -> ends[1] = listener.accept());
        }
        return new Pair(closing(ends[0]), closing(ends[1]));
    }

    protected static int openDescriptors() throws IOException {
        String[] names = new File("/proc/self/fd").list();
        Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }
}
