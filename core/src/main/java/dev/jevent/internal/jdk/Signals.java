package dev.jevent.internal.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system, through {@code sun.misc.Signal}: the JDK offers it to everybody
 * (module {@code jdk.unsupported}), but the compiler's warning about it cannot be switched off.
 */
public final class Signals {

    private static final Class<?> HANDLER;
    private static final MethodHandle NEW_SIGNAL; // (String)Object
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
     * Checks that there is such a signal here.
     *
     * @param name without {@code SIG}
     * @throws IllegalArgumentException if there is none
     */
    public static void check(String name) {
        signal(name);
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
