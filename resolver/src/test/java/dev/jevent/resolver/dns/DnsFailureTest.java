package dev.jevent.resolver.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.resolver.Families;
import dev.jevent.resolver.Resolvers;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.InterruptedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What DnsResolver does with servers that are dead, broken or hostile. */
class DnsFailureTest extends DnsScenario {

    private static final String A = "www.test. 300 IN A 192.0.2.1";
    private static final Duration SHORT = Duration.ofMillis(50);

    private static List<String> lookup(DnsResolver dns) throws UnknownHostException {
        return texts(dns.lookup("www.test", Families.IPV4));
    }

    private static byte[] forged(Message query, String name) throws Exception {
        Message m = NameServer.reply(query, Rcode.NOERROR);
        m.removeAllRecords(Section.QUESTION);
        Name n = Name.fromString(name);
        m.addRecord(Record.newRecord(n, Type.A, DClass.IN), Section.QUESTION);
        m.addRecord(
                Record.fromString(n, Type.A, DClass.IN, 60, "192.0.2.66", Name.root),
                Section.ANSWER);
        return m.toWire();
    }

    private static void send(DatagramSocket from, SocketAddress to, byte[] bytes) throws Exception {
        from.send(new DatagramPacket(bytes, bytes.length, to));
    }

    // ---- dead

    @Test
    void serverThatNeverAnswersEndsInAClearErrorInTime() throws Exception {
        var dead = server();
        dead.handler = (query, tcp) -> null;
        var dns = asking(dead).timeout(SHORT).attempts(2).build();
        assertEquals(
                "www.test: no name server gave an answer; 127.0.0.1:"
                        + dead.port()
                        + " did not answer (2 times)",
                failure(() -> lookup(dns)));
        assertEquals(2, dead.asked.size());
        assertEquals(2, dns.statistics().unanswered());
    }

    @Test
    void nextServerIsAskedWhenOneIsDead() throws Exception {
        var dead = server();
        dead.handler = (query, tcp) -> null;
        var well = server(A);
        var dns = asking(dead, well).timeout(SHORT).build();
        assertEquals(List.of("192.0.2.1"), lookup(dns));
        assertEquals(1, dead.asked.size());
    }

    @Test
    void portWhereNobodyListensIsNotWaitedFor() throws Exception {
        var gone = new NameServer();
        gone.close();
        var well = server(A);
        var dns = asking(gone, well).timeout(Duration.ofMinutes(10)).build();
        assertEquals(List.of("192.0.2.1"), lookup(dns));
        var none = asking(gone).timeout(Duration.ofMinutes(10)).attempts(1).build();
        assertTrue(failure(() -> lookup(none)).endsWith("does not listen"));
    }

    @Test
    void wholeLookUpHasALimit() throws Exception {
        var dead = server();
        dead.handler = (query, tcp) -> null;
        var dns =
                asking(dead)
                        .timeout(Duration.ofHours(1))
                        .attempts(5)
                        .lookupTimeout(SHORT)
                        .search("a.test", "b.test")
                        .build();
        String said = failure(() -> dns.lookup("www"));
        assertTrue(said.contains("asked as www.a.test; 127.0.0.1:"), said);
        assertTrue(said.endsWith(" did not answer"), said);
    }

    @Test
    void oneFamilyIsEnoughIfTheOtherIsNotAnswered() throws Exception {
        var half = server(A);
        NameServer.Handler well = half.handler;
        half.handler =
                (query, tcp) ->
                        query.getQuestion().getType() == Type.AAAA ? null : well.answer(query, tcp);
        var dns = asking(half).timeout(SHORT).build();
        assertEquals(List.of("192.0.2.1"), texts(dns.lookup("www.test", Families.ANY)));
        assertEquals(
                List.of("A www.test.", "AAAA www.test.", "AAAA www.test."), half.asked, "asked on");
    }

    // ---- unwilling

    @Test
    void nextServerIsAskedWhenOneFailsOrRefuses() throws Exception {
        var well = server(A);
        for (int code : List.of(Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR)) {
            var bad = server();
            bad.handler = (query, tcp) -> NameServer.reply(query, code).toWire();
            assertEquals(List.of("192.0.2.1"), lookup(asking(bad, well).build()));
            String said = failure(() -> lookup(asking(bad).attempts(1).build()));
            assertTrue(said.endsWith("said " + Rcode.string(code)), said);
        }
    }

    @Test
    void referralIsNoAnswer() throws Exception {
        var lame = server();
        lame.handler =
                (query, tcp) -> {
                    Message m = NameServer.reply(query, Rcode.NOERROR);
                    m.getHeader().unsetFlag(Flags.RA);
                    m.addRecord(
                            Record.fromString(
                                    Name.root, Type.NS, DClass.IN, 60, "ns.test.", Name.root),
                            Section.AUTHORITY);
                    return m.toWire();
                };
        assertEquals(List.of("192.0.2.1"), lookup(asking(lame, server(A)).build()));
    }

