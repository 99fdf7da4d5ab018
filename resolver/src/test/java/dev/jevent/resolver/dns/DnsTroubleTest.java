package dev.jevent.resolver.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.resolver.Families;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** One thing that is broken hides nothing that is well. */
class DnsTroubleTest extends DnsScenario {

    private static final String A = "www.test. 300 IN A 192.0.2.1";
    private static final String AAAA = "www.test. 300 IN AAAA 2001:db8::1";
    private static final Duration SHORT = Duration.ofMillis(30);

    // ---- one type

    /** The server says that to one type, and answers the other one some time later. */
    private NameServer denying(int denied, int code, String... records) throws Exception {
        var server = server(records);
        NameServer.Handler well = server.handler;
        server.handler =
                (query, tcp) -> {
                    if (query.getQuestion().getType() != denied) {
                        return well.answer(query, tcp);
                    }
                    Message m = NameServer.reply(query, code);
                    m.addRecord(DnsResolverTest.record(NameServer.SOA), Section.AUTHORITY);
                    return m.toWire();
                };
        return server;
    }

    @ParameterizedTest
    @CsvSource({
        "AAAA, NXDOMAIN, false",
        "AAAA, NXDOMAIN, true",
        "A, NXDOMAIN, false",
        "A, NXDOMAIN, true",
        "AAAA, SERVFAIL, false",
        "A, REFUSED, false",
        "AAAA, NOTIMP, false",
        "A, FORMERR, true"
    })
    void whatIsSaidToOneTypeHidesNoneOfTheOther(String type, String code, boolean tcp)
            throws Exception {
        int denied = Type.value(type);
        var server = denying(denied, Rcode.value(code), A, AAAA);
        NameServer.Handler handler = server.handler;
        server.handler =
                (query, overTcp) -> {
                    if (query.getQuestion().getType() == denied) {
                        return handler.answer(query, overTcp);
                    }
                    // the denial goes first
                    Jevent.spawnLater(
                            Duration.ofMillis(1), () -> answerLater(server, query, overTcp));
                    return overTcp ? handler.answer(query, true) : null;
                };
        var dns = asking(server).useTcp(tcp).build();
        String there = denied == Type.A ? "2001:db8:0:0:0:0:0:1" : "192.0.2.1";
        for (Families both : List.of(Families.ANY, Families.IPV4_FIRST, Families.IPV6_FIRST)) {
            assertEquals(List.of(there), texts(dns.lookup("www.test", both)));
        }
        Families one = denied == Type.A ? Families.IPV6 : Families.IPV4;
        assertEquals(List.of(there), texts(dns.lookup("www.test", one)), "nor in the cache");
    }

    private static void answerLater(NameServer server, Message query, boolean tcp)
            throws Exception {
        if (!tcp) {
            server.send(server.fromZone(query).toWire());
        }
    }

    @Test
    void typeThatOneServerDeniesAndAnotherTypeThatItFailsToAnswerGoesToTheNextServer()
            throws Exception {
        var half = denying(Type.AAAA, Rcode.NXDOMAIN);
        NameServer.Handler denying = half.handler;
        half.handler =
                (query, tcp) ->
                        query.getQuestion().getType() == Type.A
                                ? NameServer.reply(query, Rcode.SERVFAIL).toWire()
                                : denying.answer(query, tcp);
        var dns = asking(half, server(A)).build();
        assertEquals(List.of("192.0.2.1"), texts(dns.lookup("www.test", Families.ANY)));
    }

    @Test
    void aliasesOfOneTypeThatLeadInACircleHideNothingOfTheOther() throws Exception {
        var server = server(A);
        NameServer.Handler well = server.handler;
        server.handler =
                (query, tcp) -> {
                    if (query.getQuestion().getType() == Type.A) {
                        return well.answer(query, tcp);
                    }
                    Message m = NameServer.reply(query, Rcode.NOERROR);
                    m.addRecord(
                            DnsResolverTest.record("www.test. 60 IN CNAME www.test."),
                            Section.ANSWER);
                    return m.toWire();
                };
        var dns = asking(server).build();
        assertEquals(List.of("192.0.2.1"), texts(dns.lookup("www.test", Families.ANY)));
    }

    // ---- one domain of the search list

    /** What a server does with names in {@code bad.test}. */
    private NameServer withBadDomain(NameServer.Handler bad) throws Exception {
        var server = server("db.good.test. 60 IN A 192.0.2.9", "db.good.test. 60 IN AAAA ::9:9");
        NameServer.Handler well = server.handler;
        server.handler =
                (query, tcp) ->
                        (query.getQuestion().getName().toString().endsWith("bad.test.")
                                        ? bad
                                        : well)
                                .answer(query, tcp);
        return server;
    }

