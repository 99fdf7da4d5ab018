package dev.jevent.internal.jdk;

import dev.jevent.internal.Settings;
import dev.jevent.internal.sys.Fd;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The seam for JDK 25. The real work is in {@code java.lang.GreenletSupport} and {@code
 * sun.nio.ch.HubPoller} (sources in {@code src/main/java-base}), which are defined in the JDK's own
 * packages at start-up and reached through constant method handles, which the compiler inlines.
 *
 * <p>{@code -Djevent.switch=jdk} switches threads with {@code LockSupport} instead: slower, and
 * nothing of the JDK's scheduling is done by us.
 */
final class Jdk25 implements Jdk {

    private static final String HOW_TO_OPEN =
            "jevent cannot reach java.lang of this JVM: start it with --add-opens"
                    + " java.base/java.lang=ALL-UNNAMED --add-opens"
                    + " java.base/sun.nio.ch=ALL-UNNAMED, with -javaagent:jevent.jar, or with"
                    + " java -jar jevent.jar";

    private static final boolean PLAIN_SWITCH = Settings.switchesAsTheJdk();

    private static final MethodHandle NEW_THREAD;
    private static final MethodHandle START;
    private static final MethodHandle ADOPT;
    private static final MethodHandle GREENLET;
    private static final MethodHandle SCHEDULER;
    private static final MethodHandle CARRIER;
    private static final MethodHandle SUSPEND;
    private static final MethodHandle RESUME;
    private static final MethodHandle STACK_OF;
    private static final MethodHandle STACK_SIZE;
    private static final MethodHandle IS_PINNED;
    private static final MethodHandle IS_WAITING;
    private static final MethodHandle REGISTER;
    private static final MethodHandle FORGET;
    private static final MethodHandle THREADS;
    private static final MethodHandle MOUNTED;
    private static final MethodHandle ENTRY;
    private static final MethodHandle YIELD;
    private static final MethodHandle PREFETCH;
    private static final MethodHandle THROW_FROM;
    private static final MethodHandle PARK_NANOS;
    private static final MethodHandle CLEAR_INTERRUPT;
    private static final MethodHandle GIVE_PERMIT;
    private static final MethodHandle HAS_PERMIT;
    private static final MethodHandle TASK;
    private static final MethodHandle AT_THREAD_END;
    private static final IllegalStateException CLOSED;

