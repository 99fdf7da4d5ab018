package dev.jevent.resolver;

import dev.jevent.Interrupted;
import dev.jevent.internal.CallerAccess;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.stream.Stream;

/**
 * What {@link InetAddress} asks. May be called before there is any hub, by any thread, and by what
 * a resolver itself calls: then it is the C library that is asked.
 *
 * <p>The JDK remembers every {@code RuntimeException} for ten seconds as the failure of that name,
 * for everybody. So an interrupt leaves here as an {@code InterruptedIOException}.
 */
final class InetAddresses implements InetAddressResolver {

    private interface Question<T> {
        T to(Resolver resolver) throws UnknownHostException;
    }

    // set while the caller is inside of a resolver
    private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
            throws UnknownHostException {
        if (mustNotWait()) {
            return Builtin.lookup(host, policy);
        }
        return ask(r -> r.lookup(host, Families.of(policy)).stream());
    }

    @Override
    public String lookupByAddress(byte[] bytes) throws UnknownHostException {
        if (Builtin.isProbing()) {
            throw new UnknownHostException("nobody is to be asked");
        }
        InetAddress address = InetAddress.getByAddress(bytes);
        return mustNotWait() ? Builtin.reverse(address) : ask(r -> r.reverse(address));
    }

    private static boolean mustNotWait() {
        return !Callers.isOpen() || Callers.areCallback();
    }

    private static Resolver resolver() throws UnknownHostException {
        if (INSIDE.get() != null) {
            return ThreadResolver.INSTANCE; // a resolver that looks up a name
        }
        try {
            return Resolvers.getNow();
        } catch (IllegalArgumentException e) {
            var unknown = new UnknownHostException(e.getMessage());
            unknown.initCause(e);
            throw unknown;
        }
    }

    private static <T> T ask(Question<T> question) throws UnknownHostException {
        Resolver resolver = resolver();
        boolean outermost = INSIDE.get() == null;
        INSIDE.set(true);
        try {
            return question.to(resolver);
        } catch (Interrupted e) {
            var error = new InterruptedIOException("interrupted while looking up a name");
            error.initCause(e);
            throw CallerAccess.<RuntimeException>sneaky(error);
        } finally {
            if (outermost) {
                INSIDE.remove();
            }
        }
    }
}
