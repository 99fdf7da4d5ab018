package dev.jevent.resolver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** java.net.InetAddress, and so every library, goes through the resolver in use. */
class InetAddressesTest extends ResolverScenario {

    @Test
    void providerIsInstalled() throws Exception {
        assertTrue(Resolvers.areInInetAddress());
        String name = fresh("plain");
        var g = Jevent.spawn(() -> InetAddress.getAllByName(name));
        assertEquals(2, g.get().length);
        assertEquals(List.of(name), library.asked);
        assertTrue(onWorkers(), library.threads::toString);
    }

    @Test
    void hubTurnsWhileSomeLibraryLooksUpANameAndConnects() {
        String name = fresh("slow");
        var g = Jevent.spawn(() -> connect(name));
        until(() -> library.asked.contains(name));
        turns(20);
        assertFalse(g.ready());
        g.kill();
        assertTrue(g.isCancelled());
        library.release(name);
    }

    private static void connect(String name) throws Exception {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(name, 1));
        }
    }

    @Test
    void oneWhoIsKilledTimedOutOrInterruptedLeavesNoFailureBehind() throws Exception {
        String name = fresh("slow");
        var killed = Jevent.spawn(() -> InetAddress.getByName(name));
        until(() -> library.asked.contains(name));
        killed.kill();
        assertTrue(killed.isCancelled());
        var timeout = new Timeout(Duration.ofMillis(5));
        assertSame(timeout, thrownBy(() -> timeout.call(() -> InetAddress.getByName(name))));
        var interrupted = Jevent.spawn(() -> thrownBy(() -> InetAddress.getByName(name)));
        turns(3);
        interrupted.thread().interrupt();
        Throwable error = interrupted.get();
        assertInstanceOf(InterruptedIOException.class, error);
        assertInstanceOf(Interrupted.class, error.getCause());

        var patient = Jevent.spawn(() -> InetAddress.getByName(name));
        turns(3);
        library.release(name);
        assertEquals("10.1.2.3", patient.get().getHostAddress());
        assertEquals(1, library.asked.size(), "one question for all of them");
    }

    @Test
    void manyGreenletsWaitForOneName() throws Exception {
        String name = fresh("slow");
        List<Greenlet<InetAddress>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(Jevent.spawn(() -> InetAddress.getByName(name)));
        }
        until(() -> library.asked.contains(name));
        library.release(name);
        for (var g : all) {
            assertEquals("10.1.2.3", g.get().getHostAddress());
        }
    }

    @Test
    void addressAsksForItsName() throws Exception {
        // the JDK believes the name only if that has the address
        var ten = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
        assertEquals("ten.test", Jevent.spawn(() -> ten.getCanonicalHostName()).get());
        var nine = InetAddress.getByAddress(new byte[] {9, 1, 2, 3});
        assertEquals("9.1.2.3", nine.getCanonicalHostName());
        assertTrue(onWorkers(), library.threads::toString);
    }

    @Test
    void anotherResolverIsAskedOnceItIsInUse() throws Exception {
        Resolver mine =
                new AbstractResolver() {
                    @Override
                    protected List<InetAddress> ask(String name, Families families)
                            throws UnknownHostException {
                        return List.of(InetAddress.getByAddress(name, new byte[] {7, 7, 7, 7}));
                    }

                    @Override
                    protected String askReverse(InetAddress address) {
                        return "seven";
                    }
                };
        Resolver before = Resolvers.use(mine);
        assertEquals("7.7.7.7", InetAddress.getByName(fresh("own")).getHostAddress());
        assertEquals("7.7.7.7", Resolvers.lookup("x.test").getFirst().getHostAddress());
        assertEquals("seven", mine.reverse(InetAddress.ofLiteral("7.7.7.7")));
        assertSame(mine, Resolvers.use(before));
        assertEquals(List.of(), library.asked);
    }

    @Test
    void resolverThatLooksUpANameItselfEndsAtTheLibraryOfC() throws Exception {
        Resolver ignored = Resolvers.use(new Circular());
        String name = fresh("circle");
        assertEquals("10.1.2.3", InetAddress.getByName(name).getHostAddress());
        assertEquals("10.1.2.3", Resolvers.lookup(fresh("circle")).getFirst().getHostAddress());
        assertEquals(2, library.asked.size());
    }

    private static final class Circular extends AbstractResolver {
        @Override
        protected List<InetAddress> ask(String name, Families families)
                throws UnknownHostException {
            return List.of(InetAddress.getByName(name));
        }

        @Override
        protected String askReverse(InetAddress address) {
            return address.getHostName();
        }
    }

    @Test
    void callbackOfTheLoopLooksUpInPlace() {
        var answer = new Waiter<Object>();
        String name = fresh("callback");
        hub.loop()
                .runCallback(
                        () -> {
                            try {
                                answer.switchTo(InetAddress.getByName(name).getHostAddress());
                            } catch (Exception e) {
                                answer.switchTo(e);
                            }
                        });
        assertEquals("10.1.2.3", answer.get());
        assertFalse(onWorkers());
    }

    @Test
    void unknownHostIsTold() {
        var e =
                assertThrows(
                        UnknownHostException.class, () -> InetAddress.getByName(fresh("none")));
        assertTrue(e.getMessage().endsWith("Name or service not known"), e.getMessage());
    }

    /** Program: looks up what it can anywhere. */
    static final class LooksUp {
        public static void main(String[] args) throws Exception {
            System.out.println(InetAddress.getByName("localhost").isLoopbackAddress());
            System.out.println(Resolvers.areInInetAddress());
        }
    }

    @Test
    void jvmThatIsClosedToJeventLooksUpAllTheSame() throws Exception {
        var open = ChildJvm.run(LooksUp.class, List.of());
        assertEquals("true\ntrue", open.output().strip());
        assertEquals("true\ntrue", closedJvm(classPath(), LooksUp.class));
    }

    /** As dnsjava brings one. */
    public static final class Decoy extends InetAddressResolverProvider {
        @Override
        public InetAddressResolver get(Configuration configuration) {
            return configuration.builtinResolver();
        }

        @Override
        public String name() {
            return "decoy";
        }
    }

    /** Program: asks jevent before anybody looks up a name. */
    static final class AsksFirst {
        public static void main(String[] args) throws Exception {
            Resolver ignored = Resolvers.get();
            LooksUp.main(args);
        }
    }

    @Test
    void providerOfAnotherLibraryCountsOnlyIfANameIsLookedUpBeforeJeventIsAsked(
            @TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(InetAddressResolverProvider.class.getName()),
                Decoy.class.getName());
        String path = folder + File.pathSeparator + classPath();
        assertEquals("true\ntrue", closedJvm(path, AsksFirst.class));
        assertEquals("true\nfalse", closedJvm(path, LooksUp.class));
    }

    private static String closedJvm(String path, Class<?> main) throws Exception {
        var process =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-cp",
                                path,
                                main.getName())
                        .redirectErrorStream(true)
                        .start();
        byte[] output = process.getInputStream().readAllBytes();
        return new String(output, StandardCharsets.UTF_8).strip();
    }

    private static String classPath() {
        String own = System.getProperty("surefire.test.class.path");
        return own != null ? own : System.getProperty("java.class.path");
    }
}
