package java.lang;

import jdk.internal.misc.TerminatingThreadLocal;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.StackChunk;
import jdk.internal.vm.ThreadContainer;
import jdk.internal.vm.ThreadContainers;
import jdk.internal.vm.annotation.ChangesCurrentThread;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What jevent needs of virtual threads and the JDK does not offer: threads with a scheduler of
 * their own, a field of our own in each thread, and a mount and unmount without the parts that a
 * hub with one thread does not need.
 *
 * <p>This class is compiled into {@code java.base} and defined at run time through a lookup of
 * {@code java.lang}; {@code dev.jevent.internal.jdk.Jdk25} is its only user. It follows {@code
 * VirtualThread} of JDK 25. The states it uses and how they go over into each other:
 *
 * <pre>
 *   NEW --start()--> STARTED --resume()--> RUNNING --suspend()--> PARKING --(unmounted)--> PARKED
 *                                             ^                                              |
 *                                             +------------------resume()--------------------+
 * </pre>
 *
 * A thread that {@code suspend()} parked is PARKED for the JDK too, so that {@code
 * LockSupport.unpark}, {@code interrupt} and stack dumps treat it as any parked thread.
 */
public final class GreenletSupport {

    /** The thread ran and gave way or ended. */
    public static final int RAN = 0;

    /** The thread was in no state from which it could be continued. */
    public static final int NOT_RUNNABLE = 1;

    /** Somebody takes a stack trace of the thread at this moment: try again. */
    public static final int SUSPENDED = 2;

    /** The thread has a large stack, for which the caller has to see whether there is room. */
    public static final int LARGE = 3;

    // in words; less than that has room wherever a loop runs
    private static final int LARGE_STACK = 40 * 1024 / 8;

    // the values of VirtualThread.state
    private static final int STATE_STARTED = 1;
    private static final int STATE_RUNNING = 2;
    private static final int STATE_PARKING = 3;
    private static final int STATE_PARKED = 4;
    private static final int STATE_PINNED = 5;
    private static final int STATE_TIMED_PARKED = 7;
    private static final int STATE_TIMED_PINNED = 8;
    private static final int STATE_UNPARKED = 9;
    private static final int STATE_WAIT = 16;
    private static final int STATE_TIMED_WAIT = 18;
    private static final int STATE_SUSPENDED_BIT = 1 << 8;

    private static final VarHandle STATE;
    private static final VarHandle PERMIT;
    private static final VarHandle CARRIER;
    private static final VarHandle TIMEOUT;
    private static final MethodHandle YIELD;
    private static final MethodHandle CONTINUATION;
    private static final MethodHandle SCHEDULER;
    private static final MethodHandle RUN_CONTINUATION;
    private static final MethodHandle AFTER_YIELD;
    private static final MethodHandle AFTER_DONE;
    private static final MethodHandle CANCEL_TIMEOUT;
    private static final MethodHandle JVMTI_MOUNT;
    private static final MethodHandle JVMTI_UNMOUNT;
    private static final MethodHandle CARRIED;
    private static final MethodHandle TASK;
    private static final MethodHandle HOLDER;
    private static final MethodHandle STACK_SIZE;
    private static final MethodHandle TARGET;
    private static final MethodHandle ENTER;
    private static final VarHandle MOUNTED;
    private static final VarHandle TAIL;
    private static final VarHandle SCOPED_VALUES;
    private static final VarHandle YIELD_INFO;

    // for prefetch
    private static final Unsafe MEMORY = Unsafe.getUnsafe();
    private static final long OFFSET_OF_CONTINUATION =
            MEMORY.objectFieldOffset(VirtualThread.class, "cont");
    private static final VarHandle CHUNK_SP; // in words from the end of the header
    private static final VarHandle CHUNK_SIZE;
    private static final long CHUNK_HEADER = 48; // bytes; or more, with other object layouts
    private static final int WORDS_OF_A_LINE = 8;
    private static final int PREFETCHED_WORDS = 8 * WORDS_OF_A_LINE;

