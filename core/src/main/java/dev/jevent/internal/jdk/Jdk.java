package dev.jevent.internal.jdk;

import org.jspecify.annotations.Nullable;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The seam: everything that jevent asks of the JDK beyond its public API. One implementation for
 * each generation of the JDK; {@link #get()} is the one for the JDK that runs this program, after
 * it passed a test of itself.
 */
public interface Jdk {

    /** What {@link #resume} answers. */
    int RAN = 0;

    /** The thread was in no state from which it could be continued. */
    int NOT_RUNNABLE = 1;

    /** The thread is just being looked at: try again. */
    int SUSPENDED = 2;

    /** The thread has a large stack, for which the caller has to see whether there is room. */
    int LARGE = 3;

    /** A wait of the JDK's for reading; see {@link #installPoller}. */
    long READ = 0;

    /** A wait of the JDK's for writing. */
    long WRITE = 1L << 32;

    /** Added at the end of a wait, if it ended because the descriptor was ready. */
    long POLLED = 1L << 33;

    /** It waits in a socket of {@code java.net}. */
    int SOCKET = 1;

    /** It waits in a stream channel. */
    int CHANNEL = 2;

    /** A selector's wait. */
    long SELECTOR = 1L << 34;

    /**
     * The implementation for this JDK.
     *
     * @throws IllegalStateException if this JVM is closed to jevent; one line says what to add to
     *     its start
     */
    static Jdk get() {
        return JdkHolder.get();
    }

    /** As {@link #get}; null if this JVM is closed to jevent. For static initialisers. */
    static @Nullable Jdk orNull() {
        return JdkHolder.orNull();
    }

    /**
     * Says what a greenlet does when its thread runs. Before the first thread is made; threads that
     * exist keep to it too.
     */
    void entry(Consumer<Object> entry);

    /** A virtual thread with the given scheduler, tied to its greenlet; not started. Any thread. */
    Thread newThread(Executor scheduler, String name, Object greenlet);

    /** Starts a thread that {@link #newThread} made. The scheduler gets its first task. */
    void start(Thread thread);

    /**
     * Starts a thread whose scheduler the calling platform thread runs, and runs it until it gives
     * way; or leaves that to the scheduler.
     */
    void startAndRun(Thread thread, HubScheduler scheduler);

    /** Ties a greenlet to a running virtual thread that somebody else started. */
    void adopt(Thread thread, Object greenlet);

    /** The greenlet of a thread, or null. Any thread. */
    Object greenlet(Thread thread);

    /** The scheduler of a virtual thread; null for a platform thread. */
    Executor scheduler(Thread thread);

    /** The platform thread under the caller. Any thread. */
    Thread carrier();

    /** Lets other platform threads run; the virtual thread that calls stays where it is. */
    void yieldCarrier();

    /**
     * Parks the calling virtual thread until {@link #resume} or, spuriously, the JDK continues it.
     *
     * @return false if it did not give way because it is pinned to its carrier
     */
    boolean suspend(Thread self);

    /**
     * Continues a thread that is started or parked, on the calling platform thread.
     *
     * @param anyStack also one whose stack is large; the JVM crashes if it has no room
     * @return {@link #RAN}, {@link #NOT_RUNNABLE}, {@link #SUSPENDED} or {@link #LARGE}
     */
    int resume(Thread thread, boolean anyStack);

    /** How many bytes of stack a parked thread needs to go on, about. */
    int stackOf(Thread thread);

    /** The size of its stack that a platform thread was made with; 0 is the usual one. */
    long stackSize(Thread thread);

    /**
     * Reads what {@link #resume} is going to need, so that it is in the processor's cache then; of
     * any thread in any state. Any thread.
     *
     * @return anything, so that nobody leaves the reading out
     */
    int prefetch(Thread thread);

    /** Whether the thread is parked on its carrier, which it could not leave. Any thread. */
    boolean isPinned(Thread thread);

    /** Whether the thread waits in a call that ends when the thread is interrupted. Any thread. */
    boolean isWaiting(Thread thread);

    /**
     * Lets the blocking calls of {@code java.net} and {@code java.nio} wait where the caller wants.
     * The predicates get the descriptor with {@link #WRITE}, {@link #SELECTOR} and {@link #POLLED}
     * added, on the thread that waits; true means that the wait is taken care of. Once, before any
     * greenlet exists, from a platform thread.
     *
     * @param beginWait may throw what is to be thrown from the call
     * @param afterWait told when the wait has ended and nothing is registered; may throw as well
     * @param onClose as that of {@link #installDispatchers}, if another thread waits as well
     * @throws Exception when the JDK does not allow it; then nothing has changed
     */
    void installPoller(
            LongPredicate beginWait,
            LongPredicate endWait,
            LongConsumer afterWait,
            Supplier<Throwable> onClose)
            throws Exception;

    /** What a wait that ends in {@code afterWait} is in: see {@link #cut}. */
    int waitsIn();

    /**
     * Ends the calling thread's wait in a {@link #SOCKET} or {@link #CHANNEL}, which is closed.
     * Always throws something, which nobody sees.
     *
     * @param error what a channel throws then; a socket throws what {@code onClose} gives
     */
    void cut(Throwable error) throws IOException;

    /** The file descriptor of a socket of java.net; only after {@link #installPoller}. */
    int descriptor(Socket socket);

    /** For how long a thread is parked that is parked for a time; 0 if it is not. Loop thread. */
    long parkNanos(Thread thread);

    /**
     * Lets the next park of a running virtual thread end at once, which every caller of a park has
     * to expect. Any thread.
     */
    void givePermit(Thread thread);

    /** Whether it has not used that up. Any thread. */
    boolean hasPermit(Thread thread);

    /** Clears the interrupt status of another virtual thread; whether it was set. Any thread. */
    boolean clearInterrupt(Thread thread);

    /**
     * Has the error thrown from where the thread is parked, in a call of the JDK's, when it is
     * continued. By the thread that runs its hub's loop.
     *
     * @return false if that cannot be done with this thread
     */
    boolean throwFrom(Thread thread, Throwable error);

    /** What {@link #installDispatchers} asks of a call that can be told that it has to wait. */
    int CAN_WAIT = -1;

    /** The same, of one that cannot be told so. */
    int CANNOT_WAIT = -2;

    /** Asks whether the caller would hold up a hub if it slept. */
    int HOLDS_UP = -3;

    /**
     * Has the reads and writes of {@code java.net} and {@code java.nio} counted that virtual
     * threads make, so that they give way. Before each call the predicate gets 1, on the thread
     * that calls, and answers whether this is enough without a wait; then it gets {@link
     * #CAN_WAIT}, and answers whether the JDK is to wait, which it does then, or {@link
     * #CANNOT_WAIT}. After a call that has moved much it gets as how many it counts, 2 or more.
     * Before a close that may sleep it gets {@link #HOLDS_UP}; if so, another thread closes. Once,
     * from a platform thread.
     *
     * @param onClose what the close of a socket by the calling thread is to throw; null for nothing
     * @throws Exception when the JDK does not allow it; then some do not give way
     */
    void installDispatchers(IntPredicate hub, Supplier<Throwable> onClose) throws Exception;

    /**
     * Has it called once, before the first pipe or device is read or written through the JDK's file
     * streams; from then on that may be what happens next.
     *
     * @param firstUse called by a thread that may be in the midst of anything
     * @param waiting called instead by one that may wait; does the same
     * @throws Exception when the JVM does not allow it
     */
    void beforeStreams(Runnable firstUse, Runnable waiting) throws Exception;

    /**
     * Lets greenlets that are about to read or write a pipe, a terminal or another device through
     * the JDK's file streams wait first. Both predicates get a descriptor and its number, on the
     * greenlet's thread; they answer false if they cannot tell, so that the JDK blocks, and may
     * throw what is to be thrown from the blocking call. Once.
     *
     * @param closed told of each descriptor of the JDK's that was closed
     * @throws Exception when the JVM does not allow it; then nothing has changed
     */
    void installStreams(
            BiPredicate<FileDescriptor, Integer> awaitInput,
            BiPredicate<FileDescriptor, Integer> awaitOutput,
            Consumer<FileDescriptor> closed)
            throws Exception;

    /**
     * Waits in the JDK's pollers until a descriptor is ready, the calling virtual thread was
     * interrupted or unparked, or is not to wait any more.
     */
    void await(int fd, boolean write, BooleanSupplier waits) throws IOException;

    /**
     * Ends the wait for a descriptor that began with the given direction.
     *
     * @return who waits, to be continued by the caller; null if somebody else has ended the wait
     */
    Thread ready(int fd, long direction);

    /** The file descriptor of a channel; only after {@link #installPoller}. */
    int descriptor(SelectableChannel channel);

    /** Shows a group of threads in thread dumps until {@link #forget}. */
    Object register(String name, Supplier<Stream<Thread>> threads);

    /** Every live thread of the JVM, but for the greenlets. Slow. */
    Stream<Thread> threads();

    /**
     * Has the action done by the calling platform thread at its end, when all of its own code has
     * returned, instead of the one that was given before; null for none.
     */
    void atThreadEnd(@Nullable Runnable action);

    /**
     * What a platform thread was given to run; null if it is of a class that runs by itself, or was
     * made by the JVM or by native code. Any thread.
     */
    @Nullable Runnable task(Thread thread);

    /** The virtual thread that a platform thread carries at this moment, or null. Slow. */
    Thread mounted(Thread carrier);

    /** Ends what {@link #register} began. */
    void forget(Object registered);
}
