package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** Datagrams to and from another program. */
class UdpInteropTest extends UdpScenario {

    private static final String ECHO =
            """
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(20)
            s.sendto(b'hello', ('127.0.0.1', int(sys.argv[1])))
            while True:
                data, who = s.recvfrom(65536)
                if data == b'quit': break
                s.sendto(data[::-1], who)
            """;

    private static Process start(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "there is no " + command[0] + " here");
            throw new AssertionError(e);
        }
    }

    private void end(Process p) throws Exception {
        boolean ended = Jevent.blocking(() -> p.waitFor(20, TimeUnit.SECONDS));
        p.destroyForcibly();
        assertTrue(ended, "it ends");
    }

    @Test
    void pythonAnswers() throws Exception {
        DatagramSocket s = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
        s.setSoTimeout(20_000);
        Process python = start("python3", "-c", ECHO, "" + s.getLocalPort());
        together(
                () -> {
                    DatagramPacket p = empty(65_536);
                    s.receive(p);
                    assertEquals("hello", text(p));
                    s.connect(p.getSocketAddress());
                    for (int n : new int[] {1, 1_000, 50_000}) {
                        byte[] sent = bytes(n);
                        s.send(new DatagramPacket(sent, n));
                        s.receive(p);
                        assertEquals(n, p.getLength());
                        assertEquals(sent[0], p.getData()[n - 1]);
                    }
                    s.send(packet("quit", s.getRemoteSocketAddress()));
                });
        end(python);
    }

    @Test
    void socatEchoes() throws Exception {
        InetSocketAddress there = nobody();
        Process socat =
                start(
                        "socat",
                        "-T5",
                        "UDP4-RECVFROM:" + there.getPort() + ",bind=127.0.0.1,fork",
                        "PIPE");
        DatagramSocket s = closing(Sockets.datagramSocket(new InetSocketAddress(ipv4(), 0)));
        s.setSoTimeout(100);
        try {
            together(() -> assertEquals("through a pipe", echoed(s, there)));
        } finally {
            socat.descendants().forEach(ProcessHandle::destroyForcibly);
            socat.destroyForcibly();
        }
    }

    /** Asks until it is there. */
    private static String echoed(DatagramSocket s, InetSocketAddress there) throws IOException {
        for (int i = 0; ; i++) {
            s.send(packet("through a pipe", there));
            try {
                return receive(s);
            } catch (SocketTimeoutException e) {
                if (i == 100) {
                    throw e;
                }
            }
        }
    }
}
