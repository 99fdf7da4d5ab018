package dev.jevent.resolver.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.resolver.Families;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The files of the system, and the order of addresses. */
class SettingsTest {

    private static Settings parse(String text) {
        return Settings.parse(text.lines().toList());
    }

    private static List<String> servers(Settings s) {
        return s.servers().stream().map(Report::text).toList();
    }

    @Test
    void resolvConfIsUnderstood() {
        Settings s =
                parse(
                        """
                        # comment
                        ; another
                        nameserver 192.0.2.1
                        nameserver\t2001:db8::1
                        nameserver not.an.address
                        nameserver 192.0.2.3
                        nameserver 192.0.2.4
                        domain old.test
                        search a.test b.test. .
                        options ndots:2 timeout:3 attempts:4 rotate use-vc edns0 inet6 ndots:x
                        options single-request no-aaaa
                        sortlist 130.155.160.0
                        nonsense
                        """);
        assertEquals(
                List.of("192.0.2.1:53", "[2001:db8:0:0:0:0:0:1]:53", "192.0.2.3:53"), servers(s));
        assertEquals(List.of("a.test", "b.test"), s.search());
        assertEquals(2, s.ndots());
        assertEquals(Duration.ofSeconds(3), s.timeout());
        assertEquals(4, s.attempts());
        assertTrue(s.rotate() && s.tcp() && s.oneByOne() && s.noIpv6());
    }

    @Test
    void emptyResolvConfMeansThisMachine() {
        Settings s = parse("");
        assertEquals(Settings.DEFAULT, s);
        assertEquals(List.of("127.0.0.1:53"), servers(s));
        assertEquals(List.of(), s.search());
        assertEquals(1, s.ndots());
        assertEquals(Duration.ofSeconds(5), s.timeout());
        assertEquals(2, s.attempts());
        assertFalse(s.rotate() || s.tcp() || s.oneByOne() || s.noIpv6());
        assertEquals(List.of("x.test"), parse("search a.test\ndomain x.test").search());
        assertEquals(Duration.ofSeconds(30), parse("options timeout:99999").timeout());
        assertEquals(2, parse("options attempts:99999999999999").attempts());
    }

    @Test
    void serversArePutDownWithAndWithoutPorts() {
        assertEquals("192.0.2.1:53", Report.text(Settings.server(" 192.0.2.1 ")));
        assertEquals("192.0.2.1:54", Report.text(Settings.server("192.0.2.1:54")));
        assertEquals("[0:0:0:0:0:0:0:1]:53", Report.text(Settings.server("::1")));
        assertEquals("[0:0:0:0:0:0:0:1]:53", Report.text(Settings.server("[::1]")));
        assertEquals("[0:0:0:0:0:0:0:1]:55", Report.text(Settings.server("[::1]:55")));
        for (String bad :
                List.of("", "x", "1.2.3.4:", "1.2.3.4:0", "[::1", "[::1]x", "1.2.3.4:x")) {
            assertThrows(IllegalArgumentException.class, () -> Settings.server(bad), bad);
        }
    }

    @Test
    void filesOfRubbishAreReadWithoutAnError() throws Exception {
        var random = new Random(6);
        String letters = "ab1.:#% \t-[]nameserver";
        for (int i = 0; i < 20_000; i++) {
            var line = new StringBuilder(i % 3 == 0 ? "nameserver " : i % 3 == 1 ? "options " : "");
            for (int n = random.nextInt(30); n > 0; n--) {
                line.append(letters.charAt(random.nextInt(letters.length())));
            }
            List<String> lines = List.of(line.toString());
            assertFalse(Settings.parse(lines).servers().isEmpty());
            assertTrue(HostsFile.parse(lines).lookup("zz", Families.ANY).isEmpty());
            assertTrue(HostsFile.comesFirst(lines));
        }
    }

    @Test
    void nsswitchSaysWhatComesFirst() {
        assertTrue(HostsFile.comesFirst(List.of()));
        assertTrue(HostsFile.comesFirst(List.of("hosts: files mymachines dns")));
        assertTrue(HostsFile.comesFirst(List.of("hosts: dns")));
        assertTrue(HostsFile.comesFirst(List.of("#hosts: dns files", "passwd: dns files")));
        assertFalse(HostsFile.comesFirst(List.of("hosts:\tdns [NOTFOUND=return] files")));
    }

    @Test
    void addressesThatThisMachineCannotReachComeLast() {
        InetAddress four = InetAddress.ofLiteral("127.0.0.1");
        InetAddress six = InetAddress.ofLiteral("ff1e::1:2"); // multicast: no way without a network
        InetAddress own = InetAddress.ofLiteral("::1");
        List<InetAddress> both = Addresses.ordered(List.of(own, four));
        assertTrue(both.containsAll(List.of(four, own)));
        assertEquals(List.of(six), Addresses.ordered(List.of(six)), "nothing to choose");
        InetAddress nowhere = InetAddress.ofLiteral("100::1"); // discarded, RFC 6666
        List<InetAddress> ordered = Addresses.ordered(List.of(nowhere, four));
        assertEquals(2, ordered.size());
        assertEquals(four, ordered.getFirst());
    }
}