    static {
        MethodHandle[] h = new MethodHandle[26];
        IllegalStateException closed = null;
        try {
            var lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            define(lookup, "java/lang/GreenletSupport$Context");
            define(lookup, "java/lang/GreenletSupport$Adoption");
            define(lookup, "java/lang/GreenletSupport$HubContainer");
            define(lookup, "java/lang/GreenletSupport$Throwing");
            define(lookup, "java/lang/GreenletSupport$AtEnd");
            Class<?> support = define(lookup, "java/lang/GreenletSupport");
            var pub = MethodHandles.lookup();
            Class<?> t = Thread.class;
            Class<?> o = Object.class;
            h[0] =
                    pub.findStatic(
                            support,
                            "newThread",
                            MethodType.methodType(t, Executor.class, String.class, o));
            h[1] = pub.findStatic(support, "start", MethodType.methodType(void.class, t));
            h[2] = pub.findStatic(support, "adopt", MethodType.methodType(void.class, t, o));
            h[3] = pub.findStatic(support, "greenlet", MethodType.methodType(o, t));
            h[4] = pub.findStatic(support, "scheduler", MethodType.methodType(Executor.class, t));
            h[5] = pub.findStatic(support, "carrier", MethodType.methodType(t));
            h[6] = pub.findStatic(support, "suspend", MethodType.methodType(boolean.class, t));
            h[7] =
                    pub.findStatic(
                            support, "resume", MethodType.methodType(int.class, t, boolean.class));
            h[24] = pub.findStatic(support, "stackOf", MethodType.methodType(int.class, t));
            h[25] = pub.findStatic(support, "stackSize", MethodType.methodType(long.class, t));
            h[8] = pub.findStatic(support, "isPinned", MethodType.methodType(boolean.class, t));
            h[9] = pub.findStatic(support, "isWaiting", MethodType.methodType(boolean.class, t));
            h[10] =
                    pub.findStatic(
                            support,
                            "register",
                            MethodType.methodType(Object[].class, String.class, Supplier.class));
            h[11] =
                    pub.findStatic(
                            support, "forget", MethodType.methodType(void.class, Object[].class));
            h[12] = pub.findStatic(support, "threads", MethodType.methodType(Stream.class));
            h[14] =
                    pub.findStatic(
                            support, "entry", MethodType.methodType(void.class, Consumer.class));
            h[15] = lookup.findStatic(t, "yield0", MethodType.methodType(void.class));
            h[16] = pub.findStatic(support, "prefetch", MethodType.methodType(int.class, t));
            h[17] =
                    pub.findStatic(
                            support,
                            "throwFrom",
                            MethodType.methodType(boolean.class, t, Throwable.class));
            h[18] = pub.findStatic(support, "parkNanos", MethodType.methodType(long.class, t));
            h[19] =
                    pub.findStatic(
                            support, "clearInterrupt", MethodType.methodType(boolean.class, t));
            h[20] = pub.findStatic(support, "givePermit", MethodType.methodType(void.class, t));
            h[21] = pub.findStatic(support, "hasPermit", MethodType.methodType(boolean.class, t));
            h[13] = pub.findStatic(support, "mounted", MethodType.methodType(t, t));
            h[23] =
                    pub.findStatic(
                            support,
                            "atThreadEnd",
                            MethodType.methodType(void.class, Runnable.class));
            h[22] = pub.findStatic(support, "task", MethodType.methodType(Runnable.class, t));
        } catch (IllegalAccessException e) {
            closed = new IllegalStateException(HOW_TO_OPEN);
        } catch (IOException | ReflectiveOperationException | LinkageError e) {
            closed =
                    new IllegalStateException(
                            "jevent does not know the inside of this JVM, "
                                    + Runtime.version()
                                    + " (it knows JDK 25): "
                                    + e,
                            e);
        }
        NEW_THREAD = h[0];
        START = h[1];
        ADOPT = h[2];
        GREENLET = h[3];
        SCHEDULER = h[4];
        CARRIER = h[5];
        SUSPEND = h[6];
        RESUME = h[7];
        IS_PINNED = h[8];
        IS_WAITING = h[9];
        REGISTER = h[10];
        FORGET = h[11];
        THREADS = h[12];
        MOUNTED = h[13];
        ENTRY = h[14];
        YIELD = h[15];
        PREFETCH = h[16];
        THROW_FROM = h[17];
        PARK_NANOS = h[18];
        CLEAR_INTERRUPT = h[19];
        GIVE_PERMIT = h[20];
        HAS_PERMIT = h[21];
        TASK = h[22];
        AT_THREAD_END = h[23];
        STACK_OF = h[24];
        STACK_SIZE = h[25];
        CLOSED = closed;
    }

    private volatile MethodHandle ready;
    private volatile MethodHandle descriptor;
    private volatile MethodHandle kind;
    private volatile MethodHandle cut;
    private volatile MethodHandle socketDescriptor;
    private volatile MethodHandle poll;

    private Jdk25() {}

    /**
     * Opens the seam.
     *
     * @throws IllegalStateException if this JVM is closed to us, with what to add to its start
     */
    static Jdk25 open() {
        if (CLOSED != null) {
            throw new IllegalStateException(CLOSED.getMessage(), CLOSED.getCause());
        }
        return new Jdk25();
    }

    private static Class<?> define(MethodHandles.Lookup lookup, String name)
            throws IOException, IllegalAccessException {
        return lookup.defineClass(classFile(name));
    }

