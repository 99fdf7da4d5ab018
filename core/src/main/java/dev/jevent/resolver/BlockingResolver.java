package dev.jevent.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * The C library, in the thread of the caller, whose hub stands still meanwhile. Follows {@code
 * gevent.resolver.blocking}.
 */
final class BlockingResolver implements Resolver {

    static final BlockingResolver INSTANCE = new BlockingResolver();

    private BlockingResolver() {}

    @Override
    public List<InetAddress> lookup(String name, Families families) throws UnknownHostException {
        List<InetAddress> literal = Literals.of(name, families);
        return literal != null ? literal : Builtin.lookup(name, families);
    }

    @Override
    public String reverse(InetAddress address) throws UnknownHostException {
        return Builtin.reverse(address);
    }

    @Override
    public String toString() {
        return "resolver \"blocking\"";
    }
}
