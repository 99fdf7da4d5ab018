package dev.jevent.resolver;

import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/** The provider again, for {@link OwnProviderOnly}, which defines it outside of any module. */
public final class ProviderShim extends InetAddressResolverProvider {

    /** The JDK makes it. */
    public ProviderShim() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return new InetAddressProvider().get(configuration);
    }

    @Override
    public String name() {
        return "jevent";
    }
}
