package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;

/** The headers of proxy-protocol.txt, byte by byte. */
class ProxyParserTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    }

    private static ProxyParser.Parsed parsed(byte[] b) throws ProtocolException {
        assertTrue(ProxyParser.mayBegin(b, b.length));
        ProxyParser.Parsed parsed = ProxyParser.parse(b, b.length);
        assertNotNull(parsed);
        return parsed;
    }

    private static ProxyHeader header(byte[] b) throws ProtocolException {
        ProxyParser.Parsed parsed = parsed(b);
        assertEquals(b.length, parsed.length());
        return parsed.header();
    }

    private static void assertMalformed(byte[] b) {
        assertTrue(ProxyParser.mayBegin(b, b.length));
        var e = assertThrows(ProtocolException.class, () -> ProxyParser.parse(b, b.length));
        assertTrue(e.getMessage().startsWith("malformed PROXY header: "), e.getMessage());
        assertTrue(e.getMessage().chars().allMatch(c -> c >= ' ' && c <= '~'), e.getMessage());
    }

    // ---- version 1

    @Test
    void theLinesOfTheSpecificationAreUnderstood() throws Exception {
        ProxyHeader four = header(ascii("PROXY TCP4 255.255.255.255 192.168.0.11 65535 443\r\n"));
        assertEquals(1, four.version());
        assertEquals(at("255.255.255.255", 65535), four.source());
        assertEquals(at("192.168.0.11", 443), four.destination());
        ProxyHeader six = header(ascii("PROXY TCP6 2001:db8::1 ::1 1 0\r\n"));
        assertEquals(at("2001:db8::1", 1), six.source());
        assertEquals(at("::1", 0), six.destination());
        String full = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        assertEquals(
                at(full, 65535),
                header(ascii("PROXY TCP6 " + full + " " + full + " 65535 65535\r\n")).source());
    }

    @Test
    void unknownSaysNothingWhateverFollows() throws Exception {
        String full = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        String longest = "PROXY UNKNOWN " + full + " " + full + " 65535 65535\r\n";
        assertEquals(ProxyParser.LONGEST_LINE, longest.length());
        for (String line : new String[] {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN \n x\r\n", longest}) {
            assertNull(header(ascii(line)).source());
            assertNull(header(ascii(line)).destination());
        }
    }

    @Test
    void whatFollowsTheLineIsNotTouched() throws Exception {
        byte[] b = ascii("PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\nGET / HTTP/1.0\r\n");
        assertEquals("GET", new String(b, parsed(b).length(), 3, StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY \r\n",
                "PROXY TCP4\r\n",
                "PROXY TCP5 1.2.3.4 5.6.7.8 9 10\r\n",
                "PROXY tcp4 1.2.3.4 5.6.7.8 9 10\r\n",
                "PROXY UNKNOWNX\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 9\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 9 10 11\r\n",
                "PROXY TCP4  1.2.3.4 5.6.7.8 9 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 9 10 \r\n",
                "PROXY TCP4\t1.2.3.4 5.6.7.8 9 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 9 10\n\r\n",
                "PROXY TCP4 1.2.3 5.6.7.8 9 10\r\n",
                "PROXY TCP4 1.2.3.256 5.6.7.8 9 10\r\n",
                "PROXY TCP4 1.2.3.04 5.6.7.8 9 10\r\n",
                "PROXY TCP4 0x1.2.3.4 5.6.7.8 9 10\r\n",
                "PROXY TCP4 ::1 ::1 9 10\r\n",
                "PROXY TCP4 localhost 5.6.7.8 9 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 65536 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 -1 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 +1 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 09 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 9999999999 10\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8  10\r\n",
                "PROXY TCP6 1.2.3.4 5.6.7.8 9 10\r\n",
                "PROXY TCP6 ::1%lo ::1 9 10\r\n",
                "PROXY TCP6 [::1] ::1 9 10\r\n",
                "PROXY TCP6 1::2::3 ::1 9 10\r\n",
                "PROXY TCP6 dead.beef ::1 9 10\r\n",
                "PROXY TCP6 \u00e4::1 ::1 9 10\r\n"
            })
    void aLineThatIsOnlySimilarIsMalformed(String line) {
        assertMalformed(ascii(line));
    }

    @Test
    void aLineThatDoesNotEndIsMalformedAfter107Bytes() throws Exception {
        byte[] b = ascii("PROXY UNKNOWN " + "x".repeat(200));
        assertNull(ProxyParser.parse(b, 106));
        assertMalformed(Arrays.copyOf(b, 107));
        assertMalformed(ascii("PROXY UNKNOWN " + "x".repeat(92) + "\r\n")); // ends at 108
    }

    // ---- version 2

    @Test
    void theBinaryFamiliesAreUnderstood() throws Exception {
        ProxyHeader four = header(hex(SIGNATURE, "21 11 000c 01020304 05060708 0009 ffff"));
        assertEquals(2, four.version());
        assertEquals(at("1.2.3.4", 9), four.source());
        assertEquals(at("5.6.7.8", 65535), four.destination());
        ProxyHeader six =
                header(
                        hex(
                                SIGNATURE,
                                "21 21 0024 20010db8000000000000000000000001",
                                "00000000000000000000000000000001 1f90 01bb"));
        assertEquals(at("2001:db8::1", 8080), six.source());
        assertEquals(at("::1", 443), six.destination());
        byte[] unix = hex(SIGNATURE, "21 31 00d8", "00".repeat(216));
        System.arraycopy(ascii("/a"), 0, unix, 16, 2);
        Arrays.fill(unix, 16 + 108, 16 + 216, (byte) 'b'); // no byte is left for a zero
        assertEquals(UnixDomainSocketAddress.of("/a"), header(unix).source());
        assertEquals(UnixDomainSocketAddress.of("b".repeat(108)), header(unix).destination());
        for (String dgram : new String[] {"12 000c", "22 0024", "32 00d8"}) {
            int length = Integer.parseInt(dgram.substring(3), 16);
            assertNotNull(header(hex(SIGNATURE, "21", dgram, "00".repeat(length))).source());
        }
    }

    @Test
    void localAndUnspecifiedSayNothing() throws Exception {
        for (String rest :
                new String[] {"20 00 0000", "20 11 0003 ffffff", "20 ff 0001 00", "21 00 0000"}) {
            assertNull(header(hex(SIGNATURE, rest)).source());
        }
        ProxyHeader unspecified = header(hex(SIGNATURE, "21 00 0005 01 0002 6832"));
        assertEquals("h2", unspecified.alpn().orElseThrow());
    }

    private static byte[] withExtensions(String extensions) {
        int length = 12 + hex(extensions).length;
        return hex(
                SIGNATURE,
                "21 11",
                HexFormat.of().toHexDigits((short) length),
                "01020304 05060708 0009 000a",
                extensions);
    }

    @Test
    void extensionsAreHandedOver() throws Exception {
        ProxyHeader h =
                header(
                        withExtensions(
                                "01 0002 6832 02 0001 61 05 0003 010203 04 0000 e0 0001 ff"
                                        + "20 000f 07 00000000 21 0007 544c5376312e33"));
        assertEquals("h2", h.alpn().orElseThrow());
        assertEquals("a", h.authority().orElseThrow());
        assertArrayEquals(new byte[] {1, 2, 3}, h.uniqueId().orElseThrow());
        assertEquals(6, h.extensions().size());
        assertArrayEquals(new byte[] {-1}, h.extension(0xe0).orElseThrow().value());
        ProxyHeader.Ssl ssl = h.ssl().orElseThrow();
        assertTrue(ssl.tls() && ssl.certificate() && ssl.certificateInSession() && ssl.verified());
        assertEquals("TLSv1.3", ssl.version().orElseThrow());
        assertTrue(ssl.commonName().isEmpty() && ssl.cipher().isEmpty());
        ProxyHeader plain = header(withExtensions("20 0005 01 00000000"));
        assertFalse(plain.ssl().orElseThrow().verified(), "there was no certificate");
        ProxyHeader bad = header(withExtensions("20 0005 03 00000001"));
        assertFalse(bad.ssl().orElseThrow().verified());
    }

    private static byte[] withSum(byte[] header, int at) {
        var sum = new CRC32C();
        sum.update(header);
        ByteBuffer.wrap(header).putInt(at, (int) sum.getValue());
        return header;
    }

    @Test
    void aChecksumIsVerified() throws Exception {
        byte[] good = withSum(withExtensions("01 0002 6832 03 0004 00000000 04 0001 00"), 36);
        assertEquals("h2", header(good).alpn().orElseThrow());
        for (int i = 16; i < good.length; i++) {
            if (i == 33) {
                continue; // its type: then it is no checksum any more
            }
            byte[] b = good.clone();
            b[i] ^= 1;
            assertThrows(ProtocolException.class, () -> ProxyParser.parse(b, b.length), "at " + i);
        }
    }

    @Test
    void aSecondChecksumIsRefusedUnreckoned() {
        byte[] two = withSum(withExtensions("03 0004 00000000 03 0004 00000000"), 31);
        Exception e =
                assertThrows(ProtocolException.class, () -> ProxyParser.parse(two, two.length));
        assertTrue(e.getMessage().endsWith("more than one checksum"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "31 11 000c 010203040506070800090009", // version 3
                "11 11 000c 010203040506070800090009", // version 1, binary
                "22 11 000c 010203040506070800090009", // a command that is none
                "2f 11 000c 010203040506070800090009",
                "21 13 000c 010203040506070800090009", // a transport that is none
                "21 10 000c 010203040506070800090009",
                "21 01 000c 010203040506070800090009",
                "21 41 000c 010203040506070800090009", // a family that is none
                "21 11 000b 0102030405060708000900", // too short
                "21 11 0000",
                "21 21 000c 010203040506070800090009",
                "21 31 000c 010203040506070800090009",
                "21 11 000d 010203040506070800090009 01", // half an extension
                "21 11 000e 010203040506070800090009 0100",
                "21 11 000f 010203040506070800090009 010001",
                "21 11 0010 010203040506070800090009 01000200",
                "21 11 0010 010203040506070800090009 03000100", // a sum of one byte
                "21 11 0013 010203040506070800090009 03000400000000", // a wrong sum
                "21 11 000f 010203040506070800090009 200000", // SSL without its head
                "21 11 0015 010203040506070800090009 200006 0100000000 21", // half a detail
                "21 00 0001 00"
            })
    void aBinaryHeaderThatIsOnlySimilarIsMalformed(String rest) {
        assertMalformed(hex(SIGNATURE, rest.replace(" ", "")));
    }

    @Test
    void aUniqueIdHasAtMost128Bytes() throws Exception {
        assertEquals(
                128,
                header(withExtensions("050080" + "00".repeat(128)))
                        .uniqueId()
                        .orElseThrow()
                        .length);
        assertMalformed(withExtensions("050081" + "00".repeat(129)));
    }

    // ---- both

    private static final byte[][] GOOD = {
        ascii("PROXY TCP4 255.255.255.255 192.168.0.11 65535 443\r\n"),
        ascii("PROXY TCP6 2001:db8::1 ::1 1 0\r\n"),
        ascii("PROXY UNKNOWN\r\n"),
        hex(SIGNATURE, "20 00 0000"),
        withSum(withExtensions("01 0002 6832 03 0004 00000000"), 36),
        withExtensions("20 000f 07 00000000 21 0007 544c5376312e33 05 0001 00"),
        hex(SIGNATURE, "21 31 00d8", "2f61".repeat(54), "00".repeat(108)),
    };

    @Test
    void whateverIsCutOffItWaitsForTheRest() throws Exception {
        for (byte[] good : GOOD) {
            for (int n = 0; n < good.length; n++) {
                assertTrue(ProxyParser.mayBegin(good, n));
                assertNull(ProxyParser.parse(good, n), n + " of " + good.length);
            }
            assertEquals(good.length, parsed(good).length());
        }
    }

    @Test
    void whateverIsChangedItIsAHeaderOrMalformed() {
        var random = new Random(4);
        int headers = 0;
        for (int i = 0; i < Dose.of(60_000, 300_000); i++) {
            byte[] b = GOOD[random.nextInt(GOOD.length)].clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                b[random.nextInt(b.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(b.length + 1) : b.length;
            if (!ProxyParser.mayBegin(b, length)) {
                continue;
            }
            try {
                ProxyParser.Parsed parsed = ProxyParser.parse(b, length);
                if (parsed != null) {
                    headers++;
                    assertTrue(parsed.length() <= length);
                    var ignored = parsed.header().ssl();
                }
            } catch (ProtocolException e) {
                assertTrue(e.getMessage().startsWith("malformed PROXY header: "));
            }
        }
        assertTrue(headers > 1000, headers + " headers");
    }

    @Test
    void randomBytesAfterTheSignatureAreAHeaderOrMalformed() {
        var random = new Random(5);
        for (int i = 0; i < Dose.of(20_000, 100_000); i++) {
            byte[] b = new byte[16 + random.nextInt(300)];
            random.nextBytes(b);
            System.arraycopy(ProxyParser.SIGNATURE, 0, b, 0, 12);
            b[12] = 0x21;
            b[13] = new byte[] {0x11, 0x21, 0x31, 0}[random.nextInt(4)];
            b[14] = 0;
            try {
                var ignored = ProxyParser.parse(b, b.length);
            } catch (ProtocolException e) {
                assertTrue(e.getMessage().startsWith("malformed PROXY header: "));
            }
        }
    }

    // ---- the sender

    private static byte[] written(SocketAddress from, SocketAddress to, int version)
            throws IOException {
        var out = new ByteArrayOutputStream();
        ProxyProtocol.write(out, from, to, version);
        return out.toByteArray();
    }

    @Test
    void whatIsWrittenIsWhatTheSpecificationShows() throws Exception {
        assertArrayEquals(
                ascii("PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n"),
                written(at("1.2.3.4", 9), at("5.6.7.8", 10), 1));
        assertArrayEquals(
                hex(SIGNATURE, "21 11 000c 01020304 05060708 0009 000a"),
                written(at("1.2.3.4", 9), at("5.6.7.8", 10), 2));
        assertArrayEquals(ascii("PROXY UNKNOWN\r\n"), written(null, null, 1));
        assertArrayEquals(hex(SIGNATURE, "20 00 0000"), written(null, null, 2));
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        var unix = UnixDomainSocketAddress.of("/tmp/a");
        SocketAddress[][] pairs = {
            {at("1.2.3.4", 9), at("5.6.7.8", 65535)},
            {at("2001:db8::1", 1), at("::1", 2)},
            {at("1.2.3.4", 9), at("::1", 2)},
            {at("fe80::1", 9), at("1.2.3.4", 2)},
            {unix, UnixDomainSocketAddress.of("/tmp/b")},
            {null, null},
            {unix, at("1.2.3.4", 9)},
        };
        for (SocketAddress[] p : pairs) {
            for (int version = 1; version <= 2; version++) {
                ProxyHeader h = header(written(p[0], p[1], version));
                boolean told = p[0] instanceof InetSocketAddress || version == 2 && p[0] != null;
                told &= p[0] != unix || p[1] instanceof UnixDomainSocketAddress;
                assertEquals(told ? p[0] : null, h.source());
                assertEquals(told ? p[1] : null, h.destination());
                assertEquals(version, h.version());
            }
        }
    }

    @Test
    void whatCannotBeWrittenIsToldAtOnce() {
        assertThrows(IllegalArgumentException.class, () -> written(null, null, 3));
        var unresolved = InetSocketAddress.createUnresolved("localhost", 1);
        assertThrows(IllegalArgumentException.class, () -> written(unresolved, unresolved, 1));
        var unix = UnixDomainSocketAddress.of("/" + "a".repeat(108));
        assertThrows(IllegalArgumentException.class, () -> written(unix, unix, 2));
    }
}