    private static byte[] classFile(String name) throws IOException {
        String resource = "/META-INF/jevent/jdk25/" + name + ".klass";
        try (InputStream in = Jdk25.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(resource + " is missing from jevent.jar");
            }
            return in.readAllBytes();
        }
    }

    @Override
    public void entry(Consumer<Object> entry) {
        try {
            ENTRY.invokeExact(entry);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Thread newThread(Executor scheduler, String name, Object greenlet) {
        try {
            return (Thread) NEW_THREAD.invokeExact(scheduler, name, greenlet);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void start(Thread thread) {
        try {
            START.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void startAndRun(Thread thread, HubScheduler scheduler) {
        if (PLAIN_SWITCH) {
            start(thread);
            return;
        }
        scheduler.swallow = true; // we run the first piece ourselves
        try {
            START.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        } finally {
            scheduler.swallow = false;
        }
        resume(thread, true); // it has no stack yet
    }

    @Override
    public void adopt(Thread thread, Object greenlet) {
        try {
            ADOPT.invokeExact(thread, greenlet);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Object greenlet(Thread thread) {
        try {
            return (Object) GREENLET.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Executor scheduler(Thread thread) {
        try {
            return (Executor) SCHEDULER.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Thread carrier() {
        try {
            return (Thread) CARRIER.invokeExact();
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void yieldCarrier() {
        try {
            YIELD.invokeExact();
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public boolean suspend(Thread self) {
        if (PLAIN_SWITCH) {
            LockSupport.park();
            return true;
        }
        try {
            return (boolean) SUSPEND.invokeExact(self);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public int resume(Thread thread, boolean anyStack) {
        if (PLAIN_SWITCH) {
            // comes back to the scheduler as a task
            LockSupport.unpark(thread);
            return RAN;
        }
        try {
            return (int) RESUME.invokeExact(thread, anyStack);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public int stackOf(Thread thread) {
        try {
            return (int) STACK_OF.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public long stackSize(Thread thread) {
        try {
            return (long) STACK_SIZE.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public int prefetch(Thread thread) {
        try {
            return (int) PREFETCH.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public boolean isPinned(Thread thread) {
        try {
            return (boolean) IS_PINNED.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public boolean isWaiting(Thread thread) {
        try {
            return (boolean) IS_WAITING.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void installPoller(
            LongPredicate beginWait,
            LongPredicate endWait,
            LongConsumer afterWait,
            Supplier<Throwable> onClose)
            throws Exception {
        Class<?> poller = Class.forName("sun.nio.ch.Poller");
        var lookup = MethodHandles.privateLookupIn(poller, MethodHandles.lookup());
        define(lookup, "sun/nio/ch/HubPoller$Writers");
        Class<?> hubPoller = define(lookup, "sun/nio/ch/HubPoller");
        var inside = MethodHandles.privateLookupIn(hubPoller, MethodHandles.lookup());
        var fd = MethodType.methodType(int.class, SelectableChannel.class);
        descriptor = inside.findStatic(hubPoller, "descriptor", fd);
        ready =
                inside.findStatic(
                        hubPoller,
                        "ready",
                        MethodType.methodType(Thread.class, int.class, long.class));
        var predicate = LongPredicate.class;
        var install =
                inside.findStatic(
                        hubPoller,
                        "install",
                        MethodType.methodType(
                                void.class,
                                predicate,
                                predicate,
                                LongConsumer.class,
                                Supplier.class));
        defineCloser(lookup);
        try {
            install.invokeExact(beginWait, endWait, afterWait, onClose);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("unexpected", e);
        }
    }

    private void defineCloser(MethodHandles.Lookup lookup) throws Exception {
        define(lookup, "sun/nio/ch/HubCloser$Cut");
        Class<?> closer = define(lookup, "sun/nio/ch/HubCloser");
        var inside = MethodHandles.privateLookupIn(closer, MethodHandles.lookup());
        kind = inside.findStatic(closer, "kind", MethodType.methodType(int.class));
        cut = inside.findStatic(closer, "cut", MethodType.methodType(void.class, Throwable.class));
        socketDescriptor =
                inside.findStatic(
                        closer, "descriptor", MethodType.methodType(int.class, Socket.class));
    }

    @Override
    public int waitsIn() {
        try {
            return (int) kind.invokeExact();
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void cut(Throwable error) throws IOException {
        try {
            cut.invokeExact(error);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public int descriptor(Socket socket) {
        try {
            return (int) socketDescriptor.invokeExact(socket);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public long parkNanos(Thread thread) {
        try {
            return (long) PARK_NANOS.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void givePermit(Thread thread) {
        try {
            GIVE_PERMIT.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public boolean hasPermit(Thread thread) {
        try {
            return (boolean) HAS_PERMIT.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public boolean clearInterrupt(Thread thread) {
        try {
            return (boolean) CLEAR_INTERRUPT.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public boolean throwFrom(Thread thread, Throwable error) {
        try {
            return (boolean) THROW_FROM.invokeExact(thread, error);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void installDispatchers(IntPredicate hub, Supplier<Throwable> onClose) throws Exception {
        Class<?> poller = Class.forName("sun.nio.ch.Poller");
        var lookup = MethodHandles.privateLookupIn(poller, MethodHandles.lookup());
        for (String part :
                new String[] {"", "$Channels", "$Selecting", "$Accepting", "$Datagrams"}) {
            define(lookup, "sun/nio/ch/HubSelectorProvider" + part);
        }
        define(lookup, "sun/nio/ch/HubDispatcher$Sockets");
        define(lookup, "sun/nio/ch/HubDispatcher$Datagrams");
        Class<?> dispatcher = define(lookup, "sun/nio/ch/HubDispatcher");
        var inside = MethodHandles.privateLookupIn(dispatcher, MethodHandles.lookup());
        var type =
                MethodType.methodType(void.class, IntPredicate.class, Supplier.class, byte[].class);
        var install = inside.findStatic(dispatcher, "install", type);
        try {
            install.invokeExact(hub, onClose, classFile("java/net/HubServerSocketImpl"));
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("unexpected", e);
        }
    }

    @Override
    public void beforeStreams(Runnable firstUse, Runnable waiting) throws Exception {
        var lookup = MethodHandles.lookup();
        var inside = MethodHandles.privateLookupIn(Thread.class, lookup);
        Class<?> trigger = define(inside, "java/lang/StreamTrigger");
        define(inside, "java/lang/StreamTrigger$Parents");
        define(inside, "java/lang/StreamTrigger$FirstRead");
        var arm = MethodType.methodType(void.class, Runnable.class, Runnable.class);
        try {
            lookup.findStatic(trigger, "arm", arm).invokeExact(firstUse, waiting);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("unexpected", e);
        }
    }

    @Override
    public void installStreams(
            BiPredicate<FileDescriptor, Integer> awaitInput,
            BiPredicate<FileDescriptor, Integer> awaitOutput,
            Consumer<FileDescriptor> closed)
            throws Exception {
        var lookup = MethodHandles.lookup();
        Class<?> hooks =
                define(
                        MethodHandles.privateLookupIn(Thread.class, lookup),
                        "java/lang/GreenletStreams");
        Class<?> predicate = BiPredicate.class;
        var install =
                lookup.findStatic(
                        hooks,
                        "install",
                        MethodType.methodType(void.class, predicate, predicate, Consumer.class));
        Class<?> poller = Class.forName("sun.nio.ch.Poller");
        poll =
                MethodHandles.privateLookupIn(poller, lookup)
                        .findStatic(
                                poller,
                                "poll",
                                MethodType.methodType(
                                        void.class,
                                        int.class,
                                        int.class,
                                        long.class,
                                        BooleanSupplier.class));
        try {
            install.invokeExact(awaitInput, awaitOutput, closed);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("unexpected", e);
        }
        StreamHooks.install();
    }

    @Override
    public void await(int fd, boolean write, BooleanSupplier waits) throws IOException {
        int event = write ? Fd.POLLOUT : Fd.POLLIN;
        try {
            poll.invokeExact(fd, event, 0L, waits);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Thread ready(int fd, long direction) {
        try {
            return (Thread) ready.invokeExact(fd, direction);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public int descriptor(SelectableChannel channel) {
        try {
            return (int) descriptor.invokeExact(channel);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Object register(String name, Supplier<Stream<Thread>> threads) {
        try {
            return (Object[]) REGISTER.invokeExact(name, threads);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void forget(Object registered) {
        try {
            FORGET.invokeExact((Object[]) registered);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // invokeExact wants the erased type
    public Stream<Thread> threads() {
        try {
            return (Stream) THREADS.invokeExact();
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public void atThreadEnd(Runnable action) {
        try {
            AT_THREAD_END.invokeExact(action);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Runnable task(Thread thread) {
        try {
            return (Runnable) TASK.invokeExact(thread);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    public Thread mounted(Thread carrier) {
        try {
            return (Thread) MOUNTED.invokeExact(carrier);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    private static RuntimeException rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof RuntimeException runtime) {
            return runtime;
        }
        return new IllegalStateException(e);
    }
}
