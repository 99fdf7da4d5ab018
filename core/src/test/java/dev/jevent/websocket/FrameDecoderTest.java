package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** The frames of RFC 6455, in whole and byte by byte. */
class FrameDecoderTest {

    private static final HexFormat HEX = HexFormat.of();

    /** Notes what it is told. */
    private static final class Notes implements FrameDecoder.Sink {
        final List<String> frames = new ArrayList<>();
        private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        private String begun = "";
        boolean stops;

        @Override
        public void begin(int opcode, boolean last, boolean compressed, long length) {
            payload.reset();
            begun = opcode + (last ? " last " : " part ") + (compressed ? "z " : "") + length;
        }

        @Override
        public void data(byte[] b, int off, int len) {
            payload.write(b, off, len);
        }

        @Override
        public boolean end() {
            String data =
                    payload.size() > 20
                            ? payload.size() + ""
                            : HEX.formatHex(payload.toByteArray());
            frames.add(begun + (data.isEmpty() ? "" : " " + data));
            return !stops;
        }
    }

    private static FrameDecoder decoder(boolean masked) {
        return new FrameDecoder(masked, false, Integer.MAX_VALUE);
    }

    private static void feed(FrameDecoder decoder, byte[] bytes, int step, Notes notes)
            throws WebSocketException {
        byte[] copy = bytes.clone(); // it is unmasked in its place
        for (int i = 0; i < copy.length; i += step) {
            int n = Math.min(step, copy.length - i);
            assertEquals(n, decoder.feed(copy, i, n, notes));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "810548656c6c6f, 1 last 5 48656c6c6f",
        "010348656c80026c6f, 1 part 3 48656c; 0 last 2 6c6f",
        "890548656c6c6f, 9 last 5 48656c6c6f",
        "8100, 1 last 0",
        "8200, 2 last 0",
        "8800, 8 last 0",
        "010141 8900 8a0142 800143, 1 part 1 41; 9 last 0; 10 last 1 42; 0 last 1 43",
        "0100 0000 8000, 1 part 0; 0 part 0; 0 last 0",
    })
    void framesOfAServer(String hex, String expected) throws Exception {
        byte[] bytes = HEX.parseHex(hex.replace(" ", ""));
        for (int step = 1; step <= bytes.length; step++) {
            Notes notes = new Notes();
            FrameDecoder decoder = decoder(false);
            feed(decoder, bytes, step, notes);
            assertEquals(expected, String.join("; ", notes.frames), "in steps of " + step);
            assertTrue(decoder.isBetweenFrames());
        }
    }

    @Test
    void aMaskedFrameOfTheRfc() throws Exception {
        byte[] bytes = HEX.parseHex("818537fa213d7f9f4d5158");
        for (int step = 1; step <= bytes.length; step++) {
            Notes notes = new Notes();
            feed(decoder(true), bytes, step, notes);
            assertEquals(List.of("1 last 5 48656c6c6f"), notes.frames);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, 8300, 1002, opcode 3",
        "false, 8b00, 1002, opcode 11",
        "false, 8f00, 1002, opcode 15",
        "false, c100, 1002, reserved",
        "false, a100, 1002, reserved",
        "false, 9100, 1002, reserved",
        "false, c900, 1002, reserved",
        "false, 8180, 1002, masked",
        "true, 8100, 1002, without a mask",
        "false, 0900, 1002, half a control",
        "false, 0800, 1002, half a control",
        "false, 897e, 1002, more than 125",
        "false, 887f, 1002, more than 125",
        "false, 8000, 1002, continuation of no",
        "false, 0000, 1002, continuation of no",
        "false, 0100 8100, 1002, in the middle",
        "false, 0100 0100, 1002, in the middle",
        "false, 0100 8000 8000, 1002, continuation of no",
        "false, 817e007d, 1002, not as short",
        "false, 817e0000, 1002, not as short",
        "false, 817f000000000000ffff, 1002, not as short",
        "false, 817f8000000000000000, 1002, not as short",
        "false, 817fffffffffffffffff, 1002, not as short",
        "false, 817f0000000080000000, 1009, 2147483648",
        "false, 827f7fffffffffffffff, 1009, it can have",
    })
    void whatNoPeerMaySend(boolean masked, String hex, int code, String message) {
        byte[] bytes = HEX.parseHex(hex.replace(" ", ""));
        for (int step : new int[] {1, 2, bytes.length}) {
            var e =
                    assertThrows(
                            WebSocketException.class,
                            () -> feed(decoder(masked), bytes, step, new Notes()));
            assertEquals(code, e.closeCode());
            assertTrue(e.getMessage().contains(message), e.getMessage());
        }
    }

