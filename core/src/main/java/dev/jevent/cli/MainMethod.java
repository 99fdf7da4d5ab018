package dev.jevent.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The main method of a program: with or without {@code String[]}, static or of an instance, not
 * necessarily public. Follows JLS 12.1.4 (JEP 512).
 */
final class MainMethod {

    private final MethodHandle constructor; // null if the method is static
    private final MethodHandle method;
    private final boolean takesArguments;

    private MainMethod(MethodHandle constructor, MethodHandle method, boolean takesArguments) {
        this.constructor = constructor;
        this.method = method;
        this.takesArguments = takesArguments;
    }

    static MainMethod of(Class<?> type) throws CannotRun {
        try {
            Method method = find(type);
            boolean isStatic = Modifier.isStatic(method.getModifiers());
            var lookup = MethodHandles.lookup();
            method.setAccessible(true);
            return new MainMethod(
                    isStatic ? null : lookup.unreflectConstructor(constructor(type)),
                    lookup.unreflect(method),
                    method.getParameterCount() == 1);
        } catch (IllegalAccessException | RuntimeException e) {
            throw new CannotRun("cannot call the main method of class " + type.getName(), e);
        } catch (LinkageError e) {
            throw new CannotRun("cannot load class " + type.getName() + ": " + e, e);
        }
    }

    private static Method find(Class<?> type) throws CannotRun {
        Method method = find(type, String[].class);
        if (method == null || !isMain(method)) {
            method = find(type, new Class<?>[0]);
        }
        if (method == null || !isMain(method)) {
            throw new CannotRun(
                    "no main method in class "
                            + type.getName()
                            + "; it should look like this: public static void main(String[] args)");
        }
        return method;
    }

    private static Method find(Class<?> type, Class<?>... parameters) {
        try {
            return type.getMethod("main", parameters);
        } catch (NoSuchMethodException e) {
            // one that is not public, perhaps
        }
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            try {
                return c.getDeclaredMethod("main", parameters);
            } catch (NoSuchMethodException e) {
                // in a superclass, perhaps
            }
        }
        return null;
    }

    private static boolean isMain(Method method) {
        return method.getReturnType() == void.class && !Modifier.isPrivate(method.getModifiers());
    }

    private static Constructor<?> constructor(Class<?> type) throws CannotRun {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            if (!Modifier.isPrivate(constructor.getModifiers())) {
                constructor.setAccessible(true);
                return constructor;
            }
        } catch (NoSuchMethodException e) {
            // said below
        }
        throw new CannotRun(
                "the main method of class "
                        + type.getName()
                        + " is not static, and there is no constructor without parameters for it");
    }

    /** Calls it, after its class was initialised. */
    void call(String[] arguments) throws Throwable {
        MethodHandle bound = constructor == null ? method : method.bindTo(constructor.invoke());
        if (takesArguments) {
            bound.invoke(arguments);
        } else {
            bound.invoke();
        }
    }

    /** Takes away the frames that came before main, as if the JVM had called it. */
    static void trim(Throwable error) {
        trim(error, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static void trim(Throwable error, Set<Throwable> seen) {
        if (error == null || !seen.add(error)) {
            return;
        }
        StackTraceElement[] frames = error.getStackTrace();
        int end = frames.length - 1;
        while (end >= 0 && !frames[end].getClassName().equals(MainMethod.class.getName())) {
            end--;
        }
        if (end >= 0) {
            while (end > 0 && isPartOfTheCall(frames[end - 1])) {
                end--;
            }
            error.setStackTrace(Arrays.copyOf(frames, end));
        }
        trim(error.getCause(), seen);
        for (Throwable suppressed : error.getSuppressed()) {
            trim(suppressed, seen);
        }
    }

    /** Whether it is a frame of a method handle, which had to initialise the class. */
    private static boolean isPartOfTheCall(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("java.lang.invoke.") || name.startsWith("jdk.internal.");
    }
}
