package dev.jevent.ssl;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLSocket;

/** What the tests of TLS share: certificates, and both ends of connections. */
abstract class TlsScenario extends HubScenario {

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeAll
    static void opensslIsHere() {
        Assumptions.assumeTrue(Certificates.OPENSSL, "openssl makes the certificates");
    }

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable c : toClose) {
            c.close();
        }
    }

    protected final <T extends AutoCloseable> T closing(T resource) {
        toClose.add(resource);
        return resource;
    }

    static Path file(String name) {
        return Certificates.get().file(name);
    }

    static Tls server() throws IOException {
        return server("server");
    }

    static Tls server(String name) throws IOException {
        return Tls.server(file(name + ".pem"), file(name + ".key"));
    }

    static Tls client() throws IOException {
        return Tls.client(file("ca.pem"));
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Runs them at once, each in a greenlet; throws the first failure. */
    static void together(Action... actions) throws Exception {
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        for (Action action : actions) {
            greenlets.add(Jevent.spawn(action));
        }
        try {
            Jevent.joinAllOrThrow(greenlets);
        } catch (java.util.concurrent.ExecutionException e) {
            Jevent.killAll(greenlets);
            throw e;
        }
    }

    record Plain(Socket client, Socket server) {}

    record Pair(SSLSocket client, SSLSocket server) {}

    final Plain plain() throws Exception {
        var ends = new Socket[2];
        try (ServerSocket listener = Sockets.listen(loopback())) {
            together(
                    () -> ends[0] = Sockets.connect("localhost", listener.getLocalPort()),
                    () -> ends[1] = listener.accept());
        }
        ends[0].setTcpNoDelay(true);
        ends[1].setTcpNoDelay(true);
        return new Plain(closing(ends[0]), closing(ends[1]));
    }

    /** Both ends of a connection before the handshake. */
    final Pair fresh(Tls server, Tls client, String host) throws Exception {
        Plain plain = plain();
        return new Pair(
                closing(client.wrap(plain.client(), host)), closing(server.wrap(plain.server())));
    }

    final Pair pair(Tls server, Tls client) throws Exception {
        Pair pair = fresh(server, client, "localhost");
        together(pair.client()::startHandshake, pair.server()::startHandshake);
        return pair;
    }

    final Pair pair() throws Exception {
        return pair(server(), client());
    }

    /** What the two sides fail with; null for one that does not. */
    record Failures(Throwable client, Throwable server) {}

    final Failures failures(Tls server, Tls client, String host) throws Exception {
        Pair pair = fresh(server, client, host);
        var thrown = new Throwable[2];
        together(
                () -> thrown[0] = thrownBy(() -> talkAsClient(pair.client())),
                () -> thrown[1] = thrownBy(() -> echoOnce(pair.server())));
        return new Failures(thrown[0], thrown[1]);
    }

    /** In TLS 1.3 a client learns only when it reads that its certificate was refused. */
    static void talkAsClient(Socket client) throws IOException {
        client.getOutputStream().write('x');
        if (client.getInputStream().read() != 'x') {
            throw new IOException("no echo");
        }
    }

    static void echoOnce(Socket server) throws IOException {
        server.getOutputStream().write(server.getInputStream().read());
    }

    static byte[] data(int length) {
        var data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 31 >> 8 ^ i);
        }
        return data;
    }

    final void onOwnSockets(String why) throws Exception {
        Assumptions.assumeTrue(
                Wire.of(plain().client()) instanceof DescriptorWire,
                "on sockets that are not of jevent " + why);
    }

    static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }
}
