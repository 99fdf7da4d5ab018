package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.POINTER;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Starts a program; posix_spawn(3). The C library uses vfork for it: the calling thread stands
 * still until the program runs, all others go on. So this is called on a worker.
 */
public final class Spawn {

    /** What to start. The three descriptors are what the child gets as 0, 1 and 2. */
    public static final class Request {
        /** The file, not searched for; a relative one is looked for in the folder. */
        public String program = "";

        /** With the zeroth. */
        public List<String> arguments = List.of();

        /** Each {@code NAME=value}. */
        public List<String> environment = List.of();

        /** Where it runs; null for where this process does. */
        public @Nullable String folder;

        /** {@link #SAME} leaves what this process has. Others must not be 0, 1 or 2 crosswise. */
        public final int[] standard = {SAME, SAME, SAME};

        /** Those that stay open in the child besides, under their numbers. */
        public int[] keep = {};

        /** What stands for each of those here, if not all are the same. */
        public int[] keptAs = {};

        /** Closed in the child; needed where {@link #CLOSES_FROM} is false. */
        public int[] close = {};

        /** Closes all from this number on; negative for none. */
        public int closeFrom = -1;

        /** It leads a process group of its own. */
        public boolean ownGroup;

        /** It leads a session, and a group, of its own. */
        public boolean ownSession;
    }

    /** See {@link Request#standard}. */
    public static final int SAME = -1;

    private static final int SETPGROUP = 0x02;
    private static final int SETSIGDEF = 0x04;
    private static final int SETSIGMASK = 0x08;
    private static final int SETSID = 0x80;

    // Structures of the C library that only it looks into: the largest has 336 bytes.
    private static final int ROOM = 1024;
    private static final int SIGNAL_SET = 128;

    // A process whose user lets it ignore these, as nohup and the shell's & do, has children that
    // do so too. All others are back to what they are by default.
    private static final int[] INHERITED_SIGNALS = {1, 2, 3};

    private static final FunctionDescriptor OF_POINTER = FunctionDescriptor.of(INT, POINTER);
    private static final FunctionDescriptor OF_POINTERS =
            FunctionDescriptor.of(INT, POINTER, POINTER);
    private static final FunctionDescriptor OF_POINTER_AND_INT =
            FunctionDescriptor.of(INT, POINTER, INT);

    private static final MethodHandle SPAWN =
            Native.blockingWithErrno(
                    "posix_spawn",
                    FunctionDescriptor.of(
                            INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));
    private static final MethodHandle INIT_ACTIONS =
            Native.quick("posix_spawn_file_actions_init", OF_POINTER);
    private static final MethodHandle END_ACTIONS =
            Native.quick("posix_spawn_file_actions_destroy", OF_POINTER);
    private static final MethodHandle ADD_DUP =
            Native.quick(
                    "posix_spawn_file_actions_adddup2",
                    FunctionDescriptor.of(INT, POINTER, INT, INT));
    private static final MethodHandle ADD_CLOSE =
            Native.quick("posix_spawn_file_actions_addclose", OF_POINTER_AND_INT);
    private static final @Nullable MethodHandle ADD_FOLDER =
            optional("posix_spawn_file_actions_addchdir_np", OF_POINTERS);
    private static final @Nullable MethodHandle ADD_CLOSE_FROM =
            optional("posix_spawn_file_actions_addclosefrom_np", OF_POINTER_AND_INT);
    private static final MethodHandle INIT_ATTRIBUTES =
            Native.quick("posix_spawnattr_init", OF_POINTER);
    private static final MethodHandle END_ATTRIBUTES =
            Native.quick("posix_spawnattr_destroy", OF_POINTER);
    private static final MethodHandle SET_FLAGS =
            Native.quick(
                    "posix_spawnattr_setflags",
                    FunctionDescriptor.of(INT, POINTER, ValueLayout.JAVA_SHORT));
    private static final MethodHandle SET_GROUP =
            Native.quick("posix_spawnattr_setpgroup", OF_POINTER_AND_INT);
    private static final MethodHandle SET_DEFAULT =
            Native.quick("posix_spawnattr_setsigdefault", OF_POINTERS);
    private static final MethodHandle SET_MASK =
            Native.quick("posix_spawnattr_setsigmask", OF_POINTERS);
    private static final MethodHandle FILL_SET = Native.quick("sigfillset", OF_POINTER);
    private static final MethodHandle EMPTY_SET = Native.quick("sigemptyset", OF_POINTER);
    private static final MethodHandle TAKE_OUT = Native.quick("sigdelset", OF_POINTER_AND_INT);

