package dev.jevent.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Scratch;
import dev.jevent.select.Select.Selected;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** select, as gevent has it. */
class SelectTest extends PollScenario {

    private static final List<Socket> NONE = List.of();

    @BeforeEach
    void epollOnly() {
        notInThePortableMode(CHANNELS);
    }

    @Test
    void itFindsWhatIsReadyInOrder() throws Exception {
        Pair a = pair();
        Pair b = pair();
        Pair c = pair();
        write(c.client(), "x");
        write(a.client(), "x");
        settle();
        List<Socket> servers = List.of(a.server(), b.server(), c.server());
        List<Socket> clients = List.of(b.client(), a.client());
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    new Selected<>(List.of(a.server(), c.server()), clients),
                    Select.select(servers, clients));
        }
        assertEquals(List.of(), Select.select(List.of(b.server()), NONE, Duration.ZERO).read());
    }

    @Test
    void itWaitsUntilOneIsReady() throws Exception {
        Pair a = pair();
        Numbers b = pipe();
        together(
                () ->
                        assertEquals(
                                new Selected<Object, Socket>(List.of(b.in()), NONE),
                                Select.select(List.of(a.server(), b.in(), a.client()), NONE)),
                () -> {
                    settle();
                    b.write("x");
                });
    }

    @Test
    void itGivesUpAfterAWhile() throws Exception {
        Pair a = pair();
        long begin = System.nanoTime();
        assertTrue(Select.select(List.of(a.server()), NONE, SOON).isEmpty());
        assertTrue(System.nanoTime() - begin >= SOON.toNanos());
        assertTrue(Select.select(NONE, NONE, SOON).isEmpty(), "it sleeps");
        assertTrue(System.nanoTime() - begin >= 2 * SOON.toNanos());
        assertTrue(Select.select(List.of(a.server()), NONE, Duration.ZERO).isEmpty());
        assertThrows(
                IllegalArgumentException.class,
                () -> Select.select(NONE, NONE, Duration.ofNanos(-1)));
    }

    @Test
    void oneTargetMayBeInBothListsAndTwice() throws Exception {
        Pair a = pair();
        int number = Target.of(a.server()).number();
        fill(a.server());
        List<Object> both = List.of(a.server(), number);
        together(
                () ->
                        assertEquals(
                                new Selected<>(both, List.of()), Select.select(both, both, LONG)),
                () -> {
                    settle();
                    write(a.client(), "x");
                });
        assertEquals(new Selected<>(both, List.of()), Select.select(both, both, Duration.ZERO));
    }

    @Test
    void theEndAndErrorsAreToBeRead() throws Exception {
        Pair a = pair();
        a.client().close();
        assertEquals(List.of(a.server()), Select.select(List.of(a.server()), NONE).read());
        Scratch scratch = Scratch.ofThread();
        assertEquals(0, Fd.pipe(scratch));
        int in = Fd.first(scratch);
        closing(() -> Fd.close(in));
        Fd.close(Fd.second(scratch));
        assertEquals(List.of(in), Select.select(List.of(in), NONE).read());
    }

    @Test
    void whatIsClosedIsAnError() throws Exception {
        Pair a = pair();
        Pair b = pair();
        a.server().close();
        List<Socket> closed = List.of(b.server(), a.server());
        var e = assertThrows(SocketException.class, () -> Select.select(closed, NONE));
        assertTrue(e.getMessage().contains("closed"), e.getMessage());
        assertThrows(IOException.class, () -> Select.select(List.of(99_999), NONE));
        together(
                () ->
                        assertThrows(
                                SocketException.class,
                                () -> Select.select(List.of(b.server()), NONE, LONG)),
                () -> {
                    settle();
                    b.server().close();
                });
        assertThrows(IllegalArgumentException.class, () -> Select.select(List.of("text"), NONE));
    }

    @Test
    void aKillOrATimeoutLeavesNothingBehind() throws Exception {
        Pair a = pair();
        assertTrue(Select.select(List.of(a.server()), NONE, SOON).isEmpty());
        int before = openDescriptors();
        Greenlet<Void> g =
                Jevent.spawn(
                        () -> {
                            Select.select(List.of(a.server()), NONE);
                        });
        settle();
        int during = openDescriptors();
        g.kill();
        assertTrue(openDescriptors() < during);
        assertTrue(openDescriptors() <= before); // what an earlier test left may have gone
        try (Timeout t = Timeout.start(SOON)) {
            assertSame(
                    t,
                    assertThrows(
                            Timeout.class, () -> Select.select(List.of(a.server()), NONE, LONG)));
        }
        assertTrue(openDescriptors() <= before); // what an earlier test left may have gone
    }

    @Test
    void manyGreenletsSelectTheSame() throws Exception {
        Pair a = pair();
        Numbers stop = pipe();
        List<Greenlet<Selected<Object, Socket>>> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(Jevent.spawn(() -> Select.select(List.of(stop.in(), a.server()), NONE, LONG)));
        }
        settle();
        stop.write("x");
        for (var g : all) {
            assertEquals(List.of(stop.in()), g.get().read());
        }
    }
}
