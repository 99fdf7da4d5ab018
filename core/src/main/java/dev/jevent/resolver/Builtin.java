package dev.jevent.resolver;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JDK's own resolver, which asks the C library and blocks the thread. The JDK gives it to the
 * provider that it has chosen, once; so there is a way around it for when that is not ours.
 */
final class Builtin {

    private static final byte[] SOME_ADDRESS = {127, 0, 0, 1};

    private static volatile @Nullable InetAddressResolver given; // by the JDK
    private static volatile boolean chosen; // the JDK has its resolver, ours or another one
    private static volatile @Nullable InetAddressResolver forTests;

    // the thread that makes the JDK choose
    private static final ThreadLocal<Boolean> PROBING = new ThreadLocal<>();

    private Builtin() {}

    /** Called by the JDK, through the provider. */
    static void is(InetAddressResolver resolver) {
        given = resolver;
        chosen = true;
    }

    /** For tests: instead of the JDK's; null for that. */
    static void replace(@Nullable InetAddressResolver resolver) {
        forTests = resolver;
    }

    /** Whether the caller only makes the JDK choose a resolver. */
    static boolean isProbing() {
        return PROBING.get() != null;
    }

    /** Whether the JDK asks us. It chooses now, if it has not yet. */
    static boolean isOurs() {
        if (!chosen) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            PROBING.set(true);
            try {
                thread.setContextClassLoader(new OwnProviderOnly());
                // asks for no name, so that nothing comes into the cache of InetAddress
                String ignored = InetAddress.getByAddress(SOME_ADDRESS).getCanonicalHostName();
            } catch (UnknownHostException e) {
                throw new AssertionError(e); // four bytes are an address
            } finally {
                thread.setContextClassLoader(before);
                PROBING.remove();
            }
            chosen = true;
        }
        return given != null;
    }

    static List<InetAddress> lookup(String name, Families families) throws UnknownHostException {
        InetAddressResolver resolver = resolver();
        List<InetAddress> found;
        if (resolver != null) {
            try (Stream<InetAddress> all = resolver.lookupByName(name, families.policy())) {
                found = all.toList();
            }
        } else {
            found = families.select(Arrays.asList(InetAddress.getAllByName(name)));
        }
        if (found.isEmpty()) {
            throw new UnknownHostException(name + ": no address of the family asked for");
        }
        return found;
    }

    static String reverse(InetAddress address) throws UnknownHostException {
        InetAddressResolver resolver = resolver();
        if (resolver != null) {
            return resolver.lookupByAddress(address.getAddress());
        }
        String name = InetAddress.getByAddress(address.getAddress()).getCanonicalHostName();
        if (name.equals(address.getHostAddress())) {
            throw new UnknownHostException(name + ": no name");
        }
        return name;
    }

    private static @Nullable InetAddressResolver resolver() {
        InetAddressResolver other = forTests;
        return other != null ? other : isOurs() ? given : null;
    }

    /** For who must have it at once, in place, whatever that holds up. */
    static Stream<InetAddress> lookup(String name, LookupPolicy policy)
            throws UnknownHostException {
        return lookup(name, Families.of(policy)).stream();
    }
}
