package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Who is at the other end of a Unix-domain socket; {@code SO_PEERCRED} in unix(7). */
public final class PeerCredentials {

    private static final int SO_PEERCRED = 17;
    private static final int SIZE = 12; // struct ucred: three ints

    private static final MethodHandle GET_OPTION =
            Native.quickWithErrno(
                    "getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));

    private PeerCredentials() {}

    /** Asks for them: {@link #pid}, {@link #uid}, {@link #gid}. 0 or negative errno. */
    public static int get(Scratch s, int fd) {
        s.length(SIZE);
        try {
            int result =
                    (int)
                            GET_OPTION.invokeExact(
                                    s.errno, fd, Net.SOL_SOCKET, SO_PEERCRED, s.address, s.length);
            return result >= 0 ? 0 : -s.errno();
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The process, as this one sees its number. */
    public static int pid(Scratch s) {
        return s.address.get(ValueLayout.JAVA_INT, 0);
    }

    /** The user. */
    public static int uid(Scratch s) {
        return s.address.get(ValueLayout.JAVA_INT, 4);
    }

    /** The group. */
    public static int gid(Scratch s) {
        return s.address.get(ValueLayout.JAVA_INT, 8);
    }
}
