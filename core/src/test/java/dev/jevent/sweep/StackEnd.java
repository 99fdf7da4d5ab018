package dev.jevent.sweep;

import dev.jevent.Action;

import org.jspecify.annotations.Nullable;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.function.Consumer;

/**
 * Calls something where the stack is nearly at its end: it goes down until there is none left,
 * comes back by some bytes, and calls it there. It goes in frames of 4 KiB, so that there are few:
 * a greenlet with many cannot give way there, because the JVM itself needs stack to put them away.
 */
final class StackEnd {

    private static final int LARGE = 4096;
    private static final int SMALL = 256; // about
    private static final Consumer<StackEnd> LARGE_FRAME = frame("Large", LARGE, "goDown");
    private static final Consumer<StackEnd> SMALL_FRAME = frame("Small", 64, "goDownAgain");

    private final Action action;
    private int large; // frames to come back
    private int small; // frames to go down again
    private boolean called;
    private @Nullable Throwable outcome;

    private StackEnd(Action action, int room) {
        this.action = action;
        this.large = room / LARGE + 1;
        this.small = (LARGE - room % LARGE) / SMALL;
    }

    /**
     * Calls it.
     *
     * @param room about so many bytes are free
     * @return what it threw, or null
     */
    static @Nullable Throwable call(int room, Action action) {
        var end = new StackEnd(action, room);
        end.goDown();
        return end.outcome;
    }

    void goDown() {
        try {
            LARGE_FRAME.accept(this);
        } catch (StackOverflowError e) {
            // here is the end
        }
        if (--large <= 0 && !called) {
            goDownAgain();
        }
    }

    void goDownAgain() {
        try {
            if (small-- > 0) {
                SMALL_FRAME.accept(this);
                return;
            }
            called = true;
            action.run();
        } catch (Throwable e) {
            if (called && outcome == null) {
                outcome = e;
            } // else there was no room for these: a little higher, then
        }
    }

    /** Calls a method of its argument, and is too long for the compilers: so its frame is large. */
    @SuppressWarnings("unchecked")
    private static Consumer<StackEnd> frame(String name, int bytes, String callee) {
        ClassDesc me = StackEnd.class.describeConstable().orElseThrow();
        byte[] bytecode =
                ClassFile.of()
                        .build(
                                ClassDesc.of("dev.jevent.sweep." + name),
                                c -> {
                                    c.withInterfaceSymbols(
                                            Consumer.class.describeConstable().orElseThrow());
                                    c.withMethodBody(
                                            ConstantDescs.INIT_NAME,
                                            ConstantDescs.MTD_void,
                                            ClassFile.ACC_PUBLIC,
                                            b ->
                                                    b.aload(0)
                                                            .invokespecial(
                                                                    ConstantDescs.CD_Object,
                                                                    ConstantDescs.INIT_NAME,
                                                                    ConstantDescs.MTD_void)
                                                            .return_());
                                    c.withMethodBody(
                                            "accept",
                                            MethodTypeDesc.of(
                                                    ConstantDescs.CD_void, ConstantDescs.CD_Object),
                                            ClassFile.ACC_PUBLIC,
                                            b -> accept(b, me, bytes, callee));
                                });
        try {
            return (Consumer<StackEnd>)
                    MethodHandles.lookup()
                            .defineHiddenClass(bytecode, true)
                            .lookupClass()
                            .getConstructor()
                            .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no stack to measure", e);
        }
    }

    private static void accept(CodeBuilder b, ClassDesc me, int bytes, String callee) {
        b.aload(1)
                .ifThen(
                        java.lang.classfile.Opcode.IFNULL,
                        never -> {
                            never.lconst_0().lstore(bytes / 8 - 2);
                            for (int i = 0; i < 8100; i++) {
                                never.nop();
                            }
                        });
        b.aload(1).checkcast(me).invokevirtual(me, callee, ConstantDescs.MTD_void).return_();
    }
}
