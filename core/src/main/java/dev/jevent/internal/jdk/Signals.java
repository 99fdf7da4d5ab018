package dev.jevent.internal.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.Set;

/**
 * Signals of the operating system, through {@code sun.misc.Signal}: the JDK offers it to everybody
 * (module {@code jdk.unsupported}), but the compiler's warning about it cannot be switched off.
 */
public final class Signals {

    /**
     * Those that HotSpot handles itself, and those that nobody can. The JDK would let us take PIPE,
     * XFSZ and BUS, and that by which HotSpot suspends threads, without which the Flight Recorder
     * sees nearly nothing.
     */
    private static final Set<String> OF_THE_JVM =
            Set.of("SEGV", "BUS", "FPE", "ILL", "TRAP", "QUIT", "PIPE", "XFSZ", "KILL", "STOP");

    private static final String FREE = "URG, WINCH, USR1, CHLD, HUP, INT, TERM and others are free";

    private static final int SEGV = 11;
    private static final int USR2 = 12;
    private static final int HIGHEST = 64;
    private static final int SUSPENDS = suspends(System.getenv("_JAVA_SR_SIGNUM"));

    private static final Class<?> HANDLER;
    private static final MethodHandle NEW_SIGNAL; // (String)Object
    private static final MethodHandle NUMBER; // (Object)int
    private static final MethodHandle HANDLE; // (Object, Object)Object

    static {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            HANDLER = Class.forName("sun.misc.SignalHandler");
            var lookup = MethodHandles.publicLookup();
            var constructor = MethodType.methodType(void.class, String.class);
            NEW_SIGNAL =
                    lookup.findConstructor(signal, constructor)
                            .asType(MethodType.methodType(Object.class, String.class));
            NUMBER =
                    lookup.findVirtual(signal, "getNumber", MethodType.methodType(int.class))
                            .asType(MethodType.methodType(int.class, Object.class));
            HANDLE =
                    lookup.findStatic(
                                    signal,
                                    "handle",
                                    MethodType.methodType(HANDLER, signal, HANDLER))
                            .asType(MethodType.genericMethodType(2));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Signals() {}

    /**
     * Checks that a program may take such a signal.
     *
     * @param name with or without {@code SIG}, in small letters or capitals
     * @return without {@code SIG}, in capitals
     * @throws IllegalArgumentException if there is none, or the JVM or the system uses it; says
     *     which ones are free
     */
    public static String free(String name) {
        String upper = name.strip().toUpperCase(Locale.ROOT);
        String plain = upper.startsWith("SIG") ? upper.substring(3) : upper;
        if (OF_THE_JVM.contains(plain) || number(plain) == SUSPENDS) {
            throw new IllegalArgumentException(
                    "signal " + plain + " is used by the JVM or the system; " + FREE);
        }
        return plain;
    }

    private static int number(String name) {
        try {
            return (int) NUMBER.invokeExact(signal(name));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("there is no signal \"" + name + "\"; " + FREE, e);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** By which number HotSpot suspends a thread; it looks at that variable, as this does. */
    static int suspends(String variable) {
        try {
            int n = variable == null ? 0 : Integer.parseInt(variable.strip());
            return n > SEGV && n <= HIGHEST ? n : USR2;
        } catch (NumberFormatException e) {
            return USR2;
        }
    }

    private static Object signal(String name) {
        try {
            return (Object) NEW_SIGNAL.invokeExact(name);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /**
     * Has the handler called, in a thread of its own, whenever the process gets the signal.
     *
     * @return what handled it before, for {@link #restore}
     * @throws IllegalArgumentException if the JVM or the system keeps the signal for itself
     */
    public static Object handle(String name, Runnable handler) {
        return set(
                name,
                Proxy.newProxyInstance(
                        HANDLER.getClassLoader(), new Class<?>[] {HANDLER}, new Call(handler)));
    }

    /** Puts back what {@link #handle} answered. */
    public static void restore(String name, Object previous) {
        set(name, previous);
    }

    private static Object set(String name, Object handler) {
        try {
            return (Object) HANDLE.invokeExact(signal(name), handler);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    private record Call(Runnable handler) implements InvocationHandler {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "handle" -> {
                    handler.run();
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "jevent's signal handler";
            };
        }
    }

    private static RuntimeException rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
}
