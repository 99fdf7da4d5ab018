package dev.jevent.internal.agent;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;

/**
 * Lets {@code new Thread(…)} in a greenlet make a non-daemon thread.
 *
 * <p>A new platform thread is a daemon if the thread that makes it is one, and every virtual thread
 * is. So a main that runs in a greenlet, starts a thread and returns would end the program, where
 * with {@code java} the thread keeps it alive. Here the constructor of {@link Thread} asks {@code
 * parent.isDaemon() & !GreenletSupport.isGreenlet(parent)} instead of {@code parent.isDaemon()}. In
 * a virtual thread that the program has made itself it is as ever.
 */
public final class UserThreads {

    private UserThreads() {}

    /**
     * Changes the constructor, for the rest of the JVM's life; after the first hub was made.
     *
     * @return false if that is impossible here, as jevent was not started as an agent
     */
    public static boolean install() {
        Instrumentation instrumentation = Agent.instrumentation();
        if (instrumentation == null || !instrumentation.isRetransformClassesSupported()) {
            return false;
        }
        var transformer = new Transformer();
        instrumentation.addTransformer(transformer, true);
        try {
            instrumentation.retransformClasses(Thread.class);
        } catch (UnmodifiableClassException | LinkageError | InternalError e) {
            return false;
        } finally {
            instrumentation.removeTransformer(transformer);
        }
        return transformer.changed;
    }

    private static final class Transformer implements ClassFileTransformer {

        volatile boolean changed;

        @Override
        public byte[] transform(
                ClassLoader loader,
                String className,
                Class<?> redefined,
                ProtectionDomain domain,
                byte[] code) {
            if (redefined != Thread.class) {
                return null;
            }
            try {
                var classFile = ClassFile.of();
                return classFile.transformClass(classFile.parse(code), inConstructors());
            } catch (RuntimeException e) {
                return null; // another JDK; threads stay as they are
            }
        }

        private ClassTransform inConstructors() {
            return ClassTransform.transformingMethodBodies(
                    method -> method.methodName().equalsString(ConstantDescs.INIT_NAME),
                    isDaemon());
        }

        private CodeTransform isDaemon() {
            var thread = Thread.class.describeConstable().orElseThrow();
            var greenlets = ClassDesc.of("java.lang.GreenletSupport");
            var threadToBoolean = MethodTypeDesc.of(ConstantDescs.CD_boolean, thread);
            return (builder, element) -> {
                if (element instanceof InvokeInstruction call
                        && call.name().equalsString("isDaemon")) {
                    changed = true;
                    builder.dup()
                            .with(element)
                            .swap()
                            .invokestatic(greenlets, "isGreenlet", threadToBoolean)
                            .iconst_1()
                            .ixor()
                            .iand();
                } else {
                    builder.with(element);
                }
            };
        }
    }
}
