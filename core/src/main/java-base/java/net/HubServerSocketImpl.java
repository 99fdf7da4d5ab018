package java.net;

import sun.net.PlatformSocketImpl;
import sun.nio.ch.HubDispatcher;
import sun.nio.ch.NioSocketImpl;

import java.io.IOException;

/**
 * What is inside of a {@link ServerSocket}: the JDK's own, which gives way before it accepts. The
 * one door to it is the factory that a program may set by {@link ServerSocket#setSocketFactory},
 * once; so who does that has to do it before jevent is used, and then his sockets are left alone.
 *
 * <p>Compiled into {@code java.base} and defined at run time, by {@link HubDispatcher}.
 */
public final class HubServerSocketImpl extends DelegatingSocketImpl implements PlatformSocketImpl {

    private HubServerSocketImpl() {
        super(new NioSocketImpl(true));
    }

    /** To be called once. */
    public static void install() {
        synchronized (ServerSocket.class) {
            try {
                var factory = ServerSocket.class.getDeclaredField("factory");
                factory.setAccessible(true);
                if (factory.get(null) == null) {
                    SocketImplFactory ours = HubServerSocketImpl::new;
                    factory.set(null, ours);
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no door to server sockets", e);
            }
        }
    }

    @Override
    protected void accept(SocketImpl connection) throws IOException {
        HubDispatcher.giveWay();
        delegate.accept(connection);
    }
}
