package dev.jevent.internal.jdk;

import dev.jevent.internal.agent.Agent;
import dev.jevent.internal.sys.Jvmti;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts calls of {@code java.lang.GreenletStreams} into the JDK's streams: at the start of each
 * method that reads or writes, and after a descriptor was closed. Nothing else in these classes is
 * changed.
 */
final class StreamHooks {

    private static final ClassDesc HOOKS = ClassDesc.of("java.lang.GreenletStreams");
    private static final ClassDesc BUFFER = ClassDesc.of("java.nio.ByteBuffer");
    private static final int NOT_OURS = -2;

    /** What is changed; all of them are there from the start of the JVM, or nearly. */
    static final List<String> CLASSES =
            List.of(
                    "java.io.FileDescriptor",
                    "java.io.FileInputStream",
                    "java.io.FileOutputStream",
                    "java.io.RandomAccessFile",
                    "sun.nio.ch.FileChannelImpl");

    private StreamHooks() {}

    /**
     * Changes the classes, for the rest of the JVM's life: as an agent, where jevent is one. Else
     * through the JVM's tool interface, to which no agent stays connected that would see each class
     * as it is loaded, and slow down the start of the program.
     */
    static void install() throws Exception {
        var classes = new ArrayList<ClassDefinition>();
        for (String name : CLASSES) {
            classes.add(new ClassDefinition(Class.forName(name), changed(name)));
        }
        ClassDefinition[] definitions = classes.toArray(ClassDefinition[]::new);
        Instrumentation agent = Agent.instrumentation();
        if (agent != null && agent.isRedefineClassesSupported()) {
            agent.redefineClasses(definitions);
        } else {
            Jvmti.use(a -> instrumentation(a).redefineClasses(definitions));
        }
    }

    private static Instrumentation instrumentation(long agent) throws Exception {
        String name = "sun.instrument.InstrumentationImpl";
        Class<?> type = Class.forName(name, false, null);
        open(type);
        Constructor<?> constructor =
                type.getDeclaredConstructor(
                        long.class, boolean.class, boolean.class, boolean.class);
        constructor.setAccessible(true);
        boolean redefines = true;
        return (Instrumentation) constructor.newInstance(agent, redefines, false, false);
    }

    private static void open(Class<?> type) throws Exception {
        var open = Module.class.getDeclaredMethod("implAddOpens", String.class, Module.class);
        open.setAccessible(true); // as all of java.lang
        open.invoke(type.getModule(), type.getPackageName(), StreamHooks.class.getModule());
    }

    private static byte[] changed(String name) throws IOException {
        String resource = "/" + name.replace('.', '/') + ".class";
        try (InputStream in = Object.class.getResourceAsStream(resource)) {
            return transform(name, in.readAllBytes());
        }
    }

    /**
     * The changed class.
     *
     * @param name as {@link Class#getName} says it
     * @throws RuntimeException if this JDK's class is not as we know it
     */
    static byte[] transform(String name, byte[] code) {
        ClassDesc owner = ClassDesc.of(name);
        var hooks = new Hooks(owner);
        var transform =
                ClassTransform.transformingMethods(
                        m -> hooks.of(m) != null,
                        (builder, element) -> {
                            if (element instanceof CodeModel body) {
                                MethodModel method = body.parent().orElseThrow();
                                builder.transformCode(body, hooks.of(method));
                                hooks.count++;
                            } else {
                                builder.with(element);
                            }
                        });
        var file = ClassFile.of();
        byte[] result = file.transformClass(file.parse(code), transform);
        if (hooks.count != hooks.expected()) {
            throw new IllegalStateException(name + " is not as jevent knows it");
        }
        return result;
    }

    private static final class Hooks {
        private final ClassDesc owner;
        int count;

        Hooks(ClassDesc owner) {
            this.owner = owner;
        }

        int expected() {
            return switch (owner.displayName()) {
                case "FileDescriptor" -> 1;
                case "FileInputStream", "FileOutputStream" -> 3;
                default -> 4; // read and write, each of one byte or buffer, and of many
            };
        }