    @ParameterizedTest
    @ValueSource(strings = {"silence", "SERVFAIL", "REFUSED", "NOTIMP", "FORMERR", "circle"})
    void domainThatFailsDoesNotKeepTheNextOnesFromBeingAsked(String fault) throws Exception {
        var server =
                withBadDomain(
                        (query, tcp) -> {
                            if (fault.equals("silence")) {
                                return null;
                            }
                            if (!fault.equals("circle")) {
                                return NameServer.reply(query, Rcode.value(fault)).toWire();
                            }
                            Message m = NameServer.reply(query, Rcode.NOERROR);
                            String name = query.getQuestion().getName().toString();
                            m.addRecord(
                                    DnsResolverTest.record(name + " 60 IN CNAME " + name),
                                    Section.ANSWER);
                            return m.toWire();
                        });
        for (List<String> order :
                List.of(List.of("bad.test", "good.test"), List.of("good.test", "bad.test"))) {
            var dns = asking(server).timeout(SHORT).search(order.toArray(String[]::new)).build();
            assertEquals(List.of("192.0.2.9"), texts(dns.lookup("db", Families.IPV4)));
            assertEquals(2, dns.lookup("db", Families.ANY).size());
        }
    }

    @Test
    void silentDomainLeavesTimeForTheNextOne() throws Exception {
        var server = withBadDomain((query, tcp) -> null);
        var dns =
                asking(server, server)
                        .timeout(SHORT)
                        .attempts(1000)
                        .lookupTimeout(Duration.ofMillis(400))
                        .search("bad.test", "good.test")
                        .build();
        assertEquals(List.of("192.0.2.9"), texts(dns.lookup("db", Families.IPV4)));
    }

    @Test
    void whereNobodySpeaksEachFurtherNameIsAskedForOnce() throws Exception {
        var dead = server();
        dead.handler = (query, tcp) -> null;
        var dns = asking(dead).timeout(SHORT).attempts(2).search("a.test", "b.test").build();
        failure(() -> dns.lookup("db", Families.IPV4));
        assertEquals(List.of("A db.a.test.", "A db.a.test.", "A db.b.test.", "A db."), dead.asked);
    }

    @Test
    void domainsThatCannotBePartOfANameArePassedOver() throws Exception {
        Path conf = folder.resolve("resolv.conf");
        String long64 = "x".repeat(64);
        Files.writeString(
                conf,
                "search a..b .c -d e/f " + long64 + " . \u00e4\u0080 good.test. good.test # no\n");
        var server = server("db.good.test. 60 IN A 192.0.2.9");
        var dns =
                DnsResolver.builder()
                        .servers(List.of(server.address()))
                        .resolvConf(conf)
                        .hostsFile(folder.resolve("hosts"))
                        .nsswitch(folder.resolve("nsswitch.conf"))
                        .build();
        assertEquals(List.of("192.0.2.9"), texts(dns.lookup("db", Families.IPV4)));
        assertEquals("A db.good.test.", server.asked.getLast());
        server.asked.clear();
        failure(() -> dns.lookup("none", Families.IPV4));
        assertEquals(1, server.asked.stream().filter(q -> q.contains("none.good.test")).count());
        var builder = DnsResolver.builder();
        for (String bad : List.of("a..b", ".c", "-d", "e/f", long64, "a b")) {
            var e =
                    assertThrows(
                            IllegalArgumentException.class, () -> builder.search("a.test", bad));
            assertTrue(e.getMessage().startsWith("a domain to search in: "), e.getMessage());
        }
    }

    // ---- scopes

    private static int scope(InetAddress address) {
        return ((Inet6Address) address).getScopeId();
    }

    /** Most often one without a link-local address, so that the JDK takes it for no scope. */
    private static NetworkInterface loopback() throws Exception {
        return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    }

    @Test
    void scopeInTheHostsFileIsKept() throws Exception {
        NetworkInterface lo = loopback();
        hosts(
                """
                fe80::1%%7 router gate.
                fe80::1%%8 router
                fe80::1%%7 router
                fe80::2%%%s here
                fe80::3%%no-such-interface rubbish
                192.0.2.1%%7 rubbish
                fe80::4 plain
                """
                        .formatted(lo.getName()));
        var dns = asking(server()).build();
        List<InetAddress> found = dns.lookup("router", Families.ANY);
        assertEquals(List.of(7, 8), found.stream().map(DnsTroubleTest::scope).toList());
        assertEquals("router", found.getFirst().getHostName());
        assertEquals(7, scope(dns.lookup("gate", Families.IPV6).getFirst()), "a dot at the end");
        assertEquals(lo.getIndex(), scope(dns.lookup("here", Families.IPV6).getFirst()));
        assertEquals(0, scope(dns.lookup("plain", Families.IPV6).getFirst()));
        failure(() -> dns.lookup("rubbish"));
    }

