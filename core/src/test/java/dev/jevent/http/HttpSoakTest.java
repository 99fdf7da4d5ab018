package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.socket.SocketScenario;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Requests in every mixture, with clients that vanish. Some thousands each time; {@code
 * -Djevent.soak=1000000} for as many as that.
 */
@ExtendWith(InGreenlet.class)
class HttpSoakTest extends SocketScenario {

    private static final int REQUESTS = Dose.of("jevent.soak", 2_000, 1_000_000);
    private static final int CLIENTS = 32;
    private static final long MOST_GROWTH = 4 << 20;

    private final List<Throwable> failures = new ArrayList<>();
    private int asked;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void everyAnswerIsRightAndNothingIsLeft() throws Exception {
        Jevent.getHub()
                .errorHandler(
                        (context, error) -> {
                            if (!(error instanceof ArithmeticException)) {
                                failures.add(error);
                            }
                        });
        int before = openDescriptors();
        try (HttpServer server = new HttpServer("127.0.0.1:0", HttpSoakTest::handle)) {
            server.start();
            ask(server, REQUESTS / 4);
            long memory = memory();
            ask(server, REQUESTS);
            long growth = memory() - memory;
            assertTrue(growth < MOST_GROWTH, "the memory in use has grown by " + growth);
            assertTrue(server.requests() >= REQUESTS / 2, "requests: " + server.requests());
            assertTrue(server.problems() > 0);
            server.stop(Duration.ofSeconds(5));
            assertEquals(0, server.connections());
        }
        for (int i = 0; openDescriptors() > before && i < 2000; i++) {
            Jevent.sleep(1);
        }
        assertTrue(openDescriptors() <= before + 3, "descriptors are left"); // the hub's own
        assertEquals(List.of(), failures);
    }

    private void ask(HttpServer server, int upTo) throws Exception {
        List<Greenlet<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            SoakClient client = new SoakClient(server.address(), 31L * upTo + i);
            clients.add(
                    Jevent.spawn(
                            () -> {
                                while (asked < upTo) {
                                    asked += client.once();
                                }
                                client.close();
                            }));
        }
        Jevent.joinAllOrThrow(clients);
    }

    private static long memory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void handle(Request request, Response response) throws Exception {
        switch (request.path()) {
            case "/hello" -> response.send("hello");
            case "/number" -> response.send("number " + request.query().orElse(""));
            case "/echo" -> response.send(request.bytes());
            case "/big" -> {
                byte[] b = new byte[SoakClient.BIG];
                Arrays.fill(b, (byte) 'x');
                response.send(b);
            }
            case "/stream" -> {
                OutputStream out = response.body();
                for (int i = 0; i < 1000; i++) {
                    out.write("twenty bytes, always".getBytes(StandardCharsets.US_ASCII));
                }
            }
            case "/fails" -> throw new ArithmeticException("the handler's");
            default -> throw new HttpException(404);
        }
    }
}
