package dev.jevent.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which resolver is in use, and how it is chosen. */
class ResolversTest extends ResolverScenario {

    private static final Resolver THREAD = Resolvers.named("thread");

    /** As a library brings one. */
    public static final class Provider implements ResolverProvider {
        static final Resolver RESOLVER =
                new AbstractResolver() {
                    @Override
                    protected List<InetAddress> ask(String name, Families families) {
                        return List.of(InetAddress.ofLiteral("5.5.5.5"));
                    }

                    @Override
                    protected String askReverse(InetAddress address) {
                        return "five";
                    }
                };

        @Override
        public String name() {
            return "five";
        }

        @Override
        public Resolver open() {
            return RESOLVER;
        }
    }

    @Test
    void namesFindResolvers() {
        assertSame(THREAD, Resolvers.named(" Thread "));
        assertSame(Resolvers.named("system"), Resolvers.named("blocking"));
        assertEquals("resolver \"blocking\"", Resolvers.named("blocking,thread").toString());
    }

    @Test
    void unknownNameIsAnErrorThatListsTheKnownOnes() {
        for (String names : List.of("treads", "thread,treads", "treads,thread", "", "thread,")) {
            var e = assertThrows(IllegalArgumentException.class, () -> Resolvers.named(names));
            assertTrue(
                    e.getMessage().endsWith("there are blocking, system, thread"), e.getMessage());
        }
    }

    @Test
    void moduleThatIsNotThereIsPassedOver() {
        assertSame(THREAD, Resolvers.named("dns,thread"));
        var e = assertThrows(IllegalArgumentException.class, () -> Resolvers.named("dns"));
        assertTrue(e.getMessage().contains("dev.jevent:jevent-resolver"), e.getMessage());
    }

    @Test
    void providersOfOthersAreFound(@TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(ResolverProvider.class.getName()), Provider.class.getName());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            assertSame(Provider.RESOLVER, Resolvers.named("five"));
            assertSame(THREAD, Resolvers.named("thread,five"));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Program: says which one is in use. */
    static final class Says {
        public static void main(String[] args) {
            try {
                System.out.println(Resolvers.get());
            } catch (IllegalArgumentException e) {
                System.out.println(e.getMessage());
            }
            try {
                System.out.println(InetAddress.getAllByName("some.name.test").length);
            } catch (Exception e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void propertyChooses() throws Exception {
        var none = ChildJvm.run(Says.class, List.of());
        assertTrue(none.output().startsWith("resolver \"thread\""), none.output());
        var set = ChildJvm.run(Says.class, List.of("-Djevent.resolver=dns,blocking"));
        assertTrue(set.output().startsWith("resolver \"blocking\""), set.output());
        var wrong = ChildJvm.run(Says.class, List.of("-Djevent.resolver=ares"));
        String message =
                "-Djevent.resolver=ares: there is no resolver \"ares\"; there are blocking, system,"
                        + " thread";
        assertEquals(
                List.of(message, message), wrong.output().lines().toList(), "by InetAddress too");
    }
}
