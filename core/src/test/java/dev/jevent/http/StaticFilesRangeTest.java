package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/** Parts of files: RFC 9110, 14. */
class StaticFilesRangeTest extends StaticFilesScenario {

    /** Range, status, first and last byte. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0|206|0|0",
                "bytes=0-99|206|0|99",
                "bytes=5-5|206|5|5",
                "bytes=10-|206|10|99",
                "bytes=99-|206|99|99",
                "bytes=-1|206|99|99",
                "bytes=-100|206|0|99",
                "bytes=-1000|206|0|99",
                "bytes=50-1000|206|50|99",
                "bytes=50-99999999999999999999999|206|50|99",
                "bytes=-99999999999999999999999|206|0|99",
                "BYTES=1-2|206|1|2",
                "bytes= 1-2 |206|1|2",
                "bytes=,1-2,|206|1|2",
                "bytes=200-,1-2|206|1|2",
                "bytes=100-|416|0|0",
                "bytes=100-200|416|0|0",
                "bytes=99999999999999999999999-|416|0|0",
                "bytes=-0|416|0|0",
                "bytes=200-,300-400|416|0|0",
                "bytes=2-1|200|0|99",
                "bytes=1-2,5-4|200|0|99",
                "bytes=-|200|0|99",
                "bytes=|200|0|99",
                "bytes=,|200|0|99",
                "bytes=a-b|200|0|99",
                "bytes=1- 2|200|0|99",
                "bytes=1-2-3|200|0|99",
                "bytes=--1|200|0|99",
                "bytes=+1-2|200|0|99",
                "bytes 1-2|200|0|99",
                "bytes=0x1-2|200|0|99",
                "lines=1-2|200|0|99",
                "1-2|200|0|99",
                "bytes=0-10,10-20|200|0|99",
                "bytes=0-,0-,0-|200|0|99",
                "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,"
                        + "28-28,30-30,32-32|200|0|99"
            })
    void aRangeIsThatPartOrTheWhole(String range, int status, int first, int last)
            throws Exception {
        byte[] bytes = noise(100);
        file("a", bytes);
        serve(new StaticFiles(folder()));
        Reply reply = get("/a", "Range: " + range);
        assertEquals(status, reply.status());
        if (status == 416) {
            assertEquals("bytes */100", reply.field("Content-Range"));
            return;
        }
        assertArrayEquals(Arrays.copyOfRange(bytes, first, last + 1), reply.body());
        assertEquals(
                status == 206 ? "bytes " + first + "-" + last + "/100" : "-",
                reply.field("Content-Range"));
    }

    @Test
    void severalRangeFieldsAreNone() throws Exception {
        file("a", "abc");
        serve(new StaticFiles(folder()));
        assertEquals("abc", get("/a", "Range: bytes=0-0", "Range: bytes=1-1").text());
    }

    @Test
    void anEmptyFileHasNoParts() throws Exception {
        file("a", "");
        serve(new StaticFiles(folder()));
        for (String range : List.of("0-", "0-0", "-1", "5-9")) {
            assertEquals(200, get("/a", "Range: bytes=" + range).status(), range);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void partsOfABigFileAreThoseBytes(boolean blocking) throws Exception {
        byte[] bytes = noise(900_000);
        file("a", bytes);
        serve(new StaticFiles(folder()).blocking(blocking));
        int[][] parts = {
            {0, 899_999},
            {0, 16_383},
            {0, 16_384},
            {1, 300_000},
            {262_143, 262_144},
            {500_000, 899_999},
            {899_000, 899_999},
            {4095, 270_000}
        };
        try (Socket socket = connect()) {
            for (int[] part : parts) {
                send(socket, "GET", "/a", "Range: bytes=" + part[0] + "-" + part[1]);
                Reply reply = read(socket.getInputStream(), false);
                assertEquals(206, reply.status());
                assertArrayEquals(Arrays.copyOfRange(bytes, part[0], part[1] + 1), reply.body());
            }
        }
        assertEquals(0, openFiles());
    }

    // ---- several

    @ParameterizedTest
    @CsvSource({
        "false, '0-0,50-59'",
        "false, '90-,0-9,-20'",
        "true, '0-0,50-59'",
        "false, '0-299999,300000-300001,500000-899999'",
        "true, '0-299999,500000-899999'",
        "false, '899999-,0-0,5000-9999'"
    })
    void severalPartsComeInTheOrderAsked(boolean blocking, String ranges) throws Exception {
        int size = ranges.contains("99999") ? 900_000 : 111;
        byte[] bytes = noise(size);
        file("a.txt", bytes);
        serve(new StaticFiles(folder()).blocking(blocking));
        Reply reply = get("/a.txt", "Range: bytes=" + ranges);
        if (ranges.equals("90-,0-9,-20")) { // the first and the last overlap
            assertEquals(200, reply.status());
            return;
        }
        assertEquals(206, reply.status());
        assertEquals("-", reply.field("Content-Range"));
        String type = reply.field("Content-Type");
        assertTrue(type.startsWith("multipart/byteranges; boundary="), type);
        String boundary = type.substring(type.indexOf('=') + 1);
        var in = new ByteArrayInputStream(reply.body());
        for (String range : ranges.split(",", -1)) {
            int first = Integer.parseInt(range.substring(0, range.indexOf('-')));
            String end = range.substring(range.indexOf('-') + 1);
            int last = end.isEmpty() ? size - 1 : Integer.parseInt(end);
            expect(in, "--" + boundary + "\r\n");
            expect(in, "Content-Type: text/plain; charset=utf-8\r\n");
            expect(in, "Content-Range: bytes " + first + "-" + last + "/" + size + "\r\n\r\n");
            assertArrayEquals(
                    Arrays.copyOfRange(bytes, first, last + 1), in.readNBytes(last + 1 - first));
            expect(in, "\r\n");
        }
        expect(in, "--" + boundary + "--\r\n");
        assertEquals(-1, in.read());
    }

    private static void expect(ByteArrayInputStream in, String text) throws IOException {
        assertEquals(text, new String(in.readNBytes(text.length()), StandardCharsets.ISO_8859_1));
    }

    // ---- other clients

    @Test
    void curlGetsPartsAndGoesOn() throws Exception {
        byte[] bytes = noise(200_000);
        Path original = file("a.bin", bytes);
        serve(new StaticFiles(folder()));
        Path part = temp.resolve("part");
        for (String range : List.of("0-99", "1000-150000", "-5", "199990-")) {
            String ignored = run("curl", "-sf", "-r", range, "-o", part.toString(), url("/a.bin"));
            int dash = range.indexOf('-');
            int first = dash == 0 ? 199_995 : Integer.parseInt(range.substring(0, dash));
            int end =
                    dash == 0 || dash == range.length() - 1
                            ? 200_000
                            : Integer.parseInt(range.substring(dash + 1)) + 1;
            assertArrayEquals(Arrays.copyOfRange(bytes, first, end), Files.readAllBytes(part));
        }
        Files.write(part, Arrays.copyOf(bytes, 77_777));
        String ignored = run("curl", "-sf", "-C", "-", "-o", part.toString(), url("/a.bin"));
        assertEquals(-1, Files.mismatch(original, part));
        ignored = run("curl", "-sf", "-r", "0-9,20-29", "-o", part.toString(), url("/a.bin"));
        assertTrue(Files.size(part) > 20);
        ignored = run("curl", "-sfI", "-o", part.toString(), url("/a.bin"));
        assertTrue(Files.readString(part).contains("Content-Length: 200000"));
    }

    @Test
    void theClientOfTheJdkGetsParts() throws Exception {
        byte[] bytes = noise(300_000);
        file("a.bin", bytes);
        serve(new StaticFiles(folder()));
        Jevent.blocking(
                () -> {
                    try (HttpClient client = HttpClient.newHttpClient()) {
                        for (int first : new int[] {0, 7, 100_000, 299_999}) {
                            HttpRequest request =
                                    HttpRequest.newBuilder(URI.create(url("/a.bin")))
                                            .header("Range", "bytes=" + first + "-")
                                            .timeout(LONG)
                                            .build();
                            HttpResponse<byte[]> response =
                                    client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                            assertEquals(206, response.statusCode());
                            assertArrayEquals(
                                    Arrays.copyOfRange(bytes, first, bytes.length),
                                    response.body());
                        }
                    }
                });
    }

    // ---- a file that is far too big to be sent

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void partsOfAFileOfManyGigabytes(boolean blocking) throws Exception {
        long size = (7L << 30) + 3;
        Path path = folder().resolve("sparse");
        long[] marks = {0, (1L << 31) - 2, (1L << 32) - 2, size - 4};
        try (FileChannel out =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            for (long mark : marks) {
                ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3, 4});
                assertEquals(4, out.write(bytes, mark));
            }
        }
        serve(new StaticFiles(folder()).blocking(blocking));
        assertEquals(size + "", ask("HEAD", "/sparse").field("Content-Length"));
        for (long mark : marks) {
            Reply reply = get("/sparse", "Range: bytes=" + mark + "-" + (mark + 3));
            assertEquals(
                    "bytes " + mark + "-" + (mark + 3) + "/" + size, reply.field("Content-Range"));
            assertArrayEquals(new byte[] {1, 2, 3, 4}, reply.body());
        }
        Reply reply = get("/sparse", "Range: bytes=-100000");
        assertEquals(100_000, reply.body().length);
        assertEquals(4, reply.body()[99_999]);
        reply = get("/sparse", "Range: bytes=0-3,4294967294-4294967297,-4");
        assertEquals(206, reply.status());
        var all = new ByteArrayOutputStream();
        all.writeBytes(reply.body());
        assertTrue(all.size() < 1000);
        assertEquals(416, get("/sparse", "Range: bytes=" + size + "-").status());
    }

    @Test
    void theBeginningOfAHugeFileComesAtOnce() throws Exception {
        Path path = folder().resolve("sparse");
        try (FileChannel out =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertEquals(1, out.write(ByteBuffer.wrap(new byte[1]), 5L << 30));
        }
        serve(new StaticFiles(folder()));
        try (Socket socket = connect()) {
            send(socket, "GET", "/sparse");
            byte[] some = socket.getInputStream().readNBytes(1 << 20);
            String head = new String(some, 0, 400, StandardCharsets.ISO_8859_1);
            assertTrue(head.contains("Content-Length: 5368709121\r\n"), head);
            assertTrue(openFiles() > 0, "it is under way");
        }
        until(() -> openFiles() == 0);
    }
}
