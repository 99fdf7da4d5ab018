package dev.jevent.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;

/**
 * Throws a StackOverflowError where something that must not be broken off half-way would come to
 * the end of the stack: before it has begun. Each kind has room for those before it, so that none
 * of them fails in the middle of a larger one.
 *
 * <p>How it works: the frame of a method has a place for each of its variables, used or not, and
 * here are methods that claim to have very many. In the interpreter they need that room themselves.
 * Compiled code needs none for them; but at its entry it looks whether there would be room for the
 * interpreter's frames, also of what was compiled into it, in case that it has to be given up. So
 * there they cost one store for each 4 KiB, and no call. With more than 20 KiB these stores push
 * each other out of the processor's cache: so the largest one stays a call, for a root that waits.
 *
 * <p>No source can say how many variables there are, so the class is written here, byte by byte.
 */
public final class StackRoom {

    /** What is made below. */
    abstract static class Frames {
        abstract void brief();

        abstract void section();

        abstract void operation();

        abstract void loop();

        abstract void deep(int frames);
    }

    private static final int KIB = 1024 / 8; // of variables
    private static final int DEEP = 16 * KIB;
    private static final int TOO_LARGE = 400; // to be compiled into its callers
    private static final int TOO_LONG = 8_000; // for the compilers: it has these frames always
    static Frames made; // by the initialiser of what is made
    private static final Frames FRAMES = make();
    // Never anything but zero, which compilers must not know; one for each, or a branch could be
    // omitted after that of a smaller one.
    static int brief;
    static int section;
    static int operation;
    static int loop;

    private StackRoom() {}

    /** For one step: a timer, an entry for the loop of another thread. 4 KiB. */
    public static void brief() {
        FRAMES.brief();
    }

    /** For what is done under a {@link SpinLock}, and to wake somebody after it. 8 KiB. */
    public static void section() {
        FRAMES.section();
    }

    /** For what stands somewhere and waits, or consists of several sections. 16 KiB. */
    public static void operation() {
        FRAMES.operation();
    }

    /** For the loop of a hub and what it runs. 64 KiB. */
    public static void loop() {
        FRAMES.loop();
    }

    /** For so many bytes more than a loop needs. Slow: a microsecond for each 16 KiB. */
    public static void atLeast(int bytes) {
        FRAMES.deep(bytes / (DEEP * 8) + 1);
        loop();
    }

    /**
     * Called from the branch that is never taken: there compiled code could be given up. Longer
     * than 35 bytes, or C1 would compile it into its callers, and nothing would be left there for
     * which they could.
     */
    static void giveUp() {
        brief = 0;
        section = 0;
        operation = 0;
        loop = 0;
        brief += section;
        section += operation;
        operation += loop;
        loop += brief;
    }

