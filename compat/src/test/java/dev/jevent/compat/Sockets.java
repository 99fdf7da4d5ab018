package dev.jevent.compat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The socket descriptors of this process; 0 on a system that does not tell. */
final class Sockets {

    private static final Path ALL = Path.of("/proc/self/fd");

    private Sockets() {}

    static int open() {
        if (!Files.isDirectory(ALL)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(ALL)) {
            return (int) all.filter(Sockets::isSocket).count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What the JDK opens once, with its first socket, is open after this. */
    static void warmUp() {
        try (var listening = new ServerSocket(0, 1, Server.loopback());
                var socket = new Socket(Server.loopback(), listening.getLocalPort());
                var accepted = listening.accept()) {
            accepted.getOutputStream().write(1);
            socket.getInputStream().read();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}
