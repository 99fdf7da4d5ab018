package dev.jevent.examples;

import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.pool.Pool;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks up many names at once, at most 50 of them, none longer than five seconds. {@code
 * InetAddress} itself gives way: whatever library asks it holds up nobody.
 */
public final class DnsLookups {

    private static final int AT_ONCE = 50;
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private DnsLookups() {}

    /** The names; they are answered in the order in which the answers come. */
    public static void main(String[] args) {
        List<String> names = args.length > 0 ? Arrays.asList(args) : List.of("localhost", "::1");
        var pool = new Pool(AT_ONCE);
        for (String name : names) {
            pool.spawn(() -> System.out.println(name + ": " + addresses(name)));
        }
        pool.join();
    }

    private static String addresses(String name) {
        try {
            return Jevent.withTimeout(LONGEST, "no answer", () -> all(name));
        } catch (UnknownHostException e) {
            return "no such name";
        } catch (Exception | Timeout e) {
            return e.toString();
        }
    }

    private static String all(String name) throws UnknownHostException {
        return Stream.of(InetAddress.getAllByName(name))
                .map(InetAddress::getHostAddress)
                .collect(Collectors.joining(" "));
    }
}
