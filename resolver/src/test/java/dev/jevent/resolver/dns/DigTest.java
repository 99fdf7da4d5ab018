package dev.jevent.resolver.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.resolver.Families;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The name server of these tests speaks DNS, and dig gets from it what DnsResolver gets. */
class DigTest extends DnsScenario {

    private static String dig(NameServer server, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of("dig", "@127.0.0.1", "-p", "" + server.port(), "+time=5", "+tries=1"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.abort("dig is not installed: " + e);
            throw e;
        }
        return Jevent.blocking(
                () -> {
                    try {
                        byte[] output = process.getInputStream().readAllBytes();
                        assertTrue(process.waitFor(20, TimeUnit.SECONDS), "dig has ended");
                        return new String(output, StandardCharsets.UTF_8);
                    } finally {
                        process.destroyForcibly();
                    }
                });
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }

    private static List<String> data(List<Record> records) {
        return sorted(
                records.stream().map(r -> r.rdataToString().replace(":0:0:0:0:0:", "::")).toList());
    }

    @Test
    void digAndDnsResolverAgree() throws Exception {
        var server =
                server(
                        "www.test. 300 IN A 192.0.2.1",
                        "www.test. 300 IN A 192.0.2.2",
                        "www.test. 300 IN AAAA 2001:db8::1",
                        "alias.test. 60 IN CNAME www.test.",
                        "mail.test. 60 IN MX 10 mx1.test.",
                        "mail.test. 60 IN TXT \"v=spf1 -all\"",
                        "_sip._tcp.test. 60 IN SRV 1 2 5060 www.test.");
        var dns = asking(server).build();
        for (String[] q :
                new String[][] {
                    {"www.test", "A"},
                    {"www.test", "AAAA"},
                    {"mail.test", "MX"},
                    {"mail.test", "TXT"},
                    {"_sip._tcp.test", "SRV"}
                }) {
            List<String> udp = dig(server, "+short", q[0], q[1]).lines().toList();
            List<String> tcp = dig(server, "+short", "+tcp", q[0], q[1]).lines().toList();
            List<String> ours = data(dns.query(q[0], Type.value(q[1])));
            assertEquals(sorted(udp), ours);
            assertEquals(sorted(tcp), ours);
        }
        assertEquals(
                List.of("www.test.", "192.0.2.1", "192.0.2.2"),
                dig(server, "+short", "alias.test", "A").lines().toList());
        assertEquals(
                List.of("192.0.2.1", "192.0.2.2"), texts(dns.lookup("alias.test", Families.IPV4)));
        assertTrue(dig(server, "none.test").contains("status: NXDOMAIN"));
        assertTrue(failure(() -> dns.lookup("none.test")).contains("NXDOMAIN"));
    }

    @Test
    void digComesBackOverTcpForALongAnswerAsDnsResolverDoes() throws Exception {
        var server = server();
        for (int i = 0; i < 150; i++) {
            server.add("big.test. 60 IN A 10.0.1." + i);
        }
        List<String> theirs = dig(server, "+short", "+bufsize=1232", "big.test").lines().toList();
        assertEquals(150, theirs.stream().filter(l -> l.startsWith("10.0.1.")).count());
        assertEquals(List.of("A big.test.", "A big.test. tcp"), server.asked);
        server.asked.clear();
        List<String> ours = texts(asking(server).build().lookup("big.test", Families.IPV4));
        assertEquals(150, ours.size());
        assertEquals(List.of("A big.test.", "A big.test. tcp"), server.asked);
        assertTrue(theirs.containsAll(ours));
    }
}
