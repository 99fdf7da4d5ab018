package sun.nio.ch;

import jdk.internal.misc.Unsafe;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.net.Socket;
import java.net.SocketImpl;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.Optional;
import java.util.Set;

/**
 * Ends a wait in a stream socket or channel of the JDK's as an interrupt does: it is closed, and
 * the wait throws. What it throws is chosen by the hub.
 *
 * <p>A channel closes itself at the end of the wait if it was interrupted, and asks its {@code
 * Interruptible} to do so. So that is replaced, by {@link Cut}. A socket of {@code java.net} closes
 * itself when its thread, being interrupted, gets an InterruptedIOException; the dispatcher through
 * which it gives back its descriptor then throws.
 *
 * <p>Compiled into {@code java.base} and defined at run time; {@code dev.jevent.internal.jdk.Jdk25}
 * is its only user.
 */
public final class HubCloser {

    /** What waits is none of those: a selector, a listener, a socket of datagrams. */
    public static final int OTHER = 0;

    /** A socket of {@code java.net}. */
    public static final int SOCKET = 1;

    /** A stream channel. */
    public static final int CHANNEL = 2;

    private static final int DEPTH = 32; // of frames between the wait and the socket, at most
    private static final String SOCKETS = "sun.nio.ch.NioSocketImpl";
    private static final Set<String> ACCEPTS = Set.of("accept", "timedAccept");
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final long BLOCKER; // of a thread
    private static final long INTERRUPTOR; // of a channel
    private static final long TARGET;
    private static final MethodHandle DESCRIPTOR; // of a socket's implementation
    private static final VarHandle IMPLEMENTATION; // of a socket

    static {
        try {
            BLOCKER = UNSAFE.objectFieldOffset(Thread.class, "nioBlocker");
            Class<?> c = AbstractInterruptibleChannel.class;
            INTERRUPTOR = UNSAFE.objectFieldOffset(c, "interruptor");
            TARGET = UNSAFE.objectFieldOffset(c, "interruptedTarget");
            var sockets = MethodHandles.privateLookupIn(Socket.class, MethodHandles.lookup());
            IMPLEMENTATION = sockets.findVarHandle(Socket.class, "impl", SocketImpl.class);
            DESCRIPTOR =
                    MethodHandles.privateLookupIn(SocketImpl.class, MethodHandles.lookup())
                            .findVirtual(
                                    SocketImpl.class,
                                    "getFileDescriptor",
                                    MethodType.methodType(FileDescriptor.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private HubCloser() {}

    /** What the calling thread waits in. */
    public static int kind() {
        Object blocker = blocker();
        if (blocker == null) {
            return isInStreamSocket() ? SOCKET : OTHER;
        }
        return channelOf(blocker) instanceof AbstractInterruptibleChannel c
                        && !(c instanceof ServerSocketChannel)
                        && !(c instanceof DatagramChannel)
                ? CHANNEL
                : OTHER;
    }

    private static Object blocker() {
        return UNSAFE.getReferenceVolatile(Thread.currentThread(), BLOCKER);
    }

    /** Sockets of java.net have nothing that tells what they are but who waits in them. */
    private static boolean isInStreamSocket() {
        Optional<String> method =
                StackWalker.getInstance()
                        .walk(
                                frames ->
                                        frames.limit(DEPTH)
                                                .filter(f -> f.getClassName().equals(SOCKETS))
                                                .map(StackWalker.StackFrame::getMethodName)
                                                .filter(m -> !m.equals("park"))
                                                .findFirst());
        return method.isPresent() && !ACCEPTS.contains(method.get());
    }

    /** Whom an Interruptible belongs to: it is an inner class of that. */
    private static Object channelOf(Object blocker) {
        for (var field : blocker.getClass().getDeclaredFields()) {
            if (field.getName().startsWith("this$")) {
                return UNSAFE.getReference(blocker, UNSAFE.objectFieldOffset(field));
            }
        }
        return blocker instanceof Cut cut ? cut.channel : null;
    }

    /**
     * Ends the calling thread's wait, after {@link #kind} has said that this can be done.
     *
     * @param error what a channel throws in the end; a socket throws what the hub gives when it is
     *     closed: see {@link HubDispatcher}
     */
    public static void cut(Throwable error) throws IOException {
        Object blocker = blocker();
        if (blocker == null) {
            Thread.currentThread().interrupt();
        } else if (channelOf(blocker) instanceof AbstractInterruptibleChannel channel) {
            var cut = new Cut(channel, Thread.currentThread(), error);
            UNSAFE.putReferenceVolatile(channel, INTERRUPTOR, cut);
            UNSAFE.compareAndSetReference(channel, TARGET, null, cut); // no thread: asks the above
        }
        throw new InterruptedIOException(); // nobody sees this one
    }

    /** Closes a channel at the end of the wait of the thread that was cut. */
    private static final class Cut implements Interruptible {
        private final AbstractInterruptibleChannel channel;
        private final Thread thread;
        private final Throwable error;

        Cut(AbstractInterruptibleChannel channel, Thread thread, Throwable error) {
            this.channel = channel;
            this.thread = thread;
            this.error = error;
        }

        @Override
        public void interrupt(Thread target) {
            // it is about to be closed in any case
        }

        @Override
        public void postInterrupt() {
            try {
                channel.close();
            } catch (IOException e) {
                // as when it is interrupted
            }
            if (Thread.currentThread() == thread) {
                throw HubCloser.<RuntimeException>sneaky(error);
            }
        }
    }

    /**
     * The descriptor of a socket; -1 if it has none, for it is new, closed or layered on another.
     */
    public static int descriptor(Socket socket) {
        try {
            var impl = (SocketImpl) IMPLEMENTATION.getVolatile(socket);
            var fd = impl == null ? null : (FileDescriptor) DESCRIPTOR.invokeExact(impl);
            return fd == null ? -1 : IOUtil.fdVal(fd);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new InternalError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
