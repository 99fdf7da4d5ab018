package dev.jevent.resolver;

import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/**
 * Puts jevent's resolver under {@link java.net.InetAddress}, and so under everything in the JVM
 * that looks up a name: sockets, HTTP clients, drivers. The JDK finds it by itself and makes it
 * once, in the first look-up.
 */
public final class InetAddressProvider extends InetAddressResolverProvider {

    /** The JDK makes it. */
    public InetAddressProvider() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        Builtin.is(configuration.builtinResolver());
        return new InetAddresses(); // does nothing more: the JDK holds a lock, and may be starting
    }

    @Override
    public String name() {
        return "jevent";
    }
}
