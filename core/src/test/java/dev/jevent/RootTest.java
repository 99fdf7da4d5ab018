package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a hub's own thread may do without being in the way of its greenlets. */
class RootTest extends HubScenario {

    // ---- it gives way and comes back at once

    /** A greenlet that answers one byte over a socket of the JDK's, from another thread. */
    private static Greenlet<Integer> exchange(Socket a, Socket b) {
        return Jevent.spawn(
                () -> {
                    Thread peer =
                            Thread.ofPlatform()
                                    .start(() -> thrownBy(() -> b.getOutputStream().write(7)));
                    int got = a.getInputStream().read();
                    peer.join();
                    return got;
                });
    }

    private void timersAndSocketsComeThoughTheRoot(Action spins) throws Exception {
        try (var listener = new ServerSocket(0);
                var a = new Socket("127.0.0.1", listener.getLocalPort());
                var b = listener.accept()) {
            var slept = Jevent.spawn(() -> Jevent.sleep(5));
            var got = exchange(a, b);
            long end = System.nanoTime() + 20_000_000_000L;
            while (!(slept.ready() && got.ready())) {
                assertTrue(System.nanoTime() - end < 0, slept.ready() + " " + got.ready());
                spins.run();
            }
            assertEquals(7, got.get());
        }
    }

    @Test
    void rootThatYieldsAgainAndAgainStarvesNeitherTimersNorIo() throws Exception {
        timersAndSocketsComeThoughTheRoot(() -> Jevent.sleep(0));
    }

    @Test
    void rootThatSleepsForNearlyNothingStarvesNeitherTimersNorIo() throws Exception {
        timersAndSocketsComeThoughTheRoot(() -> Jevent.sleep(Duration.ofNanos(1)));
    }

    @Test
    void rootWithATimeoutThatIsOverAtOnceStarvesNeitherTimersNorIo() throws Exception {
        var event = new dev.jevent.event.Event();
        timersAndSocketsComeThoughTheRoot(() -> event.await(Duration.ofNanos(1)));
    }

    @Test
    void greenletsThatSleepForNearlyNothingDoNotStarveIo() throws Exception {
        var over = new AtomicBoolean();
        for (int i = 0; i < 2; i++) {
            Jevent.spawn(
                    () -> {
                        while (!over.get()) {
                            Jevent.sleep(Duration.ofNanos(1));
                        }
                    });
        }
        timersAndSocketsComeThoughTheRoot(() -> Jevent.sleep(1));
        over.set(true);
        hub.join();
    }
}
