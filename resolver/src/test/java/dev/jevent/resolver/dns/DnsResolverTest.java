package dev.jevent.resolver.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubClock;
import dev.jevent.Jevent;
import dev.jevent.resolver.Families;
import dev.jevent.resolver.Resolvers;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What DnsResolver finds, and what it remembers. */
class DnsResolverTest extends DnsScenario {

    private static final String[] WWW = {
        "www.test. 300 IN A 192.0.2.1",
        "www.test. 300 IN A 192.0.2.2",
        "www.test. 300 IN AAAA 2001:db8::1",
        "alias.test. 300 IN CNAME middle.test.",
        "middle.test. 20 IN CNAME www.test.",
        "mail.test. 300 IN MX 10 mx1.test.",
        "mail.test. 300 IN MX 20 mx2.test.",
        "mail.test. 300 IN TXT \"v=spf1\" \"-all\"",
        "1.2.0.192.in-addr.arpa. 300 IN PTR www.test.",
        "db.corp.test. 300 IN A 192.0.2.9"
    };

    // ---- names

    @Test
    void addressesOfBothFamiliesAreAskedForTogether() throws Exception {
        var server = server(WWW);
        var dns = asking(server).build();
        assertEquals(
                List.of("192.0.2.1", "192.0.2.2", "2001:db8:0:0:0:0:0:1"),
                texts(dns.lookup("www.test", Families.IPV4_FIRST)));
        assertEquals(List.of("A www.test.", "AAAA www.test."), server.asked);
        assertEquals(server.clients.get(0), server.clients.get(1), "over one socket");
        assertEquals("www.test", dns.lookup("www.test").getFirst().getHostName());
    }

    @Test
    void familiesSelectWhatIsAskedForAndOrderIt() throws Exception {
        var server = server(WWW);
        var dns = asking(server).build();
        assertEquals(
                List.of("192.0.2.1", "192.0.2.2"), texts(dns.lookup("www.test", Families.IPV4)));
        assertEquals(List.of("A www.test."), server.asked);
        assertEquals(List.of("2001:db8:0:0:0:0:0:1"), texts(dns.lookup("www.test", Families.IPV6)));
        assertEquals(
                "2001:db8:0:0:0:0:0:1",
                texts(dns.lookup("www.test", Families.IPV6_FIRST)).getFirst());
        assertEquals(3, dns.lookup("www.test", Families.ANY).size());
        assertEquals(2, server.asked.size(), "the rest was remembered");
    }

    @Test
    void greenletsAndPlainThreadsMayAsk() throws Exception {
        var dns = asking(server(WWW)).build();
        assertEquals(3, Jevent.spawn(() -> dns.lookup("www.test").size()).get());
        dns.clear();
        assertEquals(3, Jevent.blocking(() -> dns.lookup("www.test").size()), "on a worker");
        dns.clear();
        assertEquals(
                3,
                Jevent.blocking(
                        () -> {
                            var size = new int[1];
                            Thread.ofVirtual().start(() -> size[0] = unchecked(dns)).join();
                            return size[0];
                        }));
    }

