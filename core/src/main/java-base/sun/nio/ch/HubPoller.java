package sun.nio.ch;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.channels.SelectableChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * Stands in {@code Poller.POLLERS} in the place of one of the JDK's pollers. What a greenlet waits
 * for goes to its hub; what any other virtual thread waits for goes to the poller that stood here
 * before.
 *
 * <p>Compiled into {@code java.base} and defined at run time; {@code dev.jevent.internal.jdk.Jdk25}
 * is its only user. The hub is reached through three functions that get one number: the descriptor,
 * with {@link #WRITE} and {@link #POLLED} added. The first two answer true if the hub sees to the
 * wait; the first and the third may throw what is to be thrown from the blocking call.
 */
public final class HubPoller extends Poller {

    /** Added to the descriptor when the thread waits until it can write. */
    public static final long WRITE = 1L << 32;

    /** Added to the descriptor when the wait ended because the descriptor was ready. */
    public static final long POLLED = 1L << 33;

    /** Added to the descriptor of a selector, if the JDK has a poller of its own for those. */
    public static final long SELECTOR = 1L << 34;

    private static final MethodHandle REGISTER;
    private static final MethodHandle DEREGISTER;
    private static LongPredicate begin;
    private static LongPredicate end;
    private static LongConsumer after;
    private static Supplier<Throwable> onClose;
    private static HubPoller selectors;
    private static HubPoller[] readers;
    private static HubPoller[] writers;

    static {
        try {
            var lookup = MethodHandles.privateLookupIn(Poller.class, MethodHandles.lookup());
            var type = MethodType.methodType(void.class, int.class);
            REGISTER = lookup.findVirtual(Poller.class, "register", type);
            DEREGISTER = lookup.findVirtual(Poller.class, "deregister", type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Poller original;
    private final long direction;
    private final Map<Integer, Thread> waiting; // the JDK's own map of who waits here

    @SuppressWarnings("unchecked")
    private HubPoller(Poller original, long direction) throws Exception {
        this.original = original;
        this.direction = direction;
        Field map = field(Poller.class, "map");
        if (direction == WRITE) {
            map.set(this, new Writers());
        }
        this.waiting = (Map<Integer, Thread>) map.get(this);
    }

    /**
     * Who waits to write. A close of a socket that others wait in wakes these last, and ends with
     * that: then it may throw.
     */
    private static final class Writers extends ConcurrentHashMap<Integer, Thread> {
        private static final long serialVersionUID = 1;

        @Override
        public Thread remove(Object fd) {
            Thread writer = super.remove(fd);
            Thread me = Thread.currentThread();
            boolean closes = me.isVirtual() && writer != me; // else its own wait has ended
            Throwable error = closes ? onClose.get() : null;
            if (error != null) {
                LockSupport.unpark(writer);
                throw HubPoller.<RuntimeException>sneaky(error);
            }
            return writer;
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }

    /**
     * Puts hub pollers in front of the JDK's. To be called once, from a platform thread, because
     * the JDK's pollers are virtual threads that inherit the scheduler of who starts them.
     */
    public static void install(
            LongPredicate beginWait,
            LongPredicate endWait,
            LongConsumer afterWait,
            Supplier<Throwable> onClose)
            throws Exception {
        begin = beginWait;
        end = endWait;
        after = afterWait;
        HubPoller.onClose = onClose;
        Object pollers = field(Poller.class, "POLLERS").get(null);
        Field master = field(pollers.getClass(), "masterPoller");
        if (master.get(pollers) instanceof Poller original) {
            // Selectors wait through the master poller
            selectors = new HubPoller(original, SELECTOR);
            master.set(pollers, selectors);
        }
        readers = replace((Poller[]) field(pollers.getClass(), "readPollers").get(pollers), 0);
        writers = replace((Poller[]) field(pollers.getClass(), "writePollers").get(pollers), WRITE);
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static HubPoller[] replace(Poller[] pollers, long direction) throws Exception {
        var result = new HubPoller[pollers.length];
        for (int i = 0; i < pollers.length; i++) {
            result[i] = new HubPoller(pollers[i], direction);
            pollers[i] = result[i];
        }
        return result;
    }

    /**
     * Wakes the thread that waits for the descriptor. Called by the hub.
     *
     * @param direction what was added to the descriptor when the wait began
     */
    public static Thread ready(int fd, long direction) {
        HubPoller poller;
        if (direction == SELECTOR) {
            poller = selectors;
        } else {
            HubPoller[] pollers = direction == WRITE ? writers : readers;
            // as PollerProvider.fdValToIndex does on Unix
            poller = pollers[fd & (pollers.length - 1)];
        }
        return poller.waiting.remove(fd);
    }

    /** The descriptor of a channel. */
    public static int descriptor(SelectableChannel channel) {
        return ((SelChImpl) channel).getFDVal();
    }

    @Override
    int fdVal() {
        return original.fdVal();
    }

    @Override
    void implRegister(int fd) throws IOException {
        if (!begin.test(fd | direction)) {
            call(REGISTER, fd);
        }
    }

    @Override
    void implDeregister(int fd, boolean polled) {
        if (!end.test(fd | direction | (polled ? POLLED : 0))) {
            try {
                call(DEREGISTER, fd);
            } catch (IOException e) {
                throw new InternalError(e);
            }
        }
        after.accept(fd | direction);
    }

    private void call(MethodHandle method, int fd) throws IOException {
        try {
            method.invokeExact(original, fd);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new InternalError(e);
        }
    }

    @Override
    int poll(int timeout) throws IOException {
        return original.poll(timeout);
    }
}