    @Test
    void serverThatDoesNotKnowEdnsIsAskedWithoutIt() throws Exception {
        var old = server(A);
        NameServer.Handler well = old.handler;
        old.handler =
                (query, tcp) -> {
                    if (query.getOPT() == null) {
                        return well.answer(query, tcp);
                    }
                    assertEquals(1232, query.getOPT().getPayloadSize());
                    Message m = NameServer.reply(query, Rcode.FORMERR);
                    m.removeAllRecords(Section.QUESTION);
                    return m.toWire();
                };
        assertEquals(List.of("192.0.2.1"), lookup(asking(old).build()));
        assertEquals(2, old.asked.size());
        assertEquals(List.of("192.0.2.1"), lookup(asking(old).useTcp(true).build()));
    }

    @Test
    void rotateBeginsEachLookUpWithAnotherServer() throws Exception {
        var one = server(A);
        var two = server(A);
        var dns = asking(one, two).rotate(true).cache(0).build();
        for (int i = 0; i < 6; i++) {
            lookup(dns);
        }
        assertEquals(3, one.asked.size());
        assertEquals(3, two.asked.size());
    }

    // ---- truncated

    @Test
    void truncatedAnswerIsAskedForAgainOverTcp() throws Exception {
        var server = server();
        for (int i = 0; i < 200; i++) {
            server.add("big.test. 60 IN A 10.0.1." + i);
            server.add("big.test. 60 IN AAAA 2001:db8::" + i);
        }
        var dns = asking(server).build();
        assertEquals(400, dns.lookup("big.test", Families.ANY).size());
        assertEquals(
                List.of("A big.test.", "AAAA big.test.", "A big.test. tcp", "AAAA big.test. tcp"),
                server.asked);
        assertEquals(2, dns.statistics().overTcp());
    }

    @Test
    void onlyTcpIsUsedIfSoWanted() throws Exception {
        var server = server(A);
        assertEquals(List.of("192.0.2.1"), lookup(asking(server).useTcp(true).build()));
        assertEquals(List.of("A www.test. tcp"), server.asked);
    }

    @Test
    void tcpServerThatBreaksOffSendsGarbageOrSleepsIsLeftForTheNext() throws Exception {
        var well = server(A);
        List<NameServer.Handler> faults =
                List.of(
                        (query, tcp) -> null, // closes
                        (query, tcp) -> new byte[0],
                        (query, tcp) -> new byte[] {1, 2, 3},
                        (query, tcp) -> new byte[600],
                        (query, tcp) -> forged(query, "other.test."),
                        (query, tcp) -> {
                            Jevent.sleep(60_000);
                            return null;
                        });
        for (NameServer.Handler fault : faults) {
            var bad = server();
            bad.handler = fault;
            var dns = asking(bad, well).useTcp(true).timeout(Duration.ofMillis(300)).build();
            assertEquals(List.of("192.0.2.1"), lookup(dns));
            assertEquals(1, bad.asked.size());
        }
    }

    // ---- hostile

    @Test
    void packetsThatAreNoAnswerArePassedOver() throws Exception {
        var server = server(A);
        var stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        server.before =
                (query, from, own) -> {
                    byte[] wrongId = forged(query, "www.test.");
                    wrongId[1] ^= 1;
                    send(own, from, wrongId);
                    send(own, from, forged(query, "other.test."));
                    send(own, from, query.toWire()); // no response
                    send(own, from, new byte[0]);
                    send(own, from, new byte[500]);
                    send(stranger, from, forged(query, "www.test."));
                    Jevent.sleep(1);
                };
        try (stranger) {
            var dns = asking(server).build();
            assertEquals(List.of("192.0.2.1"), lookup(dns));
            assertEquals(5, dns.statistics().ignored(), "the stranger's never arrived");
        }
    }

    @Test
    void everyPrefixOfAnAnswerIsGarbageAndHarmless() throws Exception {
        var server = server(A, "www.test. 300 IN AAAA 2001:db8::1");
        NameServer.Handler well = server.handler;
        var length = new int[] {1};
        server.before =
                (query, from, own) -> {
                    byte[] whole = well.answer(query, false);
                    length[0] = whole.length;
                    for (int n = 0; n < whole.length; n++) {
                        send(own, from, Arrays.copyOf(whole, n));
                        if (n % 20 == 0) {
                            Jevent.sleep(1); // the client's buffer has an end
                        }
                    }
                };
        var dns = asking(server).build();
        assertEquals(List.of("192.0.2.1"), lookup(dns));
        assertEquals(length[0], dns.statistics().ignored());
    }