    private static Frames make() {
        try {
            MethodHandles.lookup().defineHiddenClass(bytecode(), true);
            return made;
        } catch (IOException | IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static byte[] bytecode() throws IOException {
        var bytes = new ByteArrayOutputStream(512);
        try (var out = new DataOutputStream(bytes)) {
            String me = StackRoom.class.getName().replace('.', '/');
            out.writeInt(0xCAFEBABE);
            out.writeInt(65); // of Java 21
            out.writeShort(39); // constants
            type(out, 1, me + "Frames"); // 1, 2
            type(out, 3, me + "$Frames"); // 3, 4
            type(out, 5, me); // 5, 6
            name(out, "()V"); // 7
            name(out, "<init>"); // 8
            pair(out, 12, 8, 7); // 9
            pair(out, 10, 4, 9); // 10, the constructor of the superclass
            name(out, "loop"); // 11
            name(out, "I"); // 12
            pair(out, 12, 11, 12); // 13
            pair(out, 9, 6, 13); // 14, the field
            name(out, "giveUp"); // 15
            pair(out, 12, 15, 7); // 16
            pair(out, 10, 6, 16); // 17, the method
            name(out, "Code"); // 18
            name(out, "StackMapTable"); // 19
            name(out, "brief"); // 20
            name(out, "section"); // 21
            name(out, "operation"); // 22
            name(out, "made"); // 23
            name(out, "deep"); // 24
            name(out, "L" + me + "$Frames;"); // 25
            pair(out, 12, 23, 25); // 26
            pair(out, 9, 6, 26); // 27, the field
            name(out, "<clinit>"); // 28
            pair(out, 10, 2, 9); // 29, the constructor
            name(out, "(I)V"); // 30
            pair(out, 12, 24, 30); // 31
            pair(out, 10, 2, 31); // 32, the method
            pair(out, 12, 20, 12); // 33
            pair(out, 9, 6, 33); // 34, the field brief
            pair(out, 12, 21, 12); // 35
            pair(out, 9, 6, 35); // 36, the field section
            pair(out, 12, 22, 12); // 37
            pair(out, 9, 6, 37); // 38, the field operation
            shorts(out, 0x1030, 2, 4, 0, 0); // final, with a superclass; no interfaces, no fields
            out.writeShort(7);
            // super()
            plain(out, 0, 8, 0x2A, 0xB7, 0, 10, 0xB1);
            // made = new …()
            plain(out, 8, 28, 0xBB, 0, 2, 0x59, 0xB7, 0, 29, 0xB3, 0, 27, 0xB1);
            deep(out);
            method(out, 20, 34, 4 * KIB, 0);
            method(out, 21, 36, 8 * KIB, 0);
            method(out, 22, 38, 16 * KIB, 0);
            method(out, 11, 14, 64 * KIB, TOO_LARGE);
            out.writeShort(0);
        }
        return bytes.toByteArray();
    }

    /** Calls itself so many times: {@code if (frames > 0) deep(frames - 1)}. */
    private static void deep(DataOutputStream out) throws IOException {
        int go = 6 + TOO_LONG;
        int end = go + 11;
        shorts(out, 0x10, 24, 30, 1, 18);
        out.writeInt(12 + end + 1 + 12);
        shorts(out, 3, DEEP);
        out.writeInt(end + 1);
        bytes(out, 0xB2, 0, 14, 0x99); // if (loop != 0)
        out.writeShort(go - 3);
        out.write(new byte[TOO_LONG]); // nothing
        bytes(out, 0x1B, 0x9E, 0, 10, 0x2A, 0x1B, 0x04, 0x64, 0xB6, 0, 32, 0xB1);
        shorts(out, 0, 1, 19);
        out.writeInt(6);
        out.writeShort(2);
        out.write(251); // at both places: what it was called with
        shorts(out, go);
        out.write(end - go - 1);
    }

    private static void plain(DataOutputStream out, int access, int name, int... code)
            throws IOException {
        shorts(out, access, name, 7, 1, 18);
        out.writeInt(12 + code.length);
        shorts(out, 2, 1);
        out.writeInt(code.length);
        bytes(out, code);
        shorts(out, 0, 0);
    }

    /** {@code if (field != 0) giveUp()}, and so many bytes of nothing in that branch. */
    private static void method(
            DataOutputStream out, int name, int field, int variables, int nothing)
            throws IOException {
        int end = 9 + nothing;
        shorts(out, 0x10, name, 7, 1, 18);
        out.writeInt(12 + end + 1 + 11);
        shorts(out, 1, variables);
        out.writeInt(end + 1);
        bytes(out, 0xB2, 0, field, 0x99);
        out.writeShort(end - 3);
        out.write(new byte[nothing]);
        bytes(out, 0xB8, 0, 17, 0xB1);
        shorts(out, 0, 1, 19);
        out.writeInt(5);
        out.writeShort(1);
        out.write(251); // at the return: what it was called with
        out.writeShort(end);
    }

    /** A class, as the constant behind its name. */
    private static void type(DataOutputStream out, int place, String name) throws IOException {
        name(out, name);
        out.write(7);
        out.writeShort(place);
    }

    private static void name(DataOutputStream out, String name) throws IOException {
        out.write(1);
        out.writeUTF(name);
    }

    private static void pair(DataOutputStream out, int kind, int one, int other)
            throws IOException {
        out.write(kind);
        shorts(out, one, other);
    }

    private static void bytes(DataOutputStream out, int... values) throws IOException {
        for (int value : values) {
            out.write(value);
        }
    }

    private static void shorts(DataOutputStream out, int... values) throws IOException {
        for (int value : values) {
            out.writeShort(value);
        }
    }
}
