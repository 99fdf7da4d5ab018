package sun.nio.ch;

import jdk.internal.misc.InnocuousThread;
import jdk.internal.misc.Unsafe;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.net.ServerSocket;
import java.net.SocketImpl;
import java.net.SocketImplFactory;
import java.net.StandardSocketOptions;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Stands in the place of the dispatchers through which the JDK's sockets, channels and pipes read
 * and write. It makes the same calls; but before each the hub counts it, and when a greenlet has
 * had its share without a wait, this answers as if the call had to wait. So the JDK waits as ever,
 * with its buffer given back, where a kill or a close finds it. A channel in non-blocking mode is
 * not told so; there the hub lets the others run while it is asked.
 *
 * <p>Compiled into {@code java.base} and defined at run time; {@code dev.jevent.internal.jdk.Jdk25}
 * is its only user. What was compiled before {@link #install} keeps to the JDK's dispatchers.
 */
public final class HubDispatcher implements SocketImplFactory {

    /** Asks the hub, after a share is over, of a call that can be told to wait. */
    public static final int CAN_WAIT = -1;

    /** The same for a call that cannot. */
    public static final int CANNOT_WAIT = -2;

    /** Asks whether the caller holds a hub up while it sleeps in a system call. */
    public static final int HOLDS_UP = -3;

    private static final int BYTES_OF_A_CALL = 16 * 1024;
    private static final MethodHandle NIO_BLOCKER;
    private static IntPredicate hub;
    private static Supplier<Throwable> onClose;

    static {
        try {
            var lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            var type = MethodType.methodType(Interruptible.class);
            NIO_BLOCKER = lookup.findVirtual(Thread.class, "nioBlocker", type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MethodHandle newServerSocketImpl;

    private HubDispatcher(MethodHandle newServerSocketImpl) {
        this.newServerSocketImpl = newServerSocketImpl;
    }

    /**
     * Replaces the JDK's. To be called once.
     *
     * @param hub gets 1 before a call and answers whether the calling thread's share is over; gets
     *     then {@link #CAN_WAIT} or {@link #CANNOT_WAIT} and answers whether the call is told to
     *     wait, or throws what is to be thrown from it; gets as how many it counted, if more; and
     *     {@link #HOLDS_UP}
     * @param onClose asked when a virtual thread has closed a stream socket or channel: what that
     *     is to throw; null for nothing
     * @param serverSocketImpl the class file of that class of {@code java.net}
     */
    public static void install(
            IntPredicate hub, Supplier<Throwable> onClose, byte[] serverSocketImpl)
            throws Exception {
        HubDispatcher.hub = hub;
        HubDispatcher.onClose = onClose;
        replace(NioSocketImpl.class, "nd", new Sockets(true));
        HubSelectorProvider.install();
        installForServerSockets(serverSocketImpl);
    }

    /**
     * The one door to a {@link ServerSocket} is the factory that a program may set, once. Where one
     * has done that, his sockets are left alone.
     */
    private static void installForServerSockets(byte[] serverSocketImpl) throws Exception {
        var lookup = MethodHandles.privateLookupIn(ServerSocket.class, MethodHandles.lookup());
        MethodHandle constructor =
                lookup.findConstructor(
                        lookup.defineClass(serverSocketImpl), MethodType.methodType(void.class));
        Field factory = ServerSocket.class.getDeclaredField("factory");
        factory.setAccessible(true);
        synchronized (ServerSocket.class) { // as who sets it
            if (factory.get(null) == null) {
                factory.set(
                        null,
                        new HubDispatcher(
                                constructor.asType(MethodType.methodType(SocketImpl.class))));
            }
        }
    }

    @Override
    public SocketImpl createSocketImpl() {
        try {
            return (SocketImpl) newServerSocketImpl.invokeExact();
        } catch (Throwable e) {
            throw new InternalError(e);
        }
    }

    /** Replaces those of the channels, which many programs never use. Any thread, as often as. */
    static void installForChannels() {
        try {
            replace(SocketChannelImpl.class, "nd", new Sockets(false));
            replace(DatagramChannelImpl.class, "nd", new Datagrams());
            replace(SourceChannelImpl.class, "nd", new Sockets(false));
            replace(SinkChannelImpl.class, "nd", new Sockets(false));
        } catch (NoSuchFieldException e) {
            return; // a JDK that we do not know: they work, and do not give way
        }
    }

    /** Puts an object into a static final field. */
    static void replace(Class<?> owner, String name, Object value) throws NoSuchFieldException {
        Unsafe unsafe = Unsafe.getUnsafe();
        Field field = owner.getDeclaredField(name);
        if (!field.getType().isInstance(value)) {
            throw new NoSuchFieldException(field.toString());
        }
        unsafe.ensureClassInitialized(owner); // which sets the field
        unsafe.putReferenceVolatile(
                unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), value);
    }

    /**
     * To be asked before a call.
     *
     * @param always whether all calls of this kind may be told to wait, or only those of a channel
     *     in blocking mode, which has said how its wait is interrupted
     * @return whether it has to wait
     */
    static boolean hasToWait(boolean always) {
        Thread me = Thread.currentThread();
        return me.isVirtual()
                && hub.test(1)
                && hub.test(always || nioBlocker(me) != null ? CAN_WAIT : CANNOT_WAIT);
    }

    /** To be called before a call of which the JDK cannot be told that it has to wait. */
    public static void giveWay() {
        if (Thread.currentThread().isVirtual() && hub.test(1)) {
            hub.test(CANNOT_WAIT);
        }
    }

    /** Whether a close would sleep, and a hub with it. */
    static boolean lingers(FileDescriptor fd) {
        try {
            return Thread.currentThread().isVirtual()
                    && hub.test(HOLDS_UP)
                    && (int) Net.getSocketOption(fd, Net.UNSPEC, StandardSocketOptions.SO_LINGER)
                            > 0;
        } catch (IOException e) {
            return false; // it is a pipe
        }
    }

    private static Interruptible nioBlocker(Thread thread) {
        try {
            return (Interruptible) NIO_BLOCKER.invokeExact(thread);
        } catch (Throwable e) {
            throw new InternalError(e);
        }
    }

    /** Much data counts as so many calls. */
    static long moved(long bytes) {
        if (bytes >= 2 * BYTES_OF_A_CALL && Thread.currentThread().isVirtual()) {
            hub.test((int) Math.min(bytes / BYTES_OF_A_CALL, 1 << 20));
        }
        return bytes;
    }

    private static void closed() {
        if (Thread.currentThread().isVirtual()) {
            Throwable error = onClose.get();
            if (error != null) {
                throw HubDispatcher.<RuntimeException>sneaky(error);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }

    /** For stream sockets and pipes. */
    static final class Sockets extends SocketDispatcher {
        private final boolean waits;

        Sockets(boolean waits) {
            this.waits = waits;
        }

        @Override
        int read(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(waits)
                    ? IOStatus.UNAVAILABLE
                    : (int) moved(super.read(fd, address, len));
        }

        @Override
        long readv(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(waits) ? IOStatus.UNAVAILABLE : moved(super.readv(fd, address, len));
        }

        @Override
        int write(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(waits)
                    ? IOStatus.UNAVAILABLE
                    : (int) moved(super.write(fd, address, len));
        }

        @Override
        long writev(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(waits) ? IOStatus.UNAVAILABLE : moved(super.writev(fd, address, len));
        }

        @Override
        void close(FileDescriptor fd) throws IOException {
            if (lingers(fd)) {
                InnocuousThread.newSystemThread("jevent-linger", () -> closeSlowly(fd)).start();
            } else {
                super.close(fd);
            }
            closed();
        }

        @Override
        void implPreClose(FileDescriptor fd, long reader, long writer) throws IOException {
            super.implPreClose(fd, reader, writer);
            closed();
        }

        private void closeSlowly(FileDescriptor fd) {
            try {
                super.close(fd);
            } catch (IOException e) {
                return; // nobody is there any more to be told
            }
        }
    }

    /** For datagram channels that are connected. */
    static final class Datagrams extends DatagramDispatcher {

        @Override
        int read(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(false)
                    ? IOStatus.UNAVAILABLE
                    : (int) moved(super.read(fd, address, len));
        }

        @Override
        long readv(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(false) ? IOStatus.UNAVAILABLE : moved(super.readv(fd, address, len));
        }

        @Override
        int write(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(false)
                    ? IOStatus.UNAVAILABLE
                    : (int) moved(super.write(fd, address, len));
        }

        @Override
        long writev(FileDescriptor fd, long address, int len) throws IOException {
            return hasToWait(false) ? IOStatus.UNAVAILABLE : moved(super.writev(fd, address, len));
        }
    }
}
