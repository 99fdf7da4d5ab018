package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What the kernel counts for a TCP connection; {@code TCP_INFO} in tcp(7). */
public final class TcpInfo {

    private static final int TCP_INFO = 11;
    private static final int ACKED = 15; // struct tcp_info: a long at offset 120

    private static final MethodHandle GET_OPTION =
            Native.quickWithErrno(
                    "getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));

    private TcpInfo() {}

    /** How many bytes the peer has acknowledged; -1 if that is not known. */
    public static long acked(Scratch s, int fd) {
        var info = new long[ACKED + 1];
        s.length(info.length * Long.BYTES);
        try {
            int result =
                    (int)
                            GET_OPTION.invokeExact(
                                    s.errno,
                                    fd,
                                    Net.IPPROTO_TCP,
                                    TCP_INFO,
                                    MemorySegment.ofArray(info),
                                    s.length);
            return result < 0 || s.length() < info.length * Long.BYTES ? -1 : info[ACKED];
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
