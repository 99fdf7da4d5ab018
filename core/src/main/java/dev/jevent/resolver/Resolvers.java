package dev.jevent.resolver;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which resolver is in use. There is one for the process, because {@link InetAddress} is one for
 * the process; in gevent it is {@code hub.resolver}.
 *
 * <p>It is chosen when it is first needed, by {@code -Djevent.resolver} or else the environment
 * variable {@code JEVENT_RESOLVER}: a name, or several with commas, of which the first one counts
 * that is there.
 *
 * <table>
 * <caption>Resolvers</caption>
 * <tr><td>{@code thread}<td>the C library, on the hub's worker threads; the default
 * <tr><td>{@code dns}<td>asks the name servers itself; needs the module {@code jevent-resolver}
 * <tr><td>{@code blocking}<td>the C library, in the caller, whose hub stands still meanwhile
 * <tr><td>{@code system}<td>the same as {@code blocking}
 * </table>
 *
 * Others come from a {@link ResolverProvider}. All methods may be called from any thread.
 */
public final class Resolvers {

    private static final String PROPERTY = "jevent.resolver";
    private static final String VARIABLE = "JEVENT_RESOLVER";
    private static final String MODULE = "dns";
    private static final Set<String> ALWAYS_THERE = Set.of("thread", "blocking", "system");

    private static final ReentrantLock CHOOSING = new ReentrantLock();
    private static volatile @Nullable Resolver inUse;

    private Resolvers() {}

    /**
     * The one in use.
     *
     * @throws IllegalArgumentException if the property or variable names none
     */
    public static Resolver get() {
        Resolver r = inUse;
        if (r != null) {
            return r;
        }
        CHOOSING.lock();
        try {
            return choose();
        } finally {
            CHOOSING.unlock();
        }
    }

    /**
     * As {@link #get}, and never waits: while another one chooses, or if this is called by what the
     * choosing itself does (loading classes, logging), names are found by the C library.
     */
    static Resolver getNow() {
        Resolver r = inUse;
        if (r != null) {
            return r;
        }
        if (!CHOOSING.tryLock()) {
            return ThreadResolver.INSTANCE;
        }
        try {
            return choose();
        } finally {
            CHOOSING.unlock();
        }
    }

    /** With the lock. */
    private static Resolver choose() {
        Resolver r = inUse;
        if (r != null) {
            return r;
        }
        if (CHOOSING.getHoldCount() > 1) {
            return ThreadResolver.INSTANCE; // called by the choosing itself
        }
        boolean ignored = Builtin.isOurs(); // if the JDK has not chosen yet, it chooses us
        String property = System.getProperty(PROPERTY);
        String names = property != null ? property : System.getenv(VARIABLE);
        if (names == null || names.isBlank()) {
            r = ThreadResolver.INSTANCE;
        } else {
            r = find(names, property != null ? "-D" + PROPERTY : VARIABLE);
        }
        inUse = r;
        return r;
    }

    /**
     * Puts another one to use, for those who ask from now on. {@link InetAddress} has a cache of
     * its own, which is not emptied.
     *
     * @return the one before
     */
    public static Resolver use(Resolver resolver) {
        Objects.requireNonNull(resolver, "a resolver");
        Resolver before = get();
        inUse = resolver;
        return before;
    }

    /**
     * The first one of these that is there.
     *
     * @param names one or several, with commas
     * @throws IllegalArgumentException if there is none, or one of the names is unknown
     */
    public static Resolver named(String names) {
        return find(names, "the name");
    }

    private static Resolver find(String names, String source) {
        Resolver found = null;
        for (String part : names.split(",", -1)) {
            String name = part.strip().toLowerCase(Locale.ROOT);
            Resolver r = found == null ? findOne(name) : null;
            if (found == null) {
                found = r;
            }
            if (r == null && !isKnown(name)) {
                throw new IllegalArgumentException(
                        source + "=" + names + ": there is no resolver \"" + name + "\"; " + say());
            }
        }
        if (found == null) {
            throw new IllegalArgumentException(
                    source
                            + "="
                            + names
                            + ": add dev.jevent:jevent-resolver to the class path or module path"
                            + " for \"dns\"; "
                            + say());
        }
        return found;
    }

    private static @Nullable Resolver findOne(String name) {
        return switch (name) {
            case "thread" -> ThreadResolver.INSTANCE;
            case "blocking", "system" -> BlockingResolver.INSTANCE;
            default -> open(name);
        };
    }

    private static @Nullable Resolver open(String name) {
        for (ResolverProvider p : providers()) {
            if (p.name().equals(name)) {
                return p.open();
            }
        }
        return null;
    }

    private static boolean isKnown(String name) {
        return known().contains(name) || name.equals(MODULE);
    }

    private static Set<String> known() {
        Set<String> names = new TreeSet<>(ALWAYS_THERE);
        for (ResolverProvider p : providers()) {
            names.add(p.name());
        }
        return names;
    }

    private static String say() {
        return "there are " + String.join(", ", known());
    }

    private static ServiceLoader<ResolverProvider> providers() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return ServiceLoader.load(
                ResolverProvider.class,
                context != null ? context : Resolvers.class.getClassLoader());
    }

    /** As {@link Resolver#lookup(String)}, of the one in use. */
    public static List<InetAddress> lookup(String name) throws UnknownHostException {
        return get().lookup(name);
    }

    /**
     * Whether {@link InetAddress} asks the resolver in use, so that name look-ups in any library
     * give way. The JDK decides it once: for jevent in the first call of this class, whoever else
     * brings an {@link java.net.spi.InetAddressResolverProvider}; in a look-up before that, for the
     * first provider that it finds. With {@code jdk.net.hosts.file} it is not so at all.
     */
    public static boolean areInInetAddress() {
        return Builtin.isOurs();
    }
}
