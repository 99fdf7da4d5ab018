package dev.jevent.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * The C library, on the worker threads of the caller's hub, as {@link dev.jevent.Jevent#blocking}
 * uses them; in the thread of a caller who has no hub. A look-up whose caller has gone keeps its
 * worker until the C library has come to its end. Follows {@code gevent.resolver.thread}.
 */
final class ThreadResolver extends AbstractResolver {

    static final ThreadResolver INSTANCE = new ThreadResolver();

    private ThreadResolver() {
        super(true);
    }

    @Override
    protected List<InetAddress> ask(String name, Families families) throws UnknownHostException {
        return Builtin.lookup(name, families);
    }

    @Override
    protected String askReverse(InetAddress address) throws UnknownHostException {
        return Builtin.reverse(address);
    }

    @Override
    public String toString() {
        return "resolver \"thread\"";
    }
}
