package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.ChildJvm;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Much data through one greenlet: in a JVM whose heap is far smaller, and while others keep
 * turning. {@code -Djevent.big=true} moves a gibibyte each time.
 */
class BigTransferTest {

    private static final long MIB = 1 << 20;

    private static String run(String how) throws Exception {
        long size = Boolean.getBoolean("jevent.big") ? 1024 : 256;
        List<String> options =
                List.of(
                        "-Xmx24m",
                        "-XX:MaxDirectMemorySize=8m",
                        "-Dhow=" + how,
                        "-Dsize=" + size * MIB);
        ChildJvm.Result result = ChildJvm.run(Child.class, options);
        assertEquals(0, result.exit(), result.output());
        return result.output();
    }

    @Test
    void streamsTakeLittleMemoryAndLeaveOthersTheirTurn() throws Exception {
        assertTrue(run("streams").endsWith("done\n"));
    }

    @Test
    void aFileTakesLittleMemoryAndLeavesOthersTheirTurn() throws Exception {
        assertTrue(run("file").endsWith("done\n"));
    }

    @Test
    void aRelayTakesLittleMemoryAndLeavesOthersTheirTurn() throws Exception {
        assertTrue(run("relay").endsWith("done\n"));
    }

    static final class Child {

        private static final long SIZE = Long.getLong("size", MIB);
        private static long moved; // of one hub
        private static long mostInOneTurn;

        public static void main(String[] args) throws Exception {
            long begin = System.nanoTime();
            Greenlet<Void> other = Jevent.spawn(Child::turn);
            switch (System.getProperty("how")) {
                case "file" -> file();
                case "relay" -> relay();
                default -> streams();
            }
            other.kill();
            System.out.println(
                    (System.nanoTime() - begin) / 1_000_000
                            + " ms, most in one turn: "
                            + mostInOneTurn / MIB
                            + " MiB");
            // 128 calls of 64 KiB in each direction, and what a file's pieces are larger
            boolean fair = mostInOneTurn <= 40 * MIB;
            boolean own = Jevent.getHub().loop().backend().equals("epoll");
            Jevent.getHub().destroy();
            if (own && !fair) {
                throw new AssertionError("the other greenlet had to wait for " + mostInOneTurn);
            }
            System.out.println("done");
        }

        private static void turn() {
            for (; ; ) {
                long before = moved;
                Jevent.sleep(0);
                mostInOneTurn = Math.max(mostInOneTurn, moved - before);
            }
        }

        private static Socket[] connection() throws Exception {
            var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            try (ServerSocket listener = Sockets.listen(any)) {
                Socket client =
                        Sockets.connect(listener.getLocalSocketAddress(), Duration.ofSeconds(9));
                return new Socket[] {client, listener.accept()};
            }
        }

        private static void together(Action... actions) throws Exception {
            List<Greenlet<Void>> all = new ArrayList<>();
            for (Action a : actions) {
                all.add(Jevent.spawn(a));
            }
            Jevent.joinAllOrThrow(all);
        }

        private static void streams() throws Exception {
            Socket[] ends = connection();
            together(() -> write(ends[0]), () -> read(ends[1]));
        }

        private static void write(Socket socket) throws Exception {
            try (OutputStream out = socket.getOutputStream()) {
                var piece = new byte[256 * 1024];
                for (long sent = 0; sent < SIZE; sent += piece.length) {
                    out.write(piece);
                    moved += piece.length;
                }
            }
        }

        private static void read(Socket socket) throws Exception {
            var piece = new byte[128 * 1024];
            long total = 0;
            try (InputStream in = socket.getInputStream()) {
                for (int n; (n = in.read(piece)) > 0; ) {
                    total += n;
                }
            }
            if (total != SIZE) {
                throw new AssertionError("received " + total);
            }
        }

        private static void file() throws Exception {
            Path path = Files.createTempFile("jevent-big", ".dat");
            try {
                try (var file = new RandomAccessFile(path.toFile(), "rw")) {
                    file.setLength(SIZE);
                }
                Socket[] ends = connection();
                together(
                        () -> {
                            try (SocketStream s = SocketStream.of(ends[0])) {
                                // what is sent between two turns is seen by its reader
                                if (s.sendFile(path) != SIZE) {
                                    throw new AssertionError("sent " + s.sent());
                                }
                            }
                        },
                        () -> count(ends[1]));
            } finally {
                Files.delete(path);
            }
        }

        private static void count(Socket socket) throws Exception {
            try (SocketStream s = SocketStream.of(socket)) {
                var piece = new byte[256 * 1024];
                for (int n; (n = s.read(piece, 0, piece.length)) > 0; ) {
                    moved += n;
                }
                if (s.received() != SIZE) {
                    throw new AssertionError("received " + s.received());
                }
            }
        }

        private static void relay() throws Exception {
            Socket[] in = connection();
            Socket[] out = connection();
            together(
                    () -> write(in[0]),
                    () -> {
                        try (SocketStream from = SocketStream.of(in[1]);
                                SocketStream to = SocketStream.of(out[0])) {
                            if (from.transferTo(to) != SIZE) {
                                throw new AssertionError("relayed " + to.sent());
                            }
                        }
                    },
                    () -> read(out[1]));
        }
    }
}