    /** Whether {@link Request#closeFrom} works: glibc 2.34. */
    public static final boolean CLOSES_FROM = ADD_CLOSE_FROM != null;

    /** Of names and arguments; what the JDK passes to the system too. */
    private static final Charset CHARSET = charset();

    private Spawn() {}

    private static @Nullable MethodHandle optional(String name, FunctionDescriptor type) {
        return Native.has(name) ? Native.quick(name, type) : null;
    }

    static Charset charset() {
        Charset c = Charset.forName(System.getProperty("sun.jnu.encoding"));
        return c.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : c; // which it is in
    }

    /** Whether a child can be started in another folder: glibc 2.29, musl 1.1.24. */
    public static boolean isAvailable() {
        return ADD_FOLDER != null;
    }

    /** The number of the new process, or negative errno. Sleeps until the program runs. */
    public static int start(Request request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(ROOM, 16);
            MemorySegment attributes = arena.allocate(ROOM, 16);
            check((int) INIT_ACTIONS.invokeExact(actions));
            check((int) INIT_ATTRIBUTES.invokeExact(attributes));
            try {
                addActions(arena, actions, request);
                setAttributes(arena, attributes, request);
                MemorySegment pid = arena.allocate(4, 4);
                int failure =
                        (int)
                                SPAWN.invokeExact(
                                        Scratch.ofThread().errno,
                                        pid,
                                        string(arena, request.program),
                                        actions,
                                        attributes,
                                        strings(arena, request.arguments),
                                        strings(arena, request.environment));
                return failure == 0 ? pid.get(ValueLayout.JAVA_INT, 0) : -failure;
            } finally {
                int ignored = (int) END_ACTIONS.invokeExact(actions);
                ignored = (int) END_ATTRIBUTES.invokeExact(attributes);
            }
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** They fail for a bad argument, or when there is no memory. */
    private static void check(int failure) {
        if (failure != 0) {
            throw new IllegalStateException("cannot start a process: " + Errno.text(failure));
        }
    }

    /** In this order in the child, and before it is looked for the program. */
    private static void addActions(Arena arena, MemorySegment actions, Request r) throws Throwable {
        for (int i = 0; i < 3; i++) {
            if (r.standard[i] != SAME) {
                check((int) ADD_DUP.invokeExact(actions, r.standard[i], i));
            }
        }
        for (int i = 0; i < r.keep.length; i++) {
            int from = r.keptAs.length == 0 ? r.keep[i] : r.keptAs[i];
            check((int) ADD_DUP.invokeExact(actions, from, r.keep[i])); // no more close-on-exec
        }
        for (int fd : r.close) {
            check((int) ADD_CLOSE.invokeExact(actions, fd));
        }
        if (r.closeFrom >= 0 && ADD_CLOSE_FROM != null) {
            check((int) ADD_CLOSE_FROM.invokeExact(actions, r.closeFrom));
        }
        if (r.folder != null && ADD_FOLDER != null) {
            check((int) ADD_FOLDER.invokeExact(actions, string(arena, r.folder)));
        }
    }

    private static void setAttributes(Arena arena, MemorySegment attributes, Request r)
            throws Throwable {
        MemorySegment set = arena.allocate(SIGNAL_SET, 8);
        check((int) EMPTY_SET.invokeExact(set));
        check((int) SET_MASK.invokeExact(attributes, set));
        check((int) FILL_SET.invokeExact(set));
        for (int signal : INHERITED_SIGNALS) {
            check((int) TAKE_OUT.invokeExact(set, signal));
        }
        check((int) SET_DEFAULT.invokeExact(attributes, set));
        int flags = SETSIGDEF | SETSIGMASK;
        if (r.ownSession) {
            flags |= SETSID; // and a group with it: to ask for one would fail
        } else if (r.ownGroup) {
            flags |= SETPGROUP;
            check((int) SET_GROUP.invokeExact(attributes, 0));
        }
        check((int) SET_FLAGS.invokeExact(attributes, (short) flags));
    }

    private static MemorySegment string(Arena arena, String text) {
        byte[] bytes = text.getBytes(CHARSET);
        MemorySegment result = arena.allocate(bytes.length + 1L, 1); // zeroed
        MemorySegment.copy(bytes, 0, result, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return result;
    }

    private static MemorySegment strings(Arena arena, List<String> texts) {
        int n = texts.size();
        MemorySegment result = arena.allocate(8L * (n + 1), 8); // the last is null
        for (int i = 0; i < n; i++) {
            result.setAtIndex(ValueLayout.ADDRESS, i, string(arena, texts.get(i)));
        }
        return result;
    }
}