    @Test
    void everyPairOfFirstBytesIsTakenOrRefusedAsTheRfcSays() throws Exception {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                int opcode = first & 0x0F;
                boolean control = opcode >= 8;
                boolean known = opcode == 1 || opcode == 2 || control && opcode <= 10;
                boolean good =
                        known
                                && (first & 0x70) == 0
                                && (second & 0x80) == 0
                                && !(control && ((first & 0x80) == 0 || second > 125));
                boolean taken = true;
                try {
                    int ignored = decoder(false).feed(bytes(first, second), 0, 2, new Notes());
                } catch (WebSocketException e) {
                    taken = false;
                    assertEquals(1002, e.closeCode());
                }
                assertEquals(good, taken, first + " " + second);
            }
        }
    }

    private static byte[] bytes(int... values) {
        byte[] b = new byte[values.length];
        for (int i = 0; i < b.length; i++) {
            b[i] = (byte) values[i];
        }
        return b;
    }

    @ParameterizedTest
    @CsvSource({"c100, true", "c200, true", "c000, false", "c900, false", "e100, false"})
    void rsv1IsForTheFirstFrameOfACompressedMessage(String hex, boolean good) throws Exception {
        FrameDecoder decoder = new FrameDecoder(false, true, 100);
        Notes notes = new Notes();
        try {
            feed(decoder, HEX.parseHex(hex), 1, notes);
            assertTrue(good, notes.frames.toString());
            assertTrue(notes.frames.getFirst().contains("z"));
        } catch (WebSocketException e) {
            assertFalse(good, e.getMessage());
        }
    }

    @Test
    void lengthsAreReadInAllThreeForms() throws Exception {
        for (int n : new int[] {0, 1, 125, 126, 127, 65535, 65536, 100_000}) {
            for (boolean masked : new boolean[] {false, true}) {
                byte[] payload = new byte[n];
                new Random(n).nextBytes(payload);
                byte[] frame = RawPeer.frame(0x82, payload, masked);
                for (int step : new int[] {1, 7, 4096, frame.length}) {
                    Notes notes = new Notes();
                    feed(decoder(masked), frame, step, notes);
                    assertTrue(notes.frames.getFirst().startsWith("2 last " + n));
                    assertArrayEquals(payload, notes.payload.toByteArray());
                }
            }
        }
    }

    @Test
    void aFrameMayHaveWhatIsAllowedAndNotAByteMore() throws Exception {
        FrameDecoder decoder = new FrameDecoder(false, false, 200);
        Notes notes = new Notes();
        feed(decoder, RawPeer.frame(0x82, new byte[200], false), 50, notes);
        assertEquals(List.of("2 last 200 200"), notes.frames);
        var e =
                assertThrows(
                        WebSocketException.class,
                        () -> feed(decoder, RawPeer.frame(0x82, new byte[201], false), 4, notes));
        assertEquals(1009, e.closeCode());
    }

    @Test
    void itStopsBetweenFramesWhenTheSinkWantsNoMore() throws Exception {
        Notes notes = new Notes();
        notes.stops = true;
        FrameDecoder decoder = decoder(false);
        byte[] bytes = HEX.parseHex("810141" + "810142");
        assertEquals(3, decoder.feed(bytes, 0, 6, notes));
        assertEquals(3, decoder.feed(bytes, 3, 3, notes));
        assertEquals(List.of("1 last 1 41", "1 last 1 42"), notes.frames);
    }

    @Test
    void masksAreTheSameInWholeAndInPieces() {
        byte[] data = new byte[100];
        new Random(5).nextBytes(data);
        int key = 0x12345678;
        byte[] expected = data.clone();
        for (int i = 0; i < expected.length; i++) {
            expected[i] ^= (byte) (key >> 24 - 8 * (i & 3));
        }
        for (int off = 0; off < 9; off++) {
            for (int cut = 0; cut <= data.length; cut++) {
                byte[] b = new byte[off + data.length];
                System.arraycopy(data, 0, b, off, data.length);
                Frames.mask(b, off, cut, key, 0);
                Frames.mask(b, off + cut, data.length - cut, key, cut);
                assertArrayEquals(expected, Arrays.copyOfRange(b, off, b.length));
            }
        }
    }
}
