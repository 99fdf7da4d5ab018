package dev.jevent.resolver.dns;

import dev.jevent.Action;
import dev.jevent.Hub;
import dev.jevent.Jevent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A fresh hub, name servers on the loopback interface, and no files of the system. */
abstract class DnsScenario {

    @TempDir Path folder;
    Hub hub;
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeEach
    void aFreshHub() {
        hub = Hub.get();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (AutoCloseable c : toClose) {
            c.close();
        }
        hub.destroy();
    }

    NameServer server(String... records) throws IOException {
        var server = new NameServer(records);
        toClose.add(server);
        return server;
    }

    /** Asks those servers, waits not long, and knows no hosts. */
    DnsResolver.Builder asking(NameServer... servers) {
        return DnsResolver.builder()
                .servers(java.util.Arrays.stream(servers).map(NameServer::address).toList())
                .timeout(Duration.ofSeconds(5))
                .hostsFile(folder.resolve("hosts"))
                .nsswitch(folder.resolve("nsswitch.conf"));
    }

    void hosts(String text) throws IOException {
        Files.writeString(folder.resolve("hosts"), text);
    }

    static List<String> texts(List<InetAddress> addresses) {
        return addresses.stream().map(InetAddress::getHostAddress).toList();
    }

    static String failure(Action action) {
        var e = Assertions.assertThrows(UnknownHostException.class, action::run);
        return e.getMessage();
    }

    static void turns(int n) {
        for (int i = 0; i < n; i++) {
            Jevent.sleep(0);
        }
    }

    static boolean isPortable() {
        return Jevent.getHub().loop().backend().equals("park");
    }
}
