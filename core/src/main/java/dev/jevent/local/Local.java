package dev.jevent.local;

import dev.jevent.RawGreenlet;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.Locals;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * A variable of which each greenlet, each hub's own thread and each other thread has its own value.
 * Follows {@code gevent.local}.
 *
 * <pre>{@code
 * static final Local<Request> REQUEST = Local.named("request");
 *
 * void handle(Request r) {
 *     REQUEST.set(r);
 *     process(); // whatever this calls asks REQUEST.get()
 * }
 * }</pre>
 *
 * A {@link ThreadLocal} works in greenlets too. This one says what it is called and what a given
 * greenlet has in it, never answers null, and is smaller. A greenlet does not inherit the values of
 * the one that spawns it.
 *
 * <p>A value is let go when it is removed, when its greenlet or thread ends, and, if nobody holds
 * the local itself any more, when its greenlet sets others.
 *
 * <p>May be used from any thread; each sees its own value.
 *
 * @param <T> the type of the value, which is never null
 */
public final class Local<T> {

    private static final CallerAccess ACCESS = CallerAccess.get();

    private final @Nullable String name;
    private final @Nullable Supplier<? extends T> initial;
    private final Locals.Key key = new Locals.Key(this);

    /** A local without a first value: it is to be set before it is asked for. */
    public Local() {
        this(null, null);
    }

    private Local(@Nullable String name, @Nullable Supplier<? extends T> initial) {
        this.name = name;
        this.initial = initial;
    }

    /**
     * A local whose first value in each greenlet and thread is made when it is first asked for
     * there. A supplier that throws leaves it unset.
     */
    public static <T> Local<T> withInitial(Supplier<? extends T> initial) {
        return new Local<>(null, checked(initial));
    }

    /** A local without a first value, with a name for reports. */
    public static <T> Local<T> named(String name) {
        return new Local<>(checked(name), null);
    }

    /** As {@link #withInitial(Supplier)}, with a name for reports. */
    public static <T> Local<T> named(String name, Supplier<? extends T> initial) {
        return new Local<>(checked(name), checked(initial));
    }

    private static <A> A checked(A argument) {
        if (argument == null) {
            throw new NullPointerException("a local needs a name or first value that is not null");
        }
        return argument;
    }

    /**
     * The caller's value.
     *
     * @throws NoSuchElementException if it was not set and there is no first value
     */
    public T get() {
        T value = find();
        return value != null ? value : first();
    }

    private T first() {
        if (initial == null) {
            throw new NoSuchElementException(
                    this + " is not set in " + callerName() + "; set it there, or use withInitial");
        }
        T made = initial.get(); // may wait, and set other locals
        if (made == null) {
            throw new NullPointerException("the first value of " + this + " is null");
        }
        set(made);
        return made;
    }

    private static String callerName() {
        Thread thread = Thread.currentThread();
        return thread.isVirtual() ? "" + ACCESS.caller() : thread.getName();
    }

    /** The caller's value, or this if it is not set. Does not make a first value. */
    public T orElse(T other) {
        T value = find();
        return value != null ? value : other;
    }

    @SuppressWarnings("unchecked") // only set() puts it there
    private @Nullable T find() {
        Locals locals = ACCESS.locals();
        return locals == null ? null : (T) locals.get(key);
    }

    /** Sets the caller's value. */
    public void set(T value) {
        if (value == null) {
            throw new NullPointerException("a local has no null; to unset it, remove it");
        }
        ACCESS.makeLocals().set(key, value);
    }

    /** Whether the caller has a value. Does not make a first value. */
    public boolean isSet() {
        return find() != null;
    }

    /** Unsets the caller's value, if there is one. The next {@link #get} makes a first value. */
    public void remove() {
        Locals locals = ACCESS.locals();
        if (locals != null) {
            locals.remove(key);
        }
    }

    /**
     * What a greenlet or root has in its locals at this moment, for reports. Empty when it has
     * ended.
     */
    public static Map<Local<?>, Object> allOf(RawGreenlet greenlet) {
        Map<Local<?>, Object> all = new LinkedHashMap<>();
        Locals locals = ACCESS.localsOf(greenlet);
        if (locals != null) {
            locals.forEach((local, value) -> all.put((Local<?>) local, value));
        }
        return all;
    }

    @Override
    public String toString() {
        return name == null ? "Local@" + Integer.toHexString(hashCode()) : "Local " + name;
    }
}
