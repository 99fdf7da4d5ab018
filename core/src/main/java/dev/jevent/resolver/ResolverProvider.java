package dev.jevent.resolver;

/**
 * Brings a resolver with a name that {@code -Djevent.resolver} can ask for. Found by {@link
 * java.util.ServiceLoader}.
 */
public interface ResolverProvider {

    /** The name: lower case, no commas. */
    String name();

    /**
     * Makes it. Must not look up names by {@link java.net.InetAddress}.
     *
     * @throws IllegalArgumentException if some setting of it is wrong; says which
     */
    Resolver open();
}
