package dev.jevent.cli;

import dev.jevent.http.HttpHandler;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the {@link HttpHandler} that a class is or has: the class itself, with a constructor
 * without parameters; a static field of that type; a static method that answers one; a method that
 * takes {@code (Request, Response)}. Nothing has to be public, but private is private.
 */
final class HandlerFinder {

    private static final String LIKE_THIS =
            "; it should be a dev.jevent.http.HttpHandler, or have a method like this:"
                    + " public static void handle(Request request, Response response)";

    private final Class<?> type;

    private HandlerFinder(Class<?> type) {
        this.type = type;
    }

    /**
     * The handler of the class, which is initialised.
     *
     * @param name of the field or method; empty if it is the class, or the only one there is
     * @throws Exception what the class itself throws
     */
    static HttpHandler find(Class<?> type, String name) throws Exception {
        return new HandlerFinder(type).find(name);
    }

    private HttpHandler find(String name) throws Exception {
        try {
            if (name.isEmpty() && HttpHandler.class.isAssignableFrom(type)) {
                return (HttpHandler) instance();
            }
            List<Member> found = members();
            List<Member> named =
                    name.isEmpty()
                            ? found
                            : found.stream().filter(m -> m.getName().equals(name)).toList();
            return handler(one(name, named, found));
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (LinkageError e) {
            if (e instanceof ExceptionInInitializerError) {
                throw e;
            }
            throw new CannotRun("cannot load class " + type.getName() + ": " + e, e);
        }
    }

    private Member one(String name, List<Member> named, List<Member> all) throws CannotRun {
        if (named.size() == 1) {
            return named.getFirst();
        }
        if (!name.isEmpty() && named.isEmpty()) {
            throw new CannotRun(
                    "no handler " + name + " in class " + type.getName() + hasOthers(all));
        }
        if (named.isEmpty()) {
            throw new CannotRun("no handler in class " + type.getName() + LIKE_THIS);
        }
        throw new CannotRun(
                "class "
                        + type.getName()
                        + " has several handlers"
                        + (name.isEmpty() ? "" : " " + name)
                        + ": "
                        + names(named)
                        + (name.isEmpty()
                                ? "; name one: "
                                        + type.getSimpleName()
                                        + "::"
                                        + named.getFirst().getName()
                                : ""));
    }

    private static String hasOthers(List<Member> all) {
        return all.isEmpty() ? LIKE_THIS : "; it has " + names(all);
    }

    private static String names(List<Member> members) {
        return String.join(", ", members.stream().map(Member::getName).sorted().toList());
    }

    // ---- what there is

    private List<Member> members() {
        List<Member> found = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (isOpen(field)
                    && Modifier.isStatic(field.getModifiers())
                    && HttpHandler.class.isAssignableFrom(field.getType())) {
                found.add(field);
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isOpen(method) && (takesRequests(method) || makesHandlers(method))) {
                found.add(method);
            }
        }
        return found;
    }

    private static boolean isOpen(Member member) {
        return !Modifier.isPrivate(member.getModifiers())
                && !Modifier.isAbstract(member.getModifiers())
                && !member.isSynthetic();
    }

    private static boolean takesRequests(Method method) {
        return Arrays.equals(
                method.getParameterTypes(), new Class<?>[] {Request.class, Response.class});
    }

    private static boolean makesHandlers(Method method) {
        return Modifier.isStatic(method.getModifiers())
                && method.getParameterCount() == 0
                && HttpHandler.class.isAssignableFrom(method.getReturnType());
    }

    // ---- what it becomes

    private HttpHandler handler(Member member) throws Exception {
        ((AccessibleObject) member).setAccessible(true);
        Object found;
        if (member instanceof Field field) {
            found = field.get(null);
        } else {
            Method method = (Method) member;
            if (method.getParameterCount() > 0) {
                return calling(method);
            }
            found = method.invoke(null);
        }
        if (found == null) {
            throw new CannotRun("the handler " + member.getName() + " is null");
        }
        return (HttpHandler) found;
    }

    private HttpHandler calling(Method method) throws Exception {
        MethodHandle handle = MethodHandles.lookup().unreflect(method);
        MethodHandle bound =
                Modifier.isStatic(method.getModifiers()) ? handle : handle.bindTo(instance());
        MethodHandle call =
                bound.asType(MethodType.methodType(void.class, Request.class, Response.class));
        return (request, response) -> {
            try {
                call.invokeExact(request, response);
            } catch (Throwable e) {
                throw HandlerFinder.<RuntimeException>sneaky(e); // as if it were called directly
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable e) throws E {
        throw (E) e;
    }

    private Object instance() throws Exception {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            if (!Modifier.isPrivate(constructor.getModifiers())
                    && !Modifier.isAbstract(type.getModifiers())) {
                constructor.setAccessible(true);
                return constructor.newInstance();
            }
        } catch (NoSuchMethodException e) {
            // said below
        }
        throw new CannotRun(
                "cannot make a "
                        + type.getName()
                        + ": it has no constructor without parameters that may be called");
    }
}
