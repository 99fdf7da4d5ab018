package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The right to redefine classes, taken from the JVM's tool interface for a while, in the form in
 * which {@code java.instrument} keeps it. Functions have the numbers that JNI and JVMTI fix.
 */
public final class Jvmti {

    /** What is done with it. */
    @FunctionalInterface
    public interface Use {
        /**
         * Does it.
         *
         * @param agent the address of what {@code sun.instrument.InstrumentationImpl} calls its
         *     native agent; good for redefineClasses only
         */
        void with(long agent) throws Exception;
    }

    private static final int VERSION = 0x30010000; // 1.0: the calls are of that age
    private static final int GET_ENV = 6; // of the JVM
    private static final int DISPOSE = 127 - 1; // of JVMTI, which counts from 1
    private static final int ADD_CAPABILITIES = 142 - 1;
    private static final int CAN_REDEFINE_CLASSES = 1 << 9;
    private static final int CAPABILITIES = 16; // bytes
    private static final int AGENT = 256; // a JPLISAgent, or more
    private static final int JVMTI_OF_AGENT = 8; // where it keeps this environment

    // One for all, which is linked once: an int may come as a long, and one too many is ignored.
    private static final MethodHandle CALL =
            Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(INT, LONG, LONG, LONG));

    private Jvmti() {}

    /**
     * Takes the right, uses it and gives it back.
     *
     * @throws IllegalStateException if the JVM does not give it
     */
    public static void use(Use use) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(8, 8);
            long jvm = jvm(arena, result);
            check(call(jvm, GET_ENV, result.address(), VERSION));
            long tools = result.get(LONG, 0);
            try {
                MemorySegment wanted = arena.allocate(CAPABILITIES, 8);
                wanted.set(INT, 0, CAN_REDEFINE_CLASSES);
                check(call(tools, ADD_CAPABILITIES, wanted.address(), 0));
                MemorySegment agent = arena.allocate(AGENT, 8);
                agent.set(LONG, 0, jvm);
                agent.set(LONG, JVMTI_OF_AGENT, tools);
                use.with(agent.address());
            } finally {
                int ignored = call(tools, DISPOSE, 0, 0);
            }
        } catch (Exception e) {
            throw e;
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    private static void check(int error) {
        if (error != 0) {
            throw new IllegalStateException("the JVM's tool interface says error " + error);
        }
    }

    private static long jvm(Arena arena, MemorySegment result) throws Throwable {
        Path library = Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
        MemorySegment list =
                SymbolLookup.libraryLookup(library, arena).findOrThrow("JNI_GetCreatedJavaVMs");
        MemorySegment count = arena.allocate(8, 8);
        check((int) CALL.invokeExact(list, result.address(), 1L, count.address()));
        return result.get(LONG, 0);
    }

    /** Of an object that begins with a pointer to its table of functions, as all of these do. */
    private static int call(long of, int number, long a, long b) throws Throwable {
        long table = MemorySegment.ofAddress(of).reinterpret(8).get(LONG, 0);
        long entry = table + 8L * number;
        long function = MemorySegment.ofAddress(entry).reinterpret(8).get(LONG, 0);
        return (int) CALL.invokeExact(MemorySegment.ofAddress(function), of, a, b);
    }
}
