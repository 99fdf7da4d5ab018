package java.net;

import sun.net.PlatformSocketImpl;
import sun.nio.ch.HubDispatcher;
import sun.nio.ch.NioSocketImpl;

import java.io.IOException;

/**
 * What is inside of a {@link ServerSocket}: the JDK's own, which gives way before it accepts.
 *
 * <p>Compiled into {@code java.base} and defined at run time; {@link HubDispatcher} makes them.
 */
final class HubServerSocketImpl extends DelegatingSocketImpl implements PlatformSocketImpl {

    HubServerSocketImpl() {
        super(new NioSocketImpl(true));
    }

    @Override
    protected void accept(SocketImpl connection) throws IOException {
        HubDispatcher.giveWay();
        delegate.accept(connection);
    }
}
