package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

class PortForwarderTest {

    private ServerSocket target;
    private Served served;

    @BeforeEach
    void open() throws Exception {
        target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        String host = target.getInetAddress().getHostAddress();
        served = Served.start(port -> PortForwarder.newServer(port, host, target.getLocalPort()));
    }

    @AfterEach
    void close() throws Exception {
        served.close();
        target.close();
    }

    private Socket connect() throws Exception {
        var socket = new Socket(InetAddress.getLoopbackAddress(), served.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void bothDirectionsPassAtOnceAndEndEachForItself() throws Exception {
        var question = new byte[300_000];
        var answer = new byte[500_000];
        new Random(1).nextBytes(question);
        new Random(2).nextBytes(answer);
        try (Socket client = connect();
                Socket behind = target.accept()) {
            var sent =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    client.getOutputStream().write(question);
                                    client.shutdownOutput();
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            assertArrayEquals(question, behind.getInputStream().readAllBytes());
            sent.get();
            behind.getOutputStream().write(answer); // after the other half has ended
            behind.shutdownOutput();
            assertArrayEquals(answer, read(client.getInputStream()));
        }
    }

    private static byte[] read(InputStream in) throws Exception {
        var out = new ByteArrayOutputStream();
        in.transferTo(out);
        return out.toByteArray();
    }

    @Test
    void aTargetThatIsNotThereEndsTheConnectionAndNotTheForwarder() throws Exception {
        int port = target.getLocalPort();
        target.close();
        try (Socket client = connect()) {
            assertEquals(-1, client.getInputStream().read());
        }
        target = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        try (Socket client = connect();
                Socket behind = target.accept()) {
            client.getOutputStream().write(7);
            assertEquals(7, behind.getInputStream().read());
        }
    }
}
