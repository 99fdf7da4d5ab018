package dev.jevent.pool;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Interrupted;
import dev.jevent.LoopExit;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.pool.Members.Member;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Greenlets that are waited for and killed together. Who ends, in whatever way, is no member any
 * more. Follows {@code gevent.pool.Group}, and is an {@code ExecutorService}.
 *
 * <pre>{@code
 * var group = new Group();
 * for (String url : urls) {
 *     group.spawn(() -> fetch(url));
 * }
 * group.join();
 * }</pre>
 *
 * A greenlet is spawned on the hub of the caller; members may belong to several hubs. All methods
 * may be called from any thread, except that in virtual threads of the JDK, which have no hub,
 * nothing can be spawned. Each member costs the same, however many there are.
 *
 * <p>Those that wait throw a kill or a {@link dev.jevent.Timeout} of the caller, and an interrupt
 * as {@link Interrupted} (as {@code InterruptedException} where ExecutorService says so); the group
 * and its members are not concerned by that.
 *
 * <p>{@link #kill} leaves the group usable. {@link #shutdown} and {@link #close} do not: who spawns
 * after that gets a {@link RejectedExecutionException}.
 */
public class Group extends Spawner implements Iterable<Greenlet<?>> {

    private final SpinLock lock = new SpinLock();
    private final Members members = new Members(); // guarded by lock
    private final Crowd joiners = new Crowd(lock, members::isEmpty);
    private final Crowd closers = new Crowd(lock, this::isOver);
    private boolean shutDown; // guarded by lock
    private long kills; // guarded by lock; how many there were

    /** An empty group. */
    public Group() {}

    /** A group of these greenlets, started or not. */
    @SuppressWarnings("this-escape")
    public Group(Collection<? extends Greenlet<?>> greenlets) {
        greenlets.forEach(this::add);
    }

    // ---- members

    /**
     * Makes a greenlet a member; does not start it.
     *
     * @throws IllegalArgumentException if it is a member already
     * @throws RejectedExecutionException if the group is shut down
     */
    public void add(Greenlet<?> greenlet) {
        admit(greenlet, -1);
    }

    /** The greenlet is no member any more, and goes on. Does nothing if it is none. */
    public void discard(Greenlet<?> greenlet) {
        Member member = find(greenlet);
        if (member != null && leave(member)) {
            greenlet.unlink(member);
        }
    }

    /** As {@link #add}, and starts it. */
    public void start(Greenlet<?> greenlet) {
        admit(greenlet, -1);
        begin(greenlet);
    }

    /** Makes a greenlet that does the task, adds it and starts it. */
    public <T> Greenlet<T> spawn(Callable<T> task) {
        Greenlet<T> greenlet = prepare(task);
        start(greenlet);
        return greenlet;
    }

    /** As {@link #spawn(Callable)}, for a task without a result. */
    public Greenlet<Void> spawn(Action task) {
        return spawn(Tasks.of(task));
    }

    /** Negative: waits for a place without end. False if there was none in time. */
    final boolean admit(Greenlet<?> greenlet, long nanos) {
        if (greenlet == null) {
            throw new NullPointerException("a greenlet to add");
        }
        StackRoom.operation();
        // a member that has not ended has our link
        boolean isNew = !greenlet.hasLinks() && !greenlet.ready();
        if (isBounded()) {
            refuse(greenlet, !isNew && contains(greenlet), isShutdown()); // before it waits
            if (!takePlace(nanos)) {
                return false;
            }
        }
        boolean admitted = false;
        try {
            admitToPlace(greenlet, isNew);
            admitted = true;
        } finally {
            if (!admitted) {
                freePlace();
            }
        }
        return true;
    }

    private void admitToPlace(Greenlet<?> greenlet, boolean isNew) {
        var member = new Member(greenlet, this);
        boolean closed;
        boolean fresh;
        lock.lock();
        try {
            closed = shutDown;
            fresh = !closed && (isNew || members.find(greenlet) == null);
            if (fresh) {
                members.add(member);
            }
        } finally {
            lock.unlock();
        }
        if (!fresh) {
            refuse(greenlet, !closed, closed);
        }
        boolean linked = false;
        try {
            greenlet.rawLink(member); // if it has ended it leaves soon
            linked = true;
        } finally {
            if (!linked) {
                strike(member);
            }
        }
    }

    /** It is no member any more, and its place is still taken. */
    private void strike(Member member) {
        lock.lock();
        try {
            members.remove(member);
        } finally {
            lock.unlock();
        }
    }

    final void begin(Greenlet<?> greenlet) {
        try {
            greenlet.start();
        } catch (Throwable e) {
            forget(greenlet);
            throw e;
        }
    }

    /** It could not be started, perhaps for want of memory. */
    private void forget(Greenlet<?> greenlet) {
        Member member;
        lock.lock();
        try {
            member = members.search(greenlet);
        } finally {
            lock.unlock();
        }
        if (member != null && leave(member)) {
            greenlet.unlink(member); // or it is told in vain
        }
    }

    private void refuse(Greenlet<?> greenlet, boolean member, boolean closed) {
        if (closed) {
            throw new RejectedExecutionException(
                    "cannot add " + greenlet + ": this " + kind() + " is shut down");
        }
        if (member) {
            throw new IllegalArgumentException(
                    greenlet + " is a member of this " + kind() + " already");
        }
    }

    private @Nullable Member find(Object greenlet) {
        lock.lock();
        try {
            return members.find(greenlet);
        } finally {
            lock.unlock();
        }
    }

    /**
     * One has ended, or is discarded. It is told as in gevent in the hub's next turn, before all
     * who have linked to the greenlet or joined it since it became a member.
     */
    final boolean leave(Member member) {
        WaitQueue<Void> joined;
        WaitQueue<Void> closed;
        lock.lock();
        try {
            if (!members.remove(member)) {
                return false;
            }
            joined = joiners.take();
            closed = closers.take();
        } finally {
            lock.unlock();
        }
        freePlace();
        Crowd.letGo(joined);
        Crowd.letGo(closed);
        return true;
    }

    // of pools; negative: waits without end

    boolean isBounded() {
        return false;
    }

    boolean takePlace(long nanos) {
        return true;
    }

    void freePlace() {}

    String kind() {
        return "group";
    }

    /** How many members there are. */
    public int size() {
        lock.lock();
        try {
            return members.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the greenlet is a member. */
    public boolean contains(Object greenlet) {
        return find(greenlet) != null;
    }

    /** The members of this moment, the oldest first. */
    @Override
    public Iterator<Greenlet<?>> iterator() {
        return snapshot().iterator();
    }

    private List<Greenlet<?>> snapshot() {
        List<Greenlet<?>> greenlets = new ArrayList<>();
        places().forEach(m -> greenlets.add(m.greenlet));
        return greenlets;
    }

    private List<Member> places() {
        lock.lock();
        try {
            return members.all();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a spawn would have to wait; never in a group that is no {@link Pool}. */
    public boolean isFull() {
        return false;
    }

    /**
     * Waits until there is a place; it is not kept for the caller.
     *
     * @return how many there are; {@code Integer.MAX_VALUE} if their number is not bounded
     */
    public int waitAvailable() {
        return Integer.MAX_VALUE;
    }

    /**
     * As {@link #waitAvailable()}, but not longer than the time.
     *
     * @return how many there are, zero if the time is over
     */
    public int waitAvailable(Duration timeout) {
        HubAccess.get().nanos(timeout); // checks it
        return Integer.MAX_VALUE;
    }

    // ---- join

    /**
     * Waits until the group is empty, or was so for a moment.
     *
     * @throws IllegalStateException if a member calls: it would wait for its own end
     * @throws LoopExit if nothing can ever end the members
     */
    public void join() {
        checkOutside("join");
        joiners.await(-1);
    }

    /**
     * As {@link #join()}, but not longer than the time.
     *
     * @return whether it was empty
     */
    public boolean join(Duration timeout) {
        long nanos = HubAccess.get().nanos(timeout);
        checkOutside("join");
        return joiners.await(nanos);
    }

    /**
     * As {@link #join()}; then throws the failure of one that is a member now, if one failed.
     *
     * @throws ExecutionException with that failure as the cause
     */
    public void joinOrThrow() throws ExecutionException {
        List<Greenlet<?>> all = snapshot();
        join();
        for (Greenlet<?> g : all) {
            Throwable failure = g.exception();
            if (failure != null) {
                throw new ExecutionException(failure);
            }
        }
    }

    // ---- kill

    /**
     * Kills the members, and those who become members meanwhile, and waits until the group is
     * empty. Each is told once. Who has not begun never begins. If a member calls, the others are
     * told, and then it is thrown here.
     */
    public void kill() {
        killAll(null, -1);
    }

    /**
     * As {@link #kill()}, with another error or exception, and waits not longer than the time.
     *
     * @return whether the group was empty in the end
     */
    public boolean kill(Throwable error, Duration timeout) {
        if (error == null) {
            throw new NullPointerException("error");
        }
        return killAll(error, HubAccess.get().nanos(timeout));
    }

    /** Kills the members of this moment and waits for nothing. */
    public void killLater() {
        tell(nextKill(), null);
    }

    private boolean killAll(@Nullable Throwable error, long nanos) {
        long number = nextKill();
        long end = nanos < 0 ? 0 : HubAccess.get().nanoTime() + nanos;
        while (true) {
            tell(number, error);
            List<Member> all = places();
            if (all.isEmpty()) {
                return true;
            }
            for (Member m : all) {
                long left = nanos < 0 ? -1 : Math.max(0, end - HubAccess.get().nanoTime());
                if (!await(m.greenlet, left)) {
                    return false;
                }
                leave(m); // before it is told; and somebody may have cut its links
            }
        }
    }

    private long nextKill() {
        lock.lock();
        try {
            return ++kills;
        } finally {
            lock.unlock();
        }
    }

    private void tell(long number, @Nullable Throwable error) {
        List<Greenlet<?>> untold;
        lock.lock();
        try {
            untold = members.tell(number);
        } finally {
            lock.unlock();
        }
        Object self = caller();
        boolean suicide = false;
        for (Greenlet<?> g : untold) {
            if (g == self) {
                suicide = true;
            } else {
                g.killLater(error == null ? new GreenletExit() : error);
            }
        }
        if (suicide) {
            throw CallerAccess.<RuntimeException>sneaky(error == null ? new GreenletExit() : error);
        }
    }

    /** Kills one and waits until it has ended, if it is a member. */
    public void killOne(Greenlet<?> greenlet) {
        if (contains(greenlet)) {
            greenlet.kill();
        }
    }

    /**
     * As {@link #killOne(Greenlet)}, with another error or exception, and waits not longer than the
     * time.
     *
     * @return whether it has ended, or was no member
     */
    public boolean killOne(Greenlet<?> greenlet, Throwable error, Duration timeout) {
        HubAccess.get().nanos(timeout); // checks it
        return !contains(greenlet) || greenlet.kill(error, timeout);
    }

    // ---- apply

    /**
     * Does the task in a new member and waits for its result. If a member calls, the task is done
     * in place, for a full pool would wait for ever. If the caller is killed, timed out or
     * interrupted, so is the new member killed, and is not waited for.
     *
     * @throws Exception what the task throws, the very same
     * @throws CancellationException if the new member is killed
     */
    public <T> T apply(Callable<T> task) throws Exception {
        if (contains(caller())) {
            return Tasks.check(task).call();
        }
        Greenlet<T> greenlet = spawn(task);
        try {
            greenlet.join();
        } catch (Throwable e) {
            greenlet.killLater();
            throw e;
        }
        return outcome(greenlet);
    }

    /**
     * Lets a new member do the task, and never waits: in a full pool it becomes a member when there
     * is a place.
     *
     * @return the greenlet that does it, or will
     */
    public <T> Greenlet<T> applyAsync(Callable<T> task) {
        Greenlet<T> greenlet = prepare(task);
        Greenlet<?> feeder = launchAll(List.of(greenlet));
        if (feeder != null) {
            greenlet.rawLink(new Feeder.End(feeder));
        }
        return greenlet;
    }

    /** As {@link #applyAsync(Callable)}; the callback gets the result, if the task succeeds. */
    public <T> Greenlet<T> applyAsync(Callable<T> task, Consumer<? super T> callback) {
        if (callback == null) {
            throw new NullPointerException("callback");
        }
        Greenlet<T> greenlet = applyAsync(task);
        greenlet.linkValue(g -> callback.accept(g.value()));
        return greenlet;
    }

    // ---- as an ExecutorService

    /**
     * As {@link #spawn(Callable)}, except that a member of this never waits for a place: what it
     * submits becomes a member when there is one. So the JDK's classes can be given a full pool, a
     * {@code CompletableFuture} for instance, which submits the next step from within the last.
     */
    @Override
    public <T> Greenlet<T> submit(Callable<T> task) {
        return contains(caller()) ? applyAsync(task) : spawn(task);
    }

    @Override
    public Greenlet<?> submit(Runnable task) {
        return submit(Tasks.of(task, (Object) null));
    }

    @Override
    public <T> Greenlet<T> submit(Runnable task, T result) {
        return submit(Tasks.of(task, result));
    }

    @Override
    public void execute(Runnable task) {
        submit(task);
    }

    /** From now on nobody can be added. The members go on. */
    @Override
    public void shutdown() {
        WaitQueue<Void> closed;
        lock.lock();
        try {
            shutDown = true;
            closed = closers.take();
        } finally {
            lock.unlock();
        }
        Crowd.letGo(closed);
    }

    /**
     * As {@link #shutdown}, and kills the members, the caller at its next wait if it is one. Waits
     * for nothing.
     *
     * @return an empty list: whatever was spawned has been started
     */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        if (caller() instanceof Greenlet<?> self && contains(self)) {
            EventLoop loop = HubAccess.get().currentLoop();
            loop.submit((Runnable) this::killLater);
        } else {
            killLater();
        }
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        lock.lock();
        try {
            return shutDown;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isTerminated() {
        lock.lock();
        try {
            return isOver();
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        return shutDown && members.isEmpty();
    }

    // ---- as a Spawner

    @Override
    final <T> Greenlet<T> prepare(Callable<T> task) {
        return new Greenlet<>(Tasks.check(task));
    }

    @Override
    final void launch(Future<?> prepared) {
        start((Greenlet<?>) prepared);
    }

    @Override
    final @Nullable Greenlet<?> launchAll(List<? extends Future<?>> prepared) {
        return Feeder.startAll(this, prepared);
    }

    @Override
    final void checkOutside(String what) {
        if (contains(caller())) {
            throw new IllegalStateException(
                    "a member cannot "
                            + what
                            + " its own "
                            + kind()
                            + ": it would wait for its own end");
        }
    }

    @Override
    final boolean awaitEnd(long nanos) {
        return closers.await(nanos);
    }
}
