package dev.jevent.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Time-outs and kills in RabbitMQ's client, where all channels write to one socket. */
@Timeout(value = 150, threadMode = SEPARATE_THREAD)
class RabbitMqTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void noMessageIsAnothersAndThereIsAlwaysAConnection() throws Exception {
        Suffering.isStoodBy("RabbitMQ Java client");
    }

    @Test
    void killInTheMiddleOfAFrameShutsTheConnectionForAll() throws Exception {
        RabbitMq rabbit = Suffering.whenThere(Servers::rabbitMq);
        try (var proxy = new StallingProxy(rabbit.port)) {
            // given a greenlet that has written half of a message, and one that reads beside it
            Connection connection = Rabbit.factory(proxy.port()).newConnection();
            Channel writer = connection.createChannel();
            Channel other = connection.createChannel();
            proxy.stall();
            Greenlet<Void> victim =
                    Jevent.spawn(() -> writer.basicPublish("", "nobody", null, new byte[32 << 20]));
            proxy.awaitMore();
            Greenlet<Boolean> neighbour = Jevent.spawn(() -> works(other)); // behind the writer
            assertFalse(victim.ready());

            // when it is killed there, and the way is free again
            boolean ended = victim.kill(new GreenletExit(), PATIENCE);
            proxy.goOn();

            // then it has ended as killed, the neighbour is told, and nobody hangs
            assertTrue(ended);
            assertTrue(victim.successful());
            Jevent.joinAll(List.of(neighbour), PATIENCE);
            assertEquals(false, neighbour.value(), "the connection hangs");
            awaitShut(connection);
            assertFalse(works(other));
        }

        // and a new connection works
        try (Connection next = Rabbit.factory(rabbit.port).newConnection()) {
            Channel channel = next.createChannel();
            String queue = channel.queueDeclare().getQueue();
            channel.basicPublish("", queue, null, new byte[] {42});
            assertEquals(42, channel.basicGet(queue, true).getBody()[0]);
        }
    }

    private static boolean works(Channel channel) {
        try {
            return channel.queueDeclare() != null;
        } catch (IOException | AlreadyClosedException e) {
            return false;
        }
    }

    private static void awaitShut(Connection connection) throws Exception {
        Jevent.withTimeout(
                PATIENCE,
                () -> {
                    while (connection.isOpen()) {
                        Jevent.sleep(5);
                    }
                    return null;
                });
    }
}