    private static int unchecked(DnsResolver dns) {
        try {
            return dns.lookup("www.test").size();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void searchListIsGoneThroughInTheOrderThatTheDotsSay() throws Exception {
        var server = server(WWW);
        var dns = asking(server).search("a.test", "corp.test").ndots(1).build();
        assertEquals(List.of("192.0.2.9"), texts(dns.lookup("db", Families.IPV4)));
        assertEquals(List.of("A db.a.test.", "A db.corp.test."), server.asked);
        server.asked.clear();
        assertEquals(List.of("192.0.2.9"), texts(dns.lookup("db.corp.test", Families.IPV4)));
        assertEquals(List.of(), server.asked, "remembered by its whole name");
        assertTrue(failure(() -> dns.lookup("no.such", Families.IPV4)).contains("no such name"));
        assertEquals(
                List.of("A no.such.", "A no.such.a.test.", "A no.such.corp.test."), server.asked);
        server.asked.clear();
        String said = failure(() -> dns.lookup("db.", Families.IPV4));
        assertEquals(List.of("A db."), server.asked, "a dot at the end: as it is");
        assertEquals(
                "db.: there is no such name, asked as db; 127.0.0.1:"
                        + server.port()
                        + " said NXDOMAIN to A",
                said);
    }

    @Test
    void manyDotsAreNeededIfNdotsSaysSo() throws Exception {
        var server = server(WWW);
        var dns = asking(server).search("corp.test").ndots(3).build();
        assertEquals(2, dns.lookup("www.test", Families.IPV4).size());
        assertEquals(List.of("A www.test.corp.test.", "A www.test."), server.asked);
    }

    @Test
    void aliasesAreFollowedInsideOfAnAnswer() throws Exception {
        var server = server(WWW);
        var dns = asking(server).build();
        assertEquals(3, dns.lookup("alias.test", Families.ANY).size());
        assertEquals(2, server.asked.size());
    }

    @Test
    void aliasesAreFollowedAcrossAnswers() throws Exception {
        var server = server("www.test. 300 IN A 192.0.2.1", "www.test. 300 IN AAAA 2001:db8::1");
        server.handler =
                (query, tcp) -> {
                    String name = query.getQuestion().getName().toString();
                    if (!name.startsWith("a")) {
                        return server.fromZone(query).toWire();
                    }
                    Message m = NameServer.reply(query, Rcode.NOERROR);
                    String target = name.equals("a.test.") ? "aa.test." : "www.test.";
                    m.addRecord(record(name + " 60 IN CNAME " + target), Section.ANSWER);
                    return m.toWire();
                };
        var dns = asking(server).build();
        assertEquals(2, dns.lookup("a.test", Families.ANY).size());
        assertEquals(
                List.of(
                        "A a.test.",
                        "AAAA a.test.",
                        "A aa.test.",
                        "AAAA aa.test.",
                        "A www.test.",
                        "AAAA www.test."),
                server.asked);
    }

    static Record record(String text) throws Exception {
        var holder = new Record[1];
        String[] w = text.split("\\s+", 5);
        holder[0] =
                Record.fromString(
                        org.xbill.DNS.Name.fromString(w[0]),
                        Type.value(w[3]),
                        org.xbill.DNS.DClass.IN,
                        Long.parseLong(w[1]),
                        w[4],
                        org.xbill.DNS.Name.root);
        return holder[0];
    }

    @Test
    void circleOfAliasesEnds() throws Exception {
        var server =
                server(
                        "a.test. 60 IN CNAME b.test.",
                        "b.test. 60 IN CNAME a.test.",
                        "self.test. 60 IN CNAME self.test.");
        var dns = asking(server).build();
        assertTrue(failure(() -> dns.lookup("a.test")).endsWith("(CNAME) lead in a circle"));
        assertTrue(failure(() -> dns.lookup("self.test")).endsWith("(CNAME) lead in a circle"));
        server.handler =
                (query, tcp) -> {
                    String name = query.getQuestion().getName().toString();
                    Message m = NameServer.reply(query, Rcode.NOERROR);
                    m.addRecord(record(name + " 60 IN CNAME x" + name), Section.ANSWER);
                    return m.toWire();
                };
        assertTrue(failure(() -> dns.lookup("far.test")).endsWith("(CNAME) lead too far"));
    }

    @Test
    void nameWithoutAddressAndNameThatIsNoneAreToldApart() throws Exception {
        var server = server(WWW);
        var dns = asking(server).build();
        String at = "127.0.0.1:" + server.port();
        assertEquals(
                "mail.test: the name has no address of the family asked for; "
                        + at
                        + " said NODATA to A, "
                        + at
                        + " said NODATA to AAAA",
                failure(() -> dns.lookup("mail.test", Families.ANY)));
        assertEquals(
                "none.test: there is no such name; "
                        + at
                        + " said NXDOMAIN to A, "
                        + at
                        + " said NXDOMAIN to AAAA",
                failure(() -> dns.lookup("none.test", Families.ANY)));
        assertEquals(3, dns.lookup("www.test", Families.ANY).size());
    }

    @Test
    void namesThatCannotBeHostsAreNotAskedFor() throws Exception {
        var server = server(WWW);
        var dns = asking(server).build();
        String long63 = "x".repeat(63);
        String long64 = "x".repeat(64);
        String long254 = (long63 + ".").repeat(4).substring(0, 254);
        for (String bad :
                List.of(
                        ".",
                        "..",
                        "a..b",
                        ".a",
                        "a b",
                        "-a",
                        "a.-b",
                        "a/b",
                        "a\0b",
                        "ä ",
                        long64,
                        long254 + "x",
                        "a,b",
                        "\u2024\u2024")) {
            String said = failure(() -> dns.lookup(bad));
            assertTrue(said.contains("not the name of a host"), said);
        }
        assertEquals(List.of(), server.asked);
        failure(() -> dns.lookup(long63 + ".a_b.c-d.test", Families.IPV4));
        assertEquals(List.of("A " + long63 + ".a_b.c-d.test."), server.asked);
    }

    @Test
    void lettersOfOtherAlphabetsAreAskedForInAscii() throws Exception {
        var server = server("xn--bcher-kva.test. 60 IN A 192.0.2.7");
        var dns = asking(server).build();
        assertEquals(List.of("192.0.2.7"), texts(dns.lookup("Bücher.test", Families.IPV4)));
    }

    @Test
    void localhostIsTheLoopbackInterfaceWhateverTheServersSay() throws Exception {
        var server = server("localhost. 60 IN A 192.0.2.66", "x.localhost. 60 IN A 192.0.2.66");
        var dns = asking(server).build();
        for (String name : List.of("localhost", "LocalHost.", "x.localhost", "a.b.localhost")) {
            assertEquals(
                    List.of("127.0.0.1", "0:0:0:0:0:0:0:1"),
                    texts(dns.lookup(name, Families.IPV4_FIRST)));
        }
        assertEquals(List.of("0:0:0:0:0:0:0:1"), texts(dns.lookup("localhost", Families.IPV6)));
        assertEquals("localhost", dns.reverse(InetAddress.ofLiteral("::1")));
        assertEquals(List.of(), server.asked);
    }

    @Test
    void namesOfMulticastDnsAreAskedForOnlyByWhoWantsThat() throws Exception {
        var server = server("p.local. 60 IN A 192.0.2.5", "p.x.local. 60 IN A 192.0.2.6");
        assertTrue(failure(() -> asking(server).build().lookup("p.local")).contains("multicast"));
        assertEquals(List.of(), server.asked);
        assertEquals(1, asking(server).askLocal(true).build().lookup("p.local").size());
        assertEquals(
                List.of("192.0.2.6"),
                texts(asking(server).search("x.local").build().lookup("p", Families.IPV4)));
        assertEquals(1, asking(server).search("x.local").build().lookup("p.local").size());
    }

    // ---- addresses and records

    @Test
    void addressHasAName() throws Exception {
        var server = server(WWW);
        var dns = asking(server).build();
        assertEquals("www.test", dns.reverse(InetAddress.ofLiteral("192.0.2.1")));
        String said = failure(() -> dns.reverse(InetAddress.ofLiteral("2001:db8::2")));
        assertTrue(said.startsWith("2001:db8:0:0:0:0:0:2: there is no such name;"), said);
        assertEquals(2, server.asked.size());
    }

    @Test
    void recordsOfAnyTypeCanBeAskedFor() throws Exception {
        var server = server(WWW);
        var dns = asking(server).search("corp.test").build();
        List<Record> mail = dns.query("mail.test", Type.MX);
        assertEquals(2, mail.size());
        assertEquals("mx1.test.", ((MXRecord) mail.get(0)).getTarget().toString());
        assertEquals(
                "\"v=spf1\" \"-all\"", dns.query("mail.test", Type.TXT).get(0).rdataToString());
        assertEquals(2, dns.query("alias.test", Type.A).size(), "through the alias");
        assertEquals(1, dns.query("alias.test", Type.CNAME).size(), "the alias itself");
        assertEquals(List.of(), dns.query("mail.test", Type.SRV));
        assertTrue(failure(() -> dns.query("db", Type.A)).contains("no such name"), "no search");
        assertTrue(failure(() -> dns.query("a..b", Type.A)).contains("not a name"));
        assertThrows(IllegalArgumentException.class, () -> dns.query("mail.test", -1));
    }

    // ---- memory

    @Test
    void answerIsRememberedAsLongAsItsTtlSays() throws Exception {
        var clock = HubClock.install();
        var server = server(WWW);
        var dns = asking(server).build();
        dns.lookup("alias.test", Families.IPV4); // the least TTL of the chain is 20 s
        clock.add(Duration.ofSeconds(19));
        dns.lookup("alias.test", Families.IPV4);
        assertEquals(1, server.asked.size());
        clock.add(Duration.ofSeconds(2));
        dns.lookup("alias.test", Families.IPV4);
        assertEquals(2, server.asked.size());
        clock.add(Duration.ofSeconds(30));
        server.handler = (query, tcp) -> NameServer.reply(query, Rcode.SERVFAIL).toWire();
        failure(() -> dns.lookup("alias.test", Families.IPV4));
        assertEquals(1, dns.statistics().hits(), "what does not hold any more is not served");
    }

    @Test
    void denialIsRememberedAsLongAsTheZoneSays() throws Exception {
        var clock = HubClock.install();
        var server = server(WWW);
        var dns = asking(server).build();
        for (int i = 0; i < 2; i++) {
            failure(() -> dns.lookup("none.test", Families.IPV4));
            failure(() -> dns.lookup("none.test", Families.IPV6));
            failure(() -> dns.query("none.test", Type.MX));
            failure(() -> dns.lookup("mail.test", Families.IPV4));
        }
        assertEquals(
                List.of("A none.test.", "AAAA none.test.", "MX none.test.", "A mail.test."),
                server.asked,
                "a denial counts for its type");
        assertEquals(2, dns.query("mail.test", Type.MX).size(), "another type is another matter");
        clock.add(Duration.ofSeconds(31));
        server.add("none.test. 60 IN A 192.0.2.4");
        assertEquals(1, dns.lookup("none.test", Families.IPV4).size());
    }

    @Test
    void ttlIsClampedAndZeroIsNotKept() throws Exception {
        var clock = HubClock.install();
        var server =
                server(
                        "short.test. 1 IN A 192.0.2.1",
                        "long.test. 900000 IN A 192.0.2.1",
                        "zero.test. 0 IN A 192.0.2.1");
        var dns =
                asking(server)
                        .ttl(Duration.ofSeconds(10), Duration.ofSeconds(100))
                        .negativeTtl(Duration.ofSeconds(5))
                        .build();
        for (String name : List.of("short.test", "long.test", "zero.test", "zero.test")) {
            dns.lookup(name, Families.IPV4);
        }
        failure(() -> dns.lookup("none.test", Families.IPV4));
        assertEquals(5, server.asked.size());
        server.asked.clear();
        clock.add(Duration.ofSeconds(9));
        dns.lookup("short.test", Families.IPV4);
        failure(() -> dns.lookup("none.test", Families.IPV4));
        assertEquals(List.of("A none.test."), server.asked);
        clock.add(Duration.ofSeconds(92));
        dns.lookup("long.test", Families.IPV4);
        assertEquals(List.of("A none.test.", "A long.test."), server.asked);
    }

    @Test
    void leastRecentlyUsedGoesFirst() throws Exception {
        var server =
                server(
                        "a.test. 60 IN A 192.0.2.1",
                        "b.test. 60 IN A 192.0.2.1",
                        "c.test. 60 IN A 192.0.2.1");
        var dns = asking(server).cache(2).build();
        for (String name : List.of("a.test", "b.test", "a.test", "c.test", "a.test", "b.test")) {
            dns.lookup(name, Families.IPV4);
        }
        assertEquals(List.of("A a.test.", "A b.test.", "A c.test.", "A b.test."), server.asked);
        assertEquals(2, dns.statistics().cached());
        dns.clear();
        assertEquals(0, dns.statistics().cached());
        var none = asking(server).cache(0).build();
        none.lookup("a.test", Families.IPV4);
        none.lookup("a.test", Families.IPV4);
        assertEquals(0, none.statistics().hits());
    }

    @Test
    void failureToAnswerIsNotRemembered() throws Exception {
        var server = server(WWW);
        NameServer.Handler well = server.handler;
        server.handler = (query, tcp) -> NameServer.reply(query, Rcode.SERVFAIL).toWire();
        var dns = asking(server).build();
        failure(() -> dns.lookup("www.test"));
        server.handler = well;
        assertEquals(3, dns.lookup("www.test", Families.ANY).size());
    }

    // ---- files

    @Test
    void hostsFileComesFirstAndIsReadAgainWhenItChanges() throws Exception {
        var clock = HubClock.install();
        var server = server(WWW);
        hosts(
                """
                # comment
                192.0.2.50 www.test www # the one
                2001:db8::50\tWWW.test
                192.0.2.51 www.test
                rubbish x
                192.0.2.52
                """);
        var dns = asking(server).build();
        assertEquals(
                List.of("192.0.2.50", "192.0.2.51", "2001:db8:0:0:0:0:0:50"),
                texts(dns.lookup("www.test", Families.IPV4_FIRST)));
        assertEquals(List.of("192.0.2.50"), texts(dns.lookup("WWW")));
        assertEquals("www.test", dns.reverse(InetAddress.ofLiteral("192.0.2.50")));
        assertEquals("WWW.test", dns.reverse(InetAddress.ofLiteral("2001:db8::50")));
        assertEquals(List.of(), server.asked);

        hosts("192.0.2.99 www\n");
        assertEquals(2, dns.lookup("www.test", Families.IPV4).size());
        assertEquals(
                List.of("192.0.2.50", "192.0.2.51"), texts(dns.lookup("www.test", Families.IPV4)));
        clock.add(Duration.ofSeconds(6));
        assertEquals(
                List.of("192.0.2.1", "192.0.2.2"), texts(dns.lookup("www.test", Families.IPV4)));
        Files.delete(folder.resolve("hosts"));
        clock.add(Duration.ofSeconds(6));
        failure(() -> dns.lookup("www"));
    }

    @Test
    void familyThatTheHostsFileHasNotIsAskedFor() throws Exception {
        var server = server(WWW);
        hosts("192.0.2.50 www.test\n");
        var dns = asking(server).build();
        assertEquals(List.of("2001:db8:0:0:0:0:0:1"), texts(dns.lookup("www.test", Families.IPV6)));
        assertEquals(1, dns.lookup("www.test", Families.ANY).size());
        assertEquals(1, server.asked.size());
    }

    @Test
    void serversComeFirstIfNsswitchSaysSo() throws Exception {
        var server = server(WWW);
        hosts("192.0.2.50 www.test other.test\n");
        Files.writeString(folder.resolve("nsswitch.conf"), "passwd: files\nhosts: dns files\n");
        var dns = asking(server).build();
        assertEquals(2, dns.lookup("www.test", Families.IPV4).size());
        assertEquals(List.of("192.0.2.50"), texts(dns.lookup("other.test")));
        assertEquals("www.test", dns.reverse(InetAddress.ofLiteral("192.0.2.50")));
    }

    @Test
    void resolvConfIsReadAgainWhenItChanges() throws Exception {
        var clock = HubClock.install();
        Path conf = folder.resolve("resolv.conf");
        Files.writeString(conf, "nameserver 127.0.0.1\nsearch a.test\noptions attempts:1\n");
        var server = server("x.a.test. 60 IN A 192.0.2.1", "x.b.test. 60 IN A 192.0.2.2");
        var dns =
                DnsResolver.builder()
                        .servers(List.of(server.address()))
                        .resolvConf(conf)
                        .hostsFile(folder.resolve("hosts"))
                        .nsswitch(folder.resolve("nsswitch.conf"))
                        .build();
        assertEquals(List.of("192.0.2.1"), texts(dns.lookup("x", Families.IPV4)));
        Files.writeString(conf, "search b.test b.test\n");
        clock.add(Duration.ofSeconds(6));
        assertEquals(List.of("192.0.2.2"), texts(dns.lookup("x", Families.IPV4)));
    }

    // ---- many

    @Test
    void sameNameAskedByManyIsOneQuestionAndAKilledFirstOneDoesNotMatter() throws Exception {
        var server = server(WWW);
        NameServer.Handler well = server.handler;
        var gate = new dev.jevent.event.Event();
        server.handler =
                (query, tcp) -> {
                    gate.await();
                    return well.answer(query, tcp);
                };
        var dns = asking(server).build();
        List<Greenlet<List<InetAddress>>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(Jevent.spawn(() -> dns.lookup("www.test", Families.IPV4)));
        }
        while (server.asked.isEmpty()) {
            Jevent.sleep(1);
        }
        all.getFirst().kill();
        assertTrue(all.getFirst().isCancelled());
        gate.set();
        for (var g : all.subList(1, 50)) {
            assertEquals(2, g.get().size());
        }
        assertEquals(List.of("A www.test.", "A www.test."), server.asked, "one asked anew");
    }

    @Test
    void thousandLookUpsAtOnce() throws Exception {
        var server = server();
        for (int i = 0; i < 1000; i++) {
            server.add("h" + i + ".test. 60 IN A 10.0." + i / 256 + "." + i % 256);
            server.add("h" + i + ".test. 60 IN AAAA 2001:db8::" + Integer.toHexString(i));
        }
        var dns = asking(server).build();
        assertEquals(1000, run(dns), "names found");
        assertEquals(2000, server.asked.size());
        assertEquals(0, dns.statistics().unanswered());
        Set<Object> ports = new HashSet<>(server.clients);
        Set<Integer> ids = new HashSet<>(server.ids);
        assertTrue(ports.size() > 100, "source ports: " + ports.size());
        assertTrue(ids.size() > 1800, "ids: " + ids.size());
        int open = openDescriptors();
        assertEquals(1000, run(dns));
        assertEquals(2000, dns.statistics().hits());
        dns.clear();
        assertEquals(1000, run(dns));
        assertEquals(open, openDescriptors(), "no descriptor is left open");
    }

    private static int run(DnsResolver dns) throws Exception {
        List<Greenlet<List<InetAddress>>> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            String name = "h" + i + ".test";
            all.add(Jevent.spawn(() -> dns.lookup(name, Families.IPV4_FIRST)));
        }
        int found = 0;
        for (int i = 0; i < 1000; i++) {
            List<InetAddress> a = all.get(i).get();
            found += a.size() == 2 && (a.get(0).getAddress()[3] & 0xFF) == i % 256 ? 1 : 0;
        }
        return found;
    }