    static {
        try {
            Class<?> type = VirtualThread.class;
            var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            var action = MethodType.methodType(void.class);
            var notice = MethodType.methodType(void.class, boolean.class);
            STATE = lookup.findVarHandle(type, "state", int.class);
            PERMIT = lookup.findVarHandle(type, "parkPermit", boolean.class);
            TIMEOUT = lookup.findVarHandle(type, "timeout", long.class);
            CARRIER = lookup.findVarHandle(type, "carrierThread", Thread.class);
            YIELD =
                    lookup.findVirtual(
                            type, "yieldContinuation", MethodType.methodType(boolean.class));
            CONTINUATION = lookup.findGetter(type, "cont", Continuation.class);
            SCHEDULER = lookup.findGetter(type, "scheduler", Executor.class);
            RUN_CONTINUATION = lookup.findGetter(type, "runContinuation", Runnable.class);
            AFTER_YIELD = lookup.findVirtual(type, "afterYield", action);
            AFTER_DONE = lookup.findVirtual(type, "afterDone", action);
            CANCEL_TIMEOUT = lookup.findVirtual(type, "cancelTimeoutTask", action);
            JVMTI_MOUNT = lookup.findVirtual(type, "notifyJvmtiMount", notice);
            JVMTI_UNMOUNT = lookup.findVirtual(type, "notifyJvmtiUnmount", notice);
            var base = MethodHandles.lookup();
            var inThread = MethodHandles.privateLookupIn(Thread.class, base);
            CARRIED = inThread.findGetter(Thread.class, "cont", Continuation.class);
            var holder = inThread.findClass("java.lang.Thread$FieldHolder");
            var inHolder = MethodHandles.privateLookupIn(holder, base);
            HOLDER = inThread.findGetter(Thread.class, "holder", holder);
            TASK =
                    MethodHandles.filterReturnValue(
                            HOLDER, inHolder.findGetter(holder, "task", Runnable.class));
            STACK_SIZE = inHolder.findGetter(holder, "stackSize", long.class);
            Class<?> c = Continuation.class;
            var inside = MethodHandles.privateLookupIn(c, base);
            TARGET = inside.findGetter(c, "target", Runnable.class);
            ENTER =
                    inside.findStatic(
                            c,
                            "enterSpecial",
                            MethodType.methodType(void.class, c, boolean.class, boolean.class));
            MOUNTED = inside.findVarHandle(c, "mounted", boolean.class);
            TAIL = inside.findVarHandle(c, "tail", StackChunk.class);
            var stack = MethodHandles.privateLookupIn(StackChunk.class, base);
            CHUNK_SP = stack.findVarHandle(StackChunk.class, "sp", int.class);
            CHUNK_SIZE = stack.findVarHandle(StackChunk.class, "size", int.class);
            SCOPED_VALUES = inside.findVarHandle(c, "scopedValueCache", Object[].class);
            YIELD_INFO = inside.findVarHandle(c, "yieldInfo", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private GreenletSupport() {}

    /** What a greenlet does when its thread runs; set once. */
    private static Consumer<Object> entry;

    /** Says what a greenlet does when its thread runs. Before the first thread is made. */
    public static void entry(Consumer<Object> entry) {
        GreenletSupport.entry = entry;
    }

    /**
     * The container of one thread, the place where its greenlet is kept, and its task: one object
     * for all three. It is not registered anywhere: a thread that is forgotten by everybody can be
     * collected.
     */
    private static class Context extends ThreadContainer implements Runnable {
        final Object greenlet;

        Context(Object greenlet) {
            super(true);
            this.greenlet = greenlet;
        }

        @Override
        @ForceInline
        public void run() {
            entry.accept(greenlet);
        }

        @Override
        public Stream<Thread> threads() {
            return Stream.empty();
        }
    }

    /** The context of a thread that somebody else has started. */
    private static final class Adoption extends Context {
        private final ThreadContainer before;

        Adoption(Object greenlet, ThreadContainer before) {
            super(greenlet);
            this.before = before;
        }

        @Override
        protected void onExit(Thread thread) {
            before.remove(thread);
        }
    }

    /** What a thread dump shows of a hub. */
    private static final class HubContainer extends ThreadContainer {
        private final String name;
        private final Supplier<Stream<Thread>> threads;

        HubContainer(String name, Supplier<Stream<Thread>> threads) {
            super(true);
            this.name = name;
            this.threads = threads;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Stream<Thread> threads() {
            return threads.get();
        }
    }

    /** One that can be thrown at while it is parked. */
    private static final class Throwing extends Continuation {
        private Throwable thrown; // on the hub's thread

        Throwing(Runnable target) {
            super(VirtualThread.continuationScope(), target);
        }

        @Override
        protected void onPinned(Pinned reason) {
            // parks on its carrier, as the JDK's do
        }

        @Override
        @ForceInline
        protected void onContinue() {
            if (thrown != null) {
                raise();
            }
        }

        private void raise() {
            Throwable t = thrown;
            thrown = null;
            throw GreenletSupport.<RuntimeException>sneaky(t);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }

    /** For how long a thread parks that is parked for a time; 0 for any other. */
    public static long parkNanos(Thread thread) {
        if (thread instanceof VirtualThread vt) {
            int s = (int) STATE.getVolatile(vt) & ~STATE_SUSPENDED_BIT;
            if (s == STATE_TIMED_PARKED || s == STATE_TIMED_PINNED) {
                return (long) TIMEOUT.get(vt);
            }
        }
        return 0;
    }

    /** Lets its next park end at once. */
    public static void givePermit(Thread thread) {
        if (thread instanceof VirtualThread vt) {
            PERMIT.setVolatile(vt, true);
        }
    }

    /** Whether its next park will end at once. */
    public static boolean hasPermit(Thread thread) {
        return thread instanceof VirtualThread vt && (boolean) PERMIT.getVolatile(vt);
    }

    /** Clears the interrupt status of a virtual thread, as it would itself; whether it was set. */
    public static boolean clearInterrupt(Thread thread) {
        synchronized (thread.interruptLock) {
            boolean was = thread.interrupted;
            thread.interrupted = false;
            if (thread instanceof VirtualThread vt
                    && (Thread) CARRIER.getVolatile(vt) instanceof Thread carrier) {
                carrier.clearInterrupt();
            }
            return was;
        }
    }

    /**
     * Has the error thrown from where the thread is parked, when it is continued. By the thread
     * that runs its hub's loop.
     *
     * @return false if it is none of the threads that can be thrown at
     */
    public static boolean throwFrom(Thread thread, Throwable error) {
        if (thread instanceof VirtualThread vt
                && MEMORY.getReference(vt, OFFSET_OF_CONTINUATION) instanceof Throwing c) {
            c.thrown = error;
            return true;
        }
        return false;
    }

    /** Registers a group of threads for dumps. The result is to be kept, and given to forget. */
    public static Object[] register(String name, Supplier<Stream<Thread>> threads) {
        var container = new HubContainer(name, threads);
        return new Object[] {container, ThreadContainers.registerContainer(container)};
    }

    /** Ends what register began. */
    public static void forget(Object[] registered) {
        ThreadContainers.deregisterContainer(registered[1]);
    }

    /** A virtual thread with the given scheduler, tied to its greenlet; not started. */
    public static Thread newThread(Executor scheduler, String name, Object greenlet) {
        var context = new Context(greenlet);
        var thread = new VirtualThread(scheduler, name, 0, context);
        thread.setThreadContainer(context);
        try {
            var target =
                    (Runnable) TARGET.invokeExact((Continuation) CONTINUATION.invokeExact(thread));
            MEMORY.putReference(thread, OFFSET_OF_CONTINUATION, new Throwing(target));
        } catch (Throwable e) {
            throw rethrow(e);
        }
        return thread;
    }

    /** Starts a thread that newThread made; the scheduler gets its first task. */
    public static void start(Thread thread) {
        thread.start(thread.threadContainer());
    }

    /** Ties a running virtual thread, started by somebody else, to a greenlet. */
    public static void adopt(Thread thread, Object greenlet) {
        thread.setThreadContainer(new Adoption(greenlet, thread.threadContainer()));
    }

    /** The greenlet of a thread, or null. */
    public static Object greenlet(Thread thread) {
        return thread.threadContainer() instanceof Context c ? c.greenlet : null;
    }

    /** Whether a greenlet was made with the thread, which is not the program's own. */
    public static boolean isGreenlet(Thread thread) {
        return thread.threadContainer() instanceof Context c && !(c instanceof Adoption);
    }

    /** Every live thread that the JDK knows of, but for those of hubs. */
    public static Stream<Thread> threads() {
        return threads(ThreadContainers.root());
    }

    private static Stream<Thread> threads(ThreadContainer container) {
        if (container instanceof HubContainer) {
            return Stream.empty();
        }
        return Stream.concat(
                container.threads(), container.children().flatMap(GreenletSupport::threads));
    }

    /** The virtual thread that a platform thread carries at this moment, or null. */
    public static Thread mounted(Thread carrier) {
        try {
            Continuation c = (Continuation) CARRIED.invokeExact(carrier);
            if (c == null) {
                return null;
            }
            Object wrapper = (Runnable) TARGET.invokeExact(c);
            for (var field : wrapper.getClass().getDeclaredFields()) {
                if (field.getType() == VirtualThread.class) {
                    field.setAccessible(true);
                    return (Thread) field.get(wrapper);
                }
            }
            return null;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** What a platform thread was given to run; null if it runs itself, or the JVM has made it. */
    public static Runnable task(Thread thread) {
        if (thread.isVirtual()) {
            return null;
        }
        try {
            return (Runnable) TASK.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** What the JDK tells of the end of each platform thread that has one. */
    private static final class AtEnd extends TerminatingThreadLocal<Runnable> {
        static final AtEnd ACTION = new AtEnd();

        @Override
        protected void threadTerminated(Runnable action) {
            action.run();
        }
    }

    /**
     * Has the action done by the calling platform thread at its end, when all of its own code has
     * returned; null for none.
     */
    public static void atThreadEnd(Runnable action) {
        if (action == null) {
            AtEnd.ACTION.remove();
        } else {
            AtEnd.ACTION.set(action);
        }
    }

    /** The platform thread that runs the caller. */
    public static Thread carrier() {
        return Thread.currentCarrierThread();
    }

    /** The scheduler of a virtual thread, null for a platform thread. */
    public static Executor scheduler(Thread thread) {
        try {
            return thread instanceof VirtualThread vt ? (Executor) SCHEDULER.invokeExact(vt) : null;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** Whether the thread is parked on its carrier, which it could not leave. */
    public static boolean isPinned(Thread thread) {
        if (!(thread instanceof VirtualThread vt)) {
            return false;
        }
        int s = (int) STATE.getVolatile(vt);
        return s == STATE_PINNED || s == STATE_TIMED_PINNED;
    }

    /** Whether the thread waits, unmounted, in a call that ends when it is interrupted. */
    public static boolean isWaiting(Thread thread) {
        if (!(thread instanceof VirtualThread vt)) {
            return false;
        }
        int s = (int) STATE.getVolatile(vt) & ~STATE_SUSPENDED_BIT;
        return s == STATE_PARKED
                || s == STATE_TIMED_PARKED
                || s == STATE_WAIT
                || s == STATE_TIMED_WAIT;
    }

    /**
     * Gives way until somebody continues the thread.
     *
     * @return false if the thread could not leave its carrier
     */
    @ForceInline
    public static boolean suspend(Thread self) {
        var vt = (VirtualThread) self;
        boolean yielded = false;
        // no fence: only this thread's unmount, which publishes PARKED, comes after it
        STATE.setOpaque(vt, STATE_PARKING);
        try {
            yielded = (boolean) YIELD.invokeExact(vt);
        } catch (OutOfMemoryError e) {
            // stays on the carrier, as the JDK does
        } catch (Throwable e) {
            throw rethrow(e);
        } finally {
            if (!yielded) {
                STATE.setVolatile(vt, STATE_RUNNING);
            }
        }
        return yielded;
    }

    /**
     * Runs a started or parked thread on the calling platform thread until it gives way or ends.
     * What {@code VirtualThread.runContinuation} does, but a thread of ours needs no second state
     * change to become runnable, and leaves its carrier without taking a lock.
     *
     * <p>The JVM crashes if the saved stack has no room on the carrier's. So a large one is only
     * continued if {@code anyStack}, by a caller who has looked.
     *
     * @return {@link #RAN}, {@link #NOT_RUNNABLE}, {@link #SUSPENDED} or {@link #LARGE}
     */
    @ChangesCurrentThread
    @ReservedStackAccess
    public static int resume(Thread thread, boolean anyStack) {
        var vt = (VirtualThread) thread;
        int s = (int) STATE.getOpaque(vt);
        if (s != STATE_PARKED && s != STATE_STARTED && s != STATE_UNPARKED) {
            return (s & STATE_SUSPENDED_BIT) != 0 ? SUSPENDED : NOT_RUNNABLE;
        }
        if (!anyStack && savedStack(vt) > LARGE_STACK) {
            return LARGE;
        }
        if (!STATE.compareAndSet(vt, s, STATE_RUNNING)) {
            return SUSPENDED;
        }
        try {
            CANCEL_TIMEOUT.invokeExact(vt);
            if ((boolean) PERMIT.getOpaque(vt)) {
                PERMIT.setVolatile(vt, false);
            }
            Thread carrier = Thread.currentCarrierThread();
            var continuation = (Continuation) CONTINUATION.invokeExact(vt);

            JVMTI_MOUNT.invokeExact(vt, true);
            CARRIER.setRelease(vt, carrier);
            if (vt.interrupted) {
                carrier.setInterrupt();
            } else if (carrier.interrupted) {
                carrier.clearInterrupt();
            }
            carrier.setCurrentThread(vt);
            try {
                enter(continuation, carrier);
            } finally {
                carrier.setCurrentThread(carrier);
                CARRIER.setRelease(vt, (Thread) null);
                JVMTI_UNMOUNT.invokeExact(vt, false);
                afterRun(vt, carrier, continuation);
            }
        } catch (Throwable e) {
            throw rethrow(e);
        }
        return RAN;
    }

    /** How much stack a parked thread needs to go on, in bytes; about. */
    public static int stackOf(Thread thread) {
        return savedStack((VirtualThread) thread) * 8;
    }

    /** In words. What lies in older chunks is laid on the stack when those above have returned. */
    @ForceInline
    private static int savedStack(VirtualThread vt) {
        try {
            var continuation = (Continuation) CONTINUATION.invokeExact(vt);
            var chunk = (StackChunk) TAIL.get(continuation);
            return chunk == null ? 0 : (int) CHUNK_SIZE.get(chunk) - (int) CHUNK_SP.get(chunk);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** The size of its stack that a platform thread was made with; 0 is the usual one. */
    public static long stackSize(Thread thread) {
        try {
            Object holder = (Object) HOLDER.invoke(thread);
            return holder == null ? 0 : (long) STACK_SIZE.invoke(holder);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /**
     * Reads what the way to a parked thread's stack leads over, and the frames that {@code resume}
     * copies first. The thread may run meanwhile, anywhere: what is read is of no interest, and
     * none of it lies outside of an object.
     */
    @ForceInline
    public static int prefetch(Thread thread) {
        if (!(thread instanceof VirtualThread vt)) {
            return 0;
        }
        int sum = (int) STATE.getOpaque(vt) + (greenlet(vt) != null ? 1 : 0);
        try {
            var continuation = (Continuation) CONTINUATION.invokeExact(vt);
            var chunk = (StackChunk) TAIL.get(continuation);
            if (chunk != null) {
                int from = (int) CHUNK_SP.get(chunk);
                int end = Math.min((int) CHUNK_SIZE.get(chunk), from + PREFETCHED_WORDS);
                for (int i = from; i < end; i += WORDS_OF_A_LINE) {
                    sum += MEMORY.getInt(chunk, CHUNK_HEADER + 8L * i);
                }
            }
        } catch (Throwable e) {
            throw rethrow(e);
        }
        return sum;
    }

    /**
     * {@code Continuation.run()} for the only case we have: the carrier runs no other continuation,
     * nobody else can mount this one at the same time (its thread's state says RUNNING), and it
     * never yields to another scope than that of virtual threads.
     */
    private static void enter(Continuation c, Thread carrier) throws Throwable {
        MOUNTED.set(c, true);
        Object[] cache = (Object[]) SCOPED_VALUES.get(c);
        if (cache != null) {
            Thread.setScopedValueCache(cache);
        }
        carrier.setContinuation(c);
        boolean started = (StackChunk) TAIL.get(c) != null;
        try {
            ENTER.invokeExact(c, started, true);
        } finally {
            VarHandle.storeStoreFence();
            carrier.setContinuation(null);
            if (c.isDone()) {
                TAIL.set(c, (StackChunk) null);
            }
            MOUNTED.setRelease(c, false);
            Object[] now = Thread.scopedValueCache();
            if (now != cache) {
                SCOPED_VALUES.set(c, now);
            }
            if (now != null) {
                Thread.setScopedValueCache(null);
            }
            YIELD_INFO.set(c, (Object) null);
        }
    }

    private static void afterRun(VirtualThread vt, Thread carrier, Continuation continuation)
            throws Throwable {
        boolean parked = false;
        if (!continuation.isDone() && (int) STATE.getOpaque(vt) == STATE_PARKING) {
            STATE.setVolatile(vt, STATE_PARKED);
            parked = true;
        } else {
            VarHandle.fullFence();
        }
        // The fence stands between our "no carrier" and this look at the interrupt. Whoever
        // interrupts sets the status first and then looks for a carrier, so that either we see the
        // status and wait until he has let go of the carrier, or he finds none.
        if (vt.interrupted) {
            synchronized (vt.interruptLock) {
                carrier.clearInterrupt();
            }
        } else if (carrier.interrupted) {
            carrier.clearInterrupt();
        }
        if (parked) {
            // unparked by the JDK while it was parking
            if ((boolean) PERMIT.getVolatile(vt)
                    && STATE.compareAndSet(vt, STATE_PARKED, STATE_UNPARKED)) {
                var scheduler = (Executor) SCHEDULER.invokeExact(vt);
                scheduler.execute((Runnable) RUN_CONTINUATION.invokeExact(vt));
            }
        } else if (continuation.isDone()) {
            AFTER_DONE.invokeExact(vt);
        } else {
            AFTER_YIELD.invokeExact(vt);
        }
    }

    private static RuntimeException rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof RuntimeException runtime) {
            throw runtime;
        }
        throw new InternalError(e);
    }
}
