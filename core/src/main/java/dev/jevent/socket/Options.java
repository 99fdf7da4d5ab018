package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.file.FileSystems;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The options of java.net and what they are called in the kernel. Those of the module {@code
 * jdk.net} are known by name, so that the module need not be there.
 */
final class Options {

    private static final String PEER = "SO_PEERCRED";

    static final Set<SocketOption<?>> OF_SOCKETS =
            withExtended(
                    Set.of(
                            StandardSocketOptions.SO_RCVBUF,
                            StandardSocketOptions.SO_SNDBUF,
                            StandardSocketOptions.SO_REUSEADDR,
                            StandardSocketOptions.SO_REUSEPORT,
                            StandardSocketOptions.SO_KEEPALIVE,
                            StandardSocketOptions.SO_LINGER,
                            StandardSocketOptions.IP_TOS,
                            StandardSocketOptions.TCP_NODELAY),
                    "TCP_KEEPIDLE",
                    "TCP_KEEPINTERVAL",
                    "TCP_KEEPCOUNT",
                    "TCP_QUICKACK");

    /** Accepted sockets inherit the last two. */
    static final Set<SocketOption<?>> OF_LISTENERS =
            Set.of(
                    StandardSocketOptions.SO_RCVBUF,
                    StandardSocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_REUSEPORT,
                    StandardSocketOptions.SO_KEEPALIVE,
                    StandardSocketOptions.TCP_NODELAY);

    static final Set<SocketOption<?>> OF_UNIX_SOCKETS =
            withExtended(
                    Set.of(
                            StandardSocketOptions.SO_RCVBUF,
                            StandardSocketOptions.SO_SNDBUF,
                            StandardSocketOptions.SO_LINGER),
                    PEER);

    static final Set<SocketOption<?>> OF_UNIX_LISTENERS = Set.of(StandardSocketOptions.SO_RCVBUF);

    private static final int IPV6_TCLASS = 67;

    private record Code(int level, int option) {}

    private static final Map<String, Code> CODES =
            Map.ofEntries(
                    Map.entry("SO_REUSEADDR", new Code(Net.SOL_SOCKET, Net.SO_REUSEADDR)),
                    Map.entry("SO_SNDBUF", new Code(Net.SOL_SOCKET, 7)),
                    Map.entry("SO_RCVBUF", new Code(Net.SOL_SOCKET, 8)),
                    Map.entry("SO_KEEPALIVE", new Code(Net.SOL_SOCKET, 9)),
                    Map.entry("SO_LINGER", new Code(Net.SOL_SOCKET, Net.SO_LINGER)),
                    Map.entry("SO_REUSEPORT", new Code(Net.SOL_SOCKET, 15)),
                    Map.entry("IP_TOS", new Code(Net.IPPROTO_IP, 1)),
                    Map.entry("TCP_NODELAY", new Code(Net.IPPROTO_TCP, 1)),
                    Map.entry("TCP_KEEPIDLE", new Code(Net.IPPROTO_TCP, 4)),
                    Map.entry("TCP_KEEPINTERVAL", new Code(Net.IPPROTO_TCP, 5)),
                    Map.entry("TCP_KEEPCOUNT", new Code(Net.IPPROTO_TCP, 6)),
                    Map.entry("TCP_QUICKACK", new Code(Net.IPPROTO_TCP, 12)));

    private Options() {}

    private static Set<SocketOption<?>> withExtended(
            Set<SocketOption<?>> standard, String... names) {
        var all = new HashSet<SocketOption<?>>(standard);
        try {
            Class<?> extended = Class.forName("jdk.net.ExtendedSocketOptions");
            for (String name : names) {
                all.add((SocketOption<?>) extended.getField(name).get(null));
            }
        } catch (ReflectiveOperationException e) {
            return standard; // there is no such module here: nobody can have these options
        }
        return Set.copyOf(all);
    }

    /** As {@code java.net} does it. */
    static void checkSupported(Object socket, Set<SocketOption<?>> all, SocketOption<?> option) {
        if (!all.contains(Objects.requireNonNull(option, "option"))) {
            throw new UnsupportedOperationException("'" + option + "' not supported by " + socket);
        }
    }

    private static Code code(SocketOption<?> option) {
        Code code = CODES.get(option.name());
        if (code == null) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
        return code;
    }

    /** Sets an option; null is refused, and so is what can be no value of it. */
    static <T> void set(Descriptor descriptor, SocketOption<T> option, T value)
            throws SocketException {
        Code code = code(option);
        int number = number(option, value);
        if (option == StandardSocketOptions.SO_LINGER) {
            descriptor.check((s, fd) -> Net.setLinger(s, fd, number));
            descriptor.lingers(number > 0);
            return;
        }
        if (option == StandardSocketOptions.IP_TOS && descriptor.ipv6()) {
            descriptor.check(
                    (s, fd) -> Net.setOption(s, fd, Net.IPPROTO_IPV6, IPV6_TCLASS, number));
        }
        descriptor.check((s, fd) -> Net.setOption(s, fd, code.level, code.option, number));
    }

    private static int number(SocketOption<?> option, Object value) {
        if (value instanceof Boolean on) {
            return on ? 1 : 0;
        }
        if (!(value instanceof Integer number)) {
            throw new IllegalArgumentException("invalid value for " + option + ": " + value);
        }
        boolean valid =
                switch (option.name()) {
                    case "SO_LINGER" -> true; // negative: none
                    case "IP_TOS" -> number >= 0 && number <= 255;
                    default -> number >= 0;
                };
        if (!valid) {
            throw new IllegalArgumentException("invalid value for " + option + ": " + value);
        }
        return option == StandardSocketOptions.SO_LINGER ? Math.min(number, 65535) : number;
    }

    /** The value of an option. */
    static <T> T get(Descriptor descriptor, SocketOption<T> option) throws SocketException {
        Code code = code(option);
        var value = new int[1];
        int result =
                descriptor.call(
                        (s, fd) -> {
                            int failure = Net.getOption(s, fd, code.level, code.option);
                            value[0] = code.option == Net.SO_LINGER ? Net.linger(s) : Net.value(s);
                            return failure;
                        });
        if (result < 0) {
            throw Errno.failure(-result);
        }
        boolean buffer =
                option == StandardSocketOptions.SO_SNDBUF
                        || option == StandardSocketOptions.SO_RCVBUF;
        int number = buffer ? value[0] / 2 : value[0]; // Linux doubles what it was given
        return option.type() == Boolean.class
                ? option.type().cast(number != 0)
                : option.type().cast(number);
    }

    /** As {@code jdk.net.UnixDomainPrincipal}: user and group by name, or number if without. */
    static <T> T principal(SocketOption<T> option, Credentials peer) throws SocketException {
        var names = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            UserPrincipal user = names.lookupPrincipalByName(Integer.toString(peer.uid()));
            GroupPrincipal group = names.lookupPrincipalByGroupName(Integer.toString(peer.gid()));
            return option.type()
                    .getConstructor(UserPrincipal.class, GroupPrincipal.class)
                    .newInstance(user, group);
        } catch (IOException | ReflectiveOperationException e) {
            var failure = new SocketException("cannot tell who has the user id " + peer.uid());
            failure.initCause(e);
            throw failure;
        }
    }
}