    @Test
    void flippedBitsEndInAnAnswerOrInAnErrorAndNeverInAnythingElse() throws Exception {
        var server = server("www.test. 300 IN CNAME x.test.", "x.test. 300 IN A 192.0.2.1");
        NameServer.Handler well = server.handler;
        var random = new Random(4);
        server.handler =
                (query, tcp) -> {
                    byte[] bytes = well.answer(query, tcp);
                    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                        int at = 2 + random.nextInt(bytes.length - 2);
                        bytes[at] ^= (byte) (1 << random.nextInt(8));
                    }
                    return bytes;
                };
        var dns = asking(server).timeout(Duration.ofMillis(20)).attempts(1).cache(0).build();
        List<dev.jevent.Greenlet<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            String name = i % 2 == 0 ? "www.test" : "none.test";
            all.add(Jevent.spawn(() -> sizeOf(dns, name)));
            if (i % 50 == 0) {
                Jevent.joinAll(all);
            }
        }
        int found = 0;
        for (var g : all) {
            found += g.get();
        }
        assertTrue(found > 0 && dns.statistics().ignored() > 0, "found " + found);
    }

    private static int sizeOf(DnsResolver dns, String name) {
        try {
            return dns.query(name, Type.A).size();
        } catch (UnknownHostException e) {
            return 0;
        }
    }

    @Test
    void randomBytesAreHarmless() throws Exception {
        var random = new Random(5);
        byte[] bytes = new byte[300];
        var question = new Question(Name.fromString("www.test."), Type.A);
        byte[] message = question.message();
        int replies = 0;
        int rounds = Boolean.getBoolean("jevent.nightly") ? 200_000 : 20_000;
        for (int i = 0; i < rounds; i++) {
            random.nextBytes(bytes);
            System.arraycopy(message, 0, bytes, 0, 2);
            bytes[2] |= (byte) 0x80;
            if (i % 2 == 0) {
                System.arraycopy(message, 4, bytes, 4, message.length - 4 - 11);
            }
            replies += question.reply(bytes, 12 + random.nextInt(288)) == null ? 0 : 1;
        }
        assertTrue(replies < rounds);
    }

    // ---- disturbed

    @Test
    void killTimeoutAndInterruptEndTheWaitAndCloseTheSocket() throws Exception {
        var dead = server();
        dead.handler = (query, tcp) -> null;
        for (boolean tcp : new boolean[] {false, true}) {
            if (tcp) {
                dead.handler =
                        (query, overTcp) -> {
                            Jevent.sleep(60_000);
                            return null;
                        };
            }
            var dns = asking(dead).timeout(Duration.ofMinutes(1)).useTcp(tcp).build();
            var warm = new Timeout(Duration.ofMillis(20));
            assertSame(warm, thrownBy(() -> warm.call(() -> lookup(dns))), "of the root");
            turns(5);
            int open = DnsResolverTest.openDescriptors();

            int asked = dead.asked.size();
            var killed = Jevent.spawn(() -> lookup(dns));
            until(dead, asked + 1);
            killed.kill();
            assertTrue(killed.isCancelled(), () -> "" + killed.exception());

            var interrupted = Jevent.spawn(() -> thrownBy(() -> lookup(dns)));
            until(dead, asked + 2);
            interrupted.thread().interrupt();
            assertInstanceOf(Interrupted.class, interrupted.get());

            var timeout = new Timeout(Duration.ofMillis(20));
            var timed = Jevent.spawn(() -> thrownBy(() -> timeout.call(() -> lookup(dns))));
            assertSame(timeout, timed.get());
            turns(5);
            if (!tcp) { // over TCP the server has descriptors too
                assertEquals(open, DnsResolverTest.openDescriptors());
            }
        }
    }

    @Test
    void interruptPassesInetAddressAndIsNotRememberedThere() throws Exception {
        var server = server("patient.test. 60 IN A 192.0.2.1");
        NameServer.Handler well = server.handler;
        server.handler = (query, tcp) -> null;
        var before = Resolvers.use(asking(server).timeout(Duration.ofMinutes(1)).build());
        try {
            var g = Jevent.spawn(() -> thrownBy(() -> InetAddress.getAllByName("patient.test")));
            until(server, 1);
            g.thread().interrupt();
            assertInstanceOf(InterruptedIOException.class, g.get());
            server.handler = well;
            assertEquals("192.0.2.1", InetAddress.getAllByName("patient.test")[0].getHostAddress());
        } finally {
            var ignored = Resolvers.use(before);
        }
    }

    private static void until(NameServer server, int asked) {
        while (server.asked.size() < asked) {
            Jevent.sleep(1);
        }
    }

    private static Throwable thrownBy(dev.jevent.Action action) {
        try {
            action.run();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }
}