    @Test
    void addressIsFoundInItsScope() throws Exception {
        hosts("fe80::1%7 seven\nfe80::1%8 eight\nfe80::2%7 two\nfe80::3 three\n");
        var server = server();
        var dns = asking(server).build();
        assertEquals("seven", dns.reverse(InetAddress.ofLiteral("fe80::1%7")));
        assertEquals("eight", dns.reverse(InetAddress.ofLiteral("fe80::1%8")));
        assertEquals("seven", dns.reverse(InetAddress.ofLiteral("fe80::1")), "of whatever scope");
        assertEquals("three", dns.reverse(InetAddress.ofLiteral("fe80::3%9")));
        assertEquals(List.of(), server.asked);
        failure(() -> dns.reverse(InetAddress.ofLiteral("fe80::2%8")));
    }

    @Test
    void serverMayHaveAScope() throws Exception {
        NetworkInterface lo = loopback();
        Settings s =
                Settings.parse(
                        List.of(
                                "nameserver fe80::1%7",
                                "nameserver fe80::2%" + lo.getName(),
                                "nameserver fe80::3%no-such-interface"));
        assertEquals(
                List.of(7, lo.getIndex()),
                s.servers().stream().map(a -> scope(a.getAddress())).toList());
        assertEquals(7, scope(Settings.server("[fe80::1%7]:54").getAddress()));
        assertEquals(lo.getIndex(), scope(Settings.server("fe80::2%" + lo.getName()).getAddress()));
    }

    // ---- errors

    @ParameterizedTest
    @CsvSource({
        "SERVFAIL, false",
        "REFUSED, false",
        "NOTIMP, false",
        "FORMERR, false",
        "NXDOMAIN, false",
        "REFUSED, true",
        "SERVFAIL, true"
    })
    void errorNeedNotRepeatTheQuestion(String code, boolean counts) throws Exception {
        var curt = server();
        curt.handler =
                (query, tcp) -> {
                    byte[] whole = NameServer.reply(query, Rcode.value(code)).toWire();
                    byte[] header = Arrays.copyOf(whole, 12);
                    if (!counts) {
                        header[5] = 0;
                    }
                    return header;
                };
        for (boolean tcp : new boolean[] {false, true}) {
            var dns = asking(curt, server(A)).timeout(Duration.ofMinutes(5)).useTcp(tcp).build();
            assertEquals(List.of("192.0.2.1"), texts(dns.lookup("www.test", Families.IPV4)));
            var alone = asking(curt).timeout(Duration.ofMinutes(5)).attempts(1).build();
            String said = failure(() -> alone.lookup("www.test", Families.IPV4));
            assertTrue(said.contains("no name server gave an answer"), said);
            assertTrue(said.endsWith("said " + code), said);
        }
    }

    @Test
    void answerWithoutItsQuestionIsNone() throws Exception {
        var server = server(A);
        server.before =
                (query, from, own) -> {
                    Message m = NameServer.reply(query, Rcode.NOERROR);
                    m.removeAllRecords(Section.QUESTION);
                    m.addRecord(
                            DnsResolverTest.record("www.test. 60 IN A 192.0.2.66"), Section.ANSWER);
                    byte[] bytes = m.toWire();
                    own.send(new java.net.DatagramPacket(bytes, bytes.length, from));
                };
        var dns = asking(server).build();
        assertEquals(List.of("192.0.2.1"), texts(dns.lookup("www.test", Families.IPV4)));
        assertEquals(1, dns.statistics().ignored());
    }

    // ---- much

    @Test
    void hostsFileWithAHundredThousandAddressesOfOneNameIsReadInOneGo() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            text.append("10.").append(i >> 16).append('.').append(i >> 8 & 255).append('.');
            text.append(i & 255).append(" many\n");
        }
        HostsFile file = HostsFile.parse(text.toString().lines().toList());
        assertEquals(100_000, Set.copyOf(file.lookup("many", Families.IPV4)).size());
    }

    @Test
    void ttlMayBeKeptForEver() throws Exception {
        var server = server(A);
        var ever = Duration.ofSeconds(Long.MAX_VALUE);
        var dns = asking(server).ttl(ever, ever).negativeTtl(ever).build();
        dns.lookup("www.test", Families.IPV4);
        dns.lookup("www.test", Families.IPV4);
        assertEquals(1, server.asked.size());
    }
}
