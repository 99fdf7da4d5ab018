package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** What UTF-8 is, and how early it is seen that something is not. */
class Utf8Test {

    /** How many bytes are taken, one by one, before one is refused. */
    private static int taken(byte[] bytes) {
        Utf8 utf8 = new Utf8();
        for (int i = 0; i < bytes.length; i++) {
            if (!utf8.accept(bytes, i, 1)) {
                return i;
            }
        }
        return bytes.length;
    }

    @ParameterizedTest
    @CsvSource({
        "80, 0",
        "bf, 0",
        "c080, 0",
        "c1bf, 0",
        "f5808080, 0",
        "ff, 0",
        "fe, 0",
        "e08080, 1",
        "e09fbf, 1",
        "eda080, 1",
        "edbfbf, 1",
        "f0808080, 1",
        "f08fbfbf, 1",
        "f4908080, 1",
        "c241, 1",
        "e28241, 2",
        "f09f9841, 3",
        "cebae1bdb9cf83cebcceb5eda080656469746564, 12",
        "4142434445464748ff, 8",
        "41424344454647484950ff, 10",
    })
    void isRefusedAtTheFirstByteThatCannotBe(String hex, int at) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertEquals(at, taken(bytes));
        assertTrue(!Utf8.isValid(bytes, 0, bytes.length));
    }

    @ParameterizedTest
    @CsvSource({"c2", "e0a0", "e282", "f09f98", "f4", "ed9f", "41e2"})
    void halfACharacterIsNoText(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertEquals(bytes.length, taken(bytes));
        assertTrue(!Utf8.isValid(bytes, 0, bytes.length));
    }

    @Test
    void charactersAreTakenAndWrittenAsTheJdkWritesThem() {
        byte[] buffer = new byte[16];
        for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x11000 ? 1 : 97) {
            if (c >= 0xD800 && c <= 0xDFFF) {
                continue;
            }
            String text = Character.toString(c);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertTrue(Utf8.isValid(bytes, 0, bytes.length), "U+" + Integer.toHexString(c));
            int end = Utf8.encode(text, buffer, 1);
            assertEquals(bytes.length, end - 1);
            assertTrue(Arrays.equals(bytes, 0, bytes.length, buffer, 1, end));
        }
    }

    @Test
    void halfAPairIsWrittenAsTheJdkWritesIt() {
        for (String text : new String[] {"\uD83D", "a\uDE00b", "\uD83Dx", "\uDE00\uD83D"}) {
            byte[] buffer = new byte[16];
            int end = Utf8.encode(text, buffer, 0);
            assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), Arrays.copyOf(buffer, end));
        }
    }

    @Test
    void saysTheSameAsTheJdkOfAnything() {
        Random random = new Random(7);
        int[] interesting = {
            0x41, 0x80, 0xBF, 0xC2, 0xE0, 0xA0, 0xED, 0x9F, 0xF0, 0x90, 0xF4, 0x8F
        };
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) interesting[random.nextInt(interesting.length)];
            }
            boolean jdk = true;
            try {
                var ignored = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            } catch (CharacterCodingException e) {
                jdk = false;
            }
            boolean ours = Utf8.isValid(bytes, 0, bytes.length);
            assertEquals(jdk, ours, HexFormat.of().formatHex(bytes));
        }
    }
}
