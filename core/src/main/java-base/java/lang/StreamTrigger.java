package java.lang;

import jdk.internal.access.JavaIOFileDescriptorAccess;
import jdk.internal.access.SharedSecrets;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.PhantomCleanable;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Set;

/**
 * Notices when a program is about to use a pipe or a device through the JDK's file streams, so that
 * a program that never does need not pay for what {@link GreenletStreams} needs. It calls somebody
 * once, before the first stream can be read or written:
 *
 * <ul>
 *   <li>when a process is started, or anything but a regular file is opened: the JDK asks its
 *       {@code JavaIOFileDescriptorAccess}, in whose place an object of this class stands until
 *       then;
 *   <li>when somebody makes a stream of {@link FileDescriptor#in}, as {@code Console} does: the
 *       descriptor adds it to a list;
 *   <li>when {@link System#in} is read.
 * </ul>
 *
 * Compiled into {@code java.base} and defined at run time.
 */
public final class StreamTrigger implements JavaIOFileDescriptorAccess {

    private static final Unsafe MEMORY = Unsafe.getUnsafe();
    private static final String[] USERS = {
        "java.io.FileCleanable", "sun.nio.fs.UnixChannelFactory", "java.lang.ProcessImpl"
    };

    // The first two are what SecureRandom opens, and with it half of all programs.
    private static final Set<String> NEVER_WAIT =
            Set.of("/dev/random", "/dev/urandom", "/dev/null", "/dev/zero", "/dev/full");

    private static Runnable action; // guarded by the class; null when it has run, or runs
    private static Runnable waiting; // the same, for who may wait meanwhile
    private static volatile boolean armed;
    private static volatile boolean busy;
    private static MethodHandle isOther; // neither a regular file nor a directory
    private static FilterInputStream standard; // System.in
    private static InputStream original; // what it reads

    private final JavaIOFileDescriptorAccess jdk;

    private StreamTrigger(JavaIOFileDescriptorAccess jdk) {
        this.jdk = jdk;
    }

    /**
     * Has it called before the first use; perhaps at once. Once.
     *
     * @param use does it on the calling thread, which may be in the midst of anything
     * @param useWaiting does the same; the caller may wait until it is done
     */
    public static void arm(Runnable use, Runnable useWaiting) throws Exception {
        Class<?> files = Class.forName("sun.nio.ch.UnixFileDispatcherImpl");
        isOther =
                MethodHandles.privateLookupIn(files, MethodHandles.lookup())
                        .findStatic(
                                files,
                                "isOther0",
                                MethodType.methodType(boolean.class, FileDescriptor.class));
        action = use;
        waiting = useWaiting;
        armed = true;
        var jdk = SharedSecrets.getJavaIOFileDescriptorAccess();
        boolean used = replace(new StreamTrigger(jdk));
        used |= watchParents();
        watchStandardInput();
        if (used) {
            fire(false);
        }
    }

    /**
     * Who has asked for it already keeps it in a constant, which is overwritten. Whether a process
     * was started before.
     */
    private static boolean replace(JavaIOFileDescriptorAccess access) throws Exception {
        SharedSecrets.setJavaIOFileDescriptorAccess(access);
        boolean used = false;
        for (String name : USERS) {
            Class<?> user = Class.forName(name, false, null);
            if (!MEMORY.shouldBeInitialized(user)) {
                var field = user.getDeclaredField("fdAccess");
                MEMORY.putReferenceVolatile(
                        MEMORY.staticFieldBase(field), MEMORY.staticFieldOffset(field), access);
                used = user == ProcessImpl.class;
            }
        }
        return used;
    }

    private static long offset(Class<?> owner, String field) {
        return MEMORY.objectFieldOffset(owner, field);
    }

    /** Whether somebody has made a stream of it before. */
    private static boolean watchParents() {
        var in = FileDescriptor.in;
        long others = offset(FileDescriptor.class, "otherParents");
        var first = (Closeable) MEMORY.getReference(in, offset(FileDescriptor.class, "parent"));
        synchronized (in) { // as in FileDescriptor.attach
            if (MEMORY.getReference(in, others) != null) {
                return true;
            }
            MEMORY.putReference(in, others, new Parents(first));
            return false;
        }
    }

