package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;

/** Messages that are made to keep the hub busy: the work on them is linear and gives way. */
class HeavyMessageTest extends HubScenario {

    private static final int ROW = 64 * 1024;
    private static final int SIZE = 2 << 20;

    private static void assertMany(int least, int turns) {
        assertTrue(turns >= least, turns + " turns, not " + least);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageOfManyTinyFragmentsIsCopiedAFewTimesOnly(boolean empty) throws Exception {
        var builder = new MessageBuilder(1 << 20, null);
        int fragments = 20_000;
        int arrays = 0;
        byte[] array = builder.array();
        byte[] data = {'x', 'y', 'z'};
        int n = empty ? 0 : 3;
        for (int i = 0; i < fragments; i++) {
            boolean last = i == fragments - 1;
            builder.begin(i == 0 ? Frames.TEXT : Frames.CONTINUATION, last, false, n);
            builder.data(data, 0, n);
            boolean ignored = builder.end();
            arrays += builder.array() == array ? 0 : 1;
            array = builder.array();
        }
        assertTrue(arrays <= 16, arrays + " arrays");
        assertEquals(
                "xyz".substring(0, n).repeat(fragments),
                ((Message.Text) builder.takeMessage()).text());
    }

    private static byte[] deflated(byte[] b) {
        var deflater = new Deflater(9, true);
        byte[] out = new byte[b.length + 100];
        deflater.setInput(b);
        int n = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(out, n - 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageThatBecomesMuchGivesWay(boolean streamed) throws Exception {
        byte[] compressed = deflated(new byte[SIZE]);
        var builder = new MessageBuilder(SIZE, new Inflation(true));
        builder.stream(streamed);
        int turns =
                turnsDuring(
                        () -> {
                            builder.begin(Frames.BINARY, true, true, compressed.length);
                            builder.data(compressed, 0, compressed.length);
                            boolean ignored = builder.end();
                        });
        assertMany(SIZE / ROW, turns);
        assertEquals(SIZE, streamed ? builder.available() : size(builder.takeMessage()));
        builder.release();
    }

    private static int size(Message m) {
        return ((Message.Binary) m).bytes().length;
    }

    @Test
    void aLongTextGivesWay() throws Exception {
        var builder = new MessageBuilder(SIZE, null);
        byte[] half = "é".repeat(SIZE / 4).getBytes(StandardCharsets.UTF_8);
        int turns =
                turnsDuring(
                        () -> {
                            builder.begin(Frames.TEXT, false, false, half.length);
                            builder.data(half, 0, half.length);
                            boolean ignored = builder.end();
                            builder.begin(Frames.CONTINUATION, true, false, half.length);
                            builder.data(half, 0, half.length);
                            ignored = builder.end();
                        });
        assertMany(SIZE / ROW - 5, turns);
        assertEquals("é".repeat(SIZE / 2), ((Message.Text) builder.takeMessage()).text());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLongMessageIsCompressedInPiecesAndGivesWay(boolean forgets) throws Exception {
        byte[] message = new byte[SIZE];
        var random = new Random(1);
        for (int i = 0; i < SIZE; i += 100) {
            message[i] = (byte) random.nextInt();
        }
        for (int bits : new int[] {9, 15}) {
            var deflation = new Deflation(Compression.defaults().level(1), forgets, bits);
            var end = new int[1];
            int turns =
                    turnsDuring(
                            () -> end[0] = deflation.deflate(message, 0, SIZE, new byte[64], 0));
            assertMany(SIZE / ROW, turns);
            byte[] out = deflation.takeOut();
            var builder = new MessageBuilder(SIZE, new Inflation(true));
            builder.begin(Frames.BINARY, true, true, end[0]);
            builder.data(out, 0, end[0]);
            assertEquals(false, builder.end());
            assertArrayEquals(message, ((Message.Binary) builder.takeMessage()).bytes());
            deflation.release();
        }
    }
}