    static int openDescriptors() {
        String[] names = new java.io.File("/proc/self/fd").list();
        org.junit.jupiter.api.Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }

    // ---- the door

    @Test
    void isFoundByItsName() {
        var dns = assertInstanceOf(DnsResolver.class, Resolvers.named("dns"));
        assertEquals("resolver \"dns\" (the servers of /etc/resolv.conf)", dns.toString());
        assertInstanceOf(DnsResolver.class, Resolvers.named("dns,thread"));
        System.setProperty("jevent.resolver.nameservers", "192.0.2.1, [2001:db8::1]:5353");
        System.setProperty("jevent.resolver.timeout", "0.5");
        try {
            assertEquals(
                    "resolver \"dns\" (192.0.2.1:53, [2001:db8:0:0:0:0:0:1]:5353)",
                    Resolvers.named("dns").toString());
            for (String wrong : List.of("soon", "0", "-1", "1e-12", "NaN", "1e9", "")) {
                System.setProperty("jevent.resolver.timeout", wrong);
                var e = assertThrows(IllegalArgumentException.class, () -> Resolvers.named("dns"));
                assertEquals(
                        "-Djevent.resolver.timeout="
                                + wrong
                                + ": it has to be a number of seconds above zero",
                        e.getMessage());
            }
            System.setProperty("jevent.resolver.nameservers", "ns.test");
            var e = assertThrows(IllegalArgumentException.class, () -> Resolvers.named("dns"));
            assertTrue(e.getMessage().startsWith("-Djevent.resolver.nameservers=ns.test: a name"));
        } finally {
            System.clearProperty("jevent.resolver.nameservers");
            System.clearProperty("jevent.resolver.timeout");
        }
        var e = assertThrows(IllegalArgumentException.class, () -> Resolvers.named("dnss"));
        assertTrue(e.getMessage().endsWith("there are blocking, dns, system, thread"));
    }

