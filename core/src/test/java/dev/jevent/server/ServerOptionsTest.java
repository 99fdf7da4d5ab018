package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.OtherHub;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class ServerOptionsTest extends ServerScenario {

    @Test
    void addressesAreWrittenAsInGevent() throws Exception {
        assertEquals(new InetSocketAddress(80), BaseServer.parseAddress(":80"));
        assertEquals(new InetSocketAddress(80), BaseServer.parseAddress("*:80"));
        assertEquals(new InetSocketAddress(80), BaseServer.parseAddress("80"));
        assertEquals(
                new InetSocketAddress(InetAddress.ofLiteral("::1"), 80),
                BaseServer.parseAddress("[::1]:80"));
        assertEquals(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                BaseServer.parseAddress("127.0.0.1:0"));
        assertEquals(
                InetSocketAddress.createUnresolved("localhost", 65535),
                BaseServer.parseAddress("localhost:65535"));
        assertEquals(
                UnixDomainSocketAddress.of("/run/my.sock"),
                BaseServer.parseAddress("unix:/run/my.sock"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                "host:x",
                "host:-1",
                "host:65536",
                "host:999999",
                "::1:80",
                "[::1:80",
                "[::x]:80",
                "[]:80",
                "1.2.3.4.5:80",
                "unix:",
                "unix:a\0b",
                "host:٣"
            })
    void aBadAddressIsToldInOneSentence(String address) {
        var e =
                assertThrows(
                        IllegalArgumentException.class, () -> BaseServer.parseAddress(address));
        assertTrue(e.getMessage().startsWith("cannot listen to '" + address + "': "));
    }

    @Test
    void aNameIsLookedUpWhenItStarts() throws Exception {
        StreamServer server =
                started(closing(new StreamServer("localhost:0", ServerScenario::echo)));
        assertTrue(server.port() > 0);
        together(() -> talk(server));
        var unknown = closing(new StreamServer("no-such-host.invalid:0", ServerScenario::echo));
        assertThrows(UnknownHostException.class, unknown::start);
    }

    @Test
    void optionsAreSetBeforeTheStart() throws Exception {
        StreamServer server = started(server(ServerScenario::echo));
        assertThrows(IllegalStateException.class, () -> server.spawn(3));
        assertThrows(IllegalStateException.class, () -> server.maxAccept(3));
        assertThrows(IllegalStateException.class, () -> server.backlog(3));
        assertThrows(IllegalStateException.class, () -> server.maxConnections(3));
        assertThrows(IllegalStateException.class, () -> server.reusePort(true));
        assertThrows(IllegalStateException.class, () -> server.listen(":0"));
        assertThrows(
                IllegalStateException.class, () -> server.proxyProtocol(ProxyProtocol.REQUIRED));
        assertThrows(IllegalStateException.class, () -> server.unixPermissions("rw-------"));
        assertThrows(IllegalStateException.class, () -> server.stopTimeout(LONG));
    }

    @Test
    void badOptionsFailAtTheDoor() throws Exception {
        var server = server(ServerScenario::echo);
        assertThrows(IllegalArgumentException.class, () -> server.maxAccept(0));
        assertThrows(IllegalArgumentException.class, () -> server.maxConnections(0));
        assertThrows(IllegalArgumentException.class, () -> server.backlog(0));
        assertThrows(IllegalArgumentException.class, () -> server.unixPermissions("0660"));
        assertThrows(IllegalArgumentException.class, () -> server.stopTimeout(LONG.negated()));
        assertThrows(NullPointerException.class, () -> server.spawn(null));
        assertThrows(NullPointerException.class, () -> server.tls((StreamServer.TlsWrapper) null));
        ServerSocket given = closing(Sockets.listen(loopback()));
        var second = closing(new StreamServer(given, ServerScenario::echo));
        assertThrows(IllegalArgumentException.class, () -> second.backlog(3));
        var third = server(ServerScenario::echo).unixPermissions("rw-------");
        assertThrows(IllegalArgumentException.class, third::start);
        assertFalse(third.started());
    }

    @Test
    void itsTextSaysWhereItIsAndHowItDoes() throws Exception {
        var server = new StreamServer("127.0.0.1:0", ServerScenario::echo);
        assertEquals("StreamServer[127.0.0.1:0, not started, 0 running, 0 accepted]", server + "");
        started(server);
        together(() -> talk(server));
        until(() -> server.connections() == 0);
        String here = "127.0.0.1:" + server.port();
        assertEquals("StreamServer[" + here + ", 0 running, 1 accepted]", server + "");
        server.stop();
        assertEquals("StreamServer[" + here + ", closed, 0 running, 1 accepted]", server + "");
    }

    @Test
    void twoHubsShareOnePort() throws Exception {
        Assumptions.assumeTrue(
                new ServerSocket().supportedOptions().toString().contains("SO_REUSEPORT"),
                "this system has no SO_REUSEPORT");
        var here = new AtomicInteger();
        var there = new AtomicInteger();
        StreamServer mine =
                closing(new StreamServer(loopback(), s -> here.incrementAndGet()).reusePort(true));
        mine.start();
        var address = mine.address();
        try (var other = new OtherHub()) {
            var theirs = new StreamServer(address, s -> there.incrementAndGet()).reusePort(true);
            other.spawn(theirs::start).get();
            together(
                    () -> {
                        List<Socket> clients = new ArrayList<>();
                        for (int i = 0; i < 100; i++) {
                            clients.add(connect(mine));
                        }
                        for (Socket c : clients) {
                            assertEquals(-1, c.getInputStream().read());
                            c.close();
                        }
                    });
            assertEquals(100, here.get() + there.get());
            assertTrue(here.get() > 0 && there.get() > 0, here + " here, " + there + " there");
            theirs.stop();
        }
        var alone = closing(new StreamServer(address, ServerScenario::echo));
        assertThrows(IOException.class, alone::start);
    }
}
