package dev.jevent.resolver;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A C library of our own, and names that no other test has used: InetAddress remembers them. */
abstract class ResolverScenario extends HubScenario {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final FakeBuiltin library = new FakeBuiltin();
    private Resolver before;

    @BeforeEach
    void ownLibrary() {
        before = Resolvers.get();
        Builtin.replace(library);
    }

    @AfterEach
    void theLibraryOfC() {
        library.held.keySet().forEach(library::release);
        Builtin.replace(null);
        Resolver ignored = Resolvers.use(before);
    }

    static String fresh(String prefix) {
        return prefix + NUMBER.incrementAndGet() + ".test";
    }

    /** What happens on other threads; the hub turns meanwhile. */
    static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Jevent.sleep(1);
        }
    }

    boolean onWorkers() {
        return library.threads.stream().allMatch(t -> t.getName().startsWith("jevent-worker-"));
    }
}