    @Test
    void inetAddressAsksTheServersOnceItIsInUse() throws Exception {
        var server = server(WWW);
        var dns = asking(server).build();
        var before = Resolvers.use(dns);
        try {
            assertTrue(Resolvers.areInInetAddress());
            var g = Jevent.spawn(() -> InetAddress.getAllByName("www.test"));
            assertEquals("192.0.2.1", g.get()[0].getHostAddress());
            assertEquals(1, dns.statistics().lookups());
            assertEquals("www.test", InetAddress.ofLiteral("192.0.2.1").getCanonicalHostName());
        } finally {
            assertSame(dns, Resolvers.use(before));
        }
    }

    @Test
    void wrongSettingsFailAtTheDoor() {
        var b = DnsResolver.builder();
        assertThrows(IllegalArgumentException.class, () -> b.servers("ns1.test"));
        assertThrows(IllegalArgumentException.class, () -> b.servers("1.2.3.4:99999"));
        assertThrows(IllegalArgumentException.class, () -> b.servers(""));
        assertThrows(IllegalArgumentException.class, () -> b.servers(List.of()));
        assertThrows(IllegalArgumentException.class, () -> b.timeout(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> b.timeout(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> b.attempts(0));
        assertThrows(IllegalArgumentException.class, () -> b.ndots(-1));
        assertThrows(IllegalArgumentException.class, () -> b.cache(-1));
        assertThrows(NullPointerException.class, () -> b.timeout(null));
    }
}