        /** What happens to a method; null for nothing. */
        CodeTransform of(MethodModel method) {
            String signature =
                    method.methodName().stringValue() + method.methodType().stringValue();
            return switch (owner.displayName()) {
                case "FileDescriptor" -> signature.equals("close()V") ? afterClose() : null;
                case "FileInputStream" ->
                        switch (signature) {
                            case "read()I" -> atStart(this::readByte);
                            case "read([B)I" -> atStart(this::readArray);
                            case "read([BII)I" -> atStart(this::readRange);
                            default -> null;
                        };
                case "FileOutputStream" ->
                        switch (signature) {
                            case "write(I)V" -> atStart(this::writeByte);
                            case "write([B)V" -> atStart(this::writeArray);
                            case "write([BII)V" -> atStart(this::writeRange);
                            default -> null;
                        };
                case "RandomAccessFile" ->
                        switch (signature) {
                            case "read()I" -> atStart(this::readByte);
                            case "readBytes([BII)I" -> atStart(this::readRange);
                            case "write(I)V" -> atStart(this::writeByte);
                            case "writeBytes([BII)V" -> atStart(this::writeRange);
                            default -> null;
                        };
                default ->
                        switch (signature) {
                            case "read(Ljava/nio/ByteBuffer;)I" -> atStart(this::readBuffer);
                            case "read([Ljava/nio/ByteBuffer;II)J" -> atStart(this::readBuffers);
                            case "write(Ljava/nio/ByteBuffer;)I" -> atStart(this::writeBuffer);
                            case "write([Ljava/nio/ByteBuffer;II)J" -> atStart(this::writeBuffers);
                            default -> null;
                        };
            };
        }

        private void readByte(CodeBuilder b) {
            b.aload(0).iconst_1();
            read(b, ConstantDescs.CD_int);
        }

        private void readArray(CodeBuilder b) {
            b.aload(0).aload(1).arraylength(); // of null throws what the JDK would
            read(b, ConstantDescs.CD_int);
        }

        private void readRange(CodeBuilder b) {
            b.aload(0).iload(3);
            read(b, ConstantDescs.CD_int);
        }

        private void readBuffer(CodeBuilder b) {
            b.aload(0).aload(1);
            read(b, BUFFER);
        }

        private void readBuffers(CodeBuilder b) {
            b.aload(0).aload(1).iload(2).iload(3);
            read(b, BUFFER.arrayType(), ConstantDescs.CD_int, ConstantDescs.CD_int);
        }

        private void read(CodeBuilder b, ClassDesc... what) {
            b.invokestatic(HOOKS, "read", type(ConstantDescs.CD_void, what));
        }

        private void writeByte(CodeBuilder b) {
            b.aload(0).invokestatic(HOOKS, "write", type(ConstantDescs.CD_void));
        }

        private void writeArray(CodeBuilder b) {
            // null is for the JDK to throw
            b.aload(1)
                    .ifThen(
                            Opcode.IFNONNULL,
                            then -> {
                                then.aload(0).aload(1).iconst_0().aload(1).arraylength();
                                returnIfWritten(then);
                            });
        }

        private void writeRange(CodeBuilder b) {
            b.aload(0).aload(1).iload(2).iload(3);
            returnIfWritten(b);
        }

        private void returnIfWritten(CodeBuilder b) {
            var bytes = ConstantDescs.CD_byte.arrayType();
            var number = ConstantDescs.CD_int;
            b.invokestatic(HOOKS, "write", type(ConstantDescs.CD_boolean, bytes, number, number))
                    .ifThen(CodeBuilder::return_);
        }

        private void writeBuffer(CodeBuilder b) {
            int n = b.allocateLocal(TypeKind.INT);
            b.aload(0)
                    .aload(1)
                    .invokestatic(HOOKS, "write", type(ConstantDescs.CD_int, BUFFER))
                    .istore(n)
                    .iload(n)
                    .loadConstant(NOT_OURS)
                    .ifThen(Opcode.IF_ICMPNE, then -> then.iload(n).ireturn());
        }

        private void writeBuffers(CodeBuilder b) {
            int n = b.allocateLocal(TypeKind.LONG);
            var number = ConstantDescs.CD_int;
            b.aload(0)
                    .aload(1)
                    .iload(2)
                    .iload(3)
                    .invokestatic(
                            HOOKS,
                            "write",
                            type(ConstantDescs.CD_long, BUFFER.arrayType(), number, number))
                    .lstore(n)
                    .lload(n)
                    .loadConstant((long) NOT_OURS)
                    .lcmp()
                    .ifThen(then -> then.lload(n).lreturn());
        }

        /** With the stream itself before the parameters. */
        private MethodTypeDesc type(ClassDesc result, ClassDesc... parameters) {
            return MethodTypeDesc.of(result, parameters).insertParameterTypes(0, owner);
        }

        private static CodeTransform atStart(Consumer<CodeBuilder> hook) {
            return new CodeTransform() {
                @Override
                public void atStart(CodeBuilder builder) {
                    hook.accept(builder);
                }

                @Override
                public void accept(CodeBuilder builder, CodeElement element) {
                    builder.with(element);
                }
            };
        }

        private CodeTransform afterClose() {
            return (builder, element) -> {
                builder.with(element);
                if (element instanceof InvokeInstruction call
                        && call.name().equalsString("close0")) {
                    builder.aload(0).invokestatic(HOOKS, "closed", type(ConstantDescs.CD_void));
                }
            };
        }
    }
}