    private static void watchStandardInput() {
        if (System.in instanceof BufferedInputStream in
                && in.getClass() == BufferedInputStream.class) {
            long field = offset(FilterInputStream.class, "in");
            if (MEMORY.getReferenceVolatile(in, field) instanceof FileInputStream stream) {
                standard = in;
                original = stream;
                MEMORY.compareAndSetReference(in, field, stream, new FirstRead(stream));
            }
        }
    }

    private static void fire(boolean mayWait) {
        // a greenlet may wait with the lock held; threads of the platform, such as the one that it
        // waits for, are not concerned
        if (!armed || busy && !Thread.currentThread().isVirtual()) {
            return;
        }
        synchronized (StreamTrigger.class) { // other greenlets wait until it is done
            if (action != null) {
                Runnable use = mayWait ? waiting : action;
                action = null;
                busy = true;
                use.run();
                armed = false;
                busy = false;
                tidy();
            }
        }
    }

    private static void tidy() {
        if (standard != null) {
            long field = offset(FilterInputStream.class, "in");
            if (MEMORY.getReferenceVolatile(standard, field) instanceof FirstRead first) {
                MEMORY.compareAndSetReference(standard, field, first, original);
            }
            standard = null;
            original = null;
        }
    }

    /** What was opened just now. */
    private static void opened(FileDescriptor fd, boolean mayWait) {
        if (armed) {
            boolean other;
            try {
                other = (boolean) isOther.invokeExact(fd);
            } catch (Throwable e) {
                return; // nobody can read it either
            }
            if (other && !NEVER_WAIT.contains(path(fd))) {
                fire(mayWait);
            }
        }
    }

    private static String path(FileDescriptor fd) {
        try {
            int number = SharedSecrets.getJavaIOFileDescriptorAccess().get(fd);
            return new File("/proc/self/fd/" + number).getCanonicalPath();
        } catch (IOException e) {
            return ""; // as of a pipe
        }
    }

    /** The streams of a descriptor but for the first. */
    private static final class Parents extends ArrayList<Closeable> {
        private final transient Closeable first;

        Parents(Closeable first) {
            this.first = first;
        }

        @Override
        public boolean add(Closeable stream) {
            if (isEmpty() && first != null) {
                super.add(first); // which the descriptor would have done
            }
            fire(false); // a monitor is held, perhaps a class is initialised
            return super.add(stream);
        }
    }

    /** What System.in reads until it is read. */
    private static final class FirstRead extends InputStream {
        private final InputStream stream;

        FirstRead(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            fire(true);
            return stream.read();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            fire(true);
            return stream.read(b, off, len);
        }

        @Override
        public long skip(long n) throws IOException {
            fire(true);
            return stream.skip(n);
        }

        @Override
        public int available() throws IOException {
            return stream.available();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    @Override
    public void set(FileDescriptor fd, int number) {
        jdk.set(fd, number);
        if (number >= 0) {
            opened(fd, true);
        }
    }

    @Override
    public int get(FileDescriptor fd) {
        return jdk.get(fd);
    }

    @Override
    public void setAppend(FileDescriptor fd, boolean append) {
        jdk.setAppend(fd, append);
    }

    @Override
    public boolean getAppend(FileDescriptor fd) {
        return jdk.getAppend(fd);
    }

    @Override
    public void close(FileDescriptor fd) throws IOException {
        jdk.close(fd);
    }

    @Override
    public void registerCleanup(FileDescriptor fd) {
        jdk.registerCleanup(fd);
    }

    @Override
    public void registerCleanup(FileDescriptor fd, PhantomCleanable<FileDescriptor> cleanable) {
        jdk.registerCleanup(fd, cleanable);
    }

    @Override
    public void unregisterCleanup(FileDescriptor fd) {
        jdk.unregisterCleanup(fd);
    }

    @Override
    public void setHandle(FileDescriptor fd, long handle) {
        jdk.setHandle(fd, handle);
    }

    /** Asked for each file that a stream has opened. */
    @Override
    public long getHandle(FileDescriptor fd) {
        opened(fd, false);
        return jdk.getHandle(fd);
    }
}
