package dev.jevent.compat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;

import dev.jevent.Jevent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * RabbitMQ's client: one connection for all, a channel for each call, which sends itself a message
 * and gets it back. A call that finds the connection shut, since somebody was killed who was
 * writing to it, makes a new one for all, as a program has to.
 */
final class Rabbit implements Client {

    private static final int LONG = 5; // so much more of it: with a small buffer, many waits

    private final ConnectionFactory factory;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile Connection connection;

    Rabbit() throws Exception {
        factory = factory(Servers.rabbitMq().port);
        connection = factory.newConnection();
    }

    static ConnectionFactory factory(int port) {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setChannelRpcTimeout(10_000);
        factory.setHandshakeTimeout(10_000);
        factory.setSocketConfigurator(socket -> socket.setSendBufferSize(16 * 1024));
        factory.setExceptionHandler(
                new com.rabbitmq.client.impl.ForgivingExceptionHandler() {
                    @Override
                    protected void log(String message, Throwable e) {}
                });
        return factory;
    }

    @Override
    public String ask(String id, int times, int millis) throws Exception {
        String body = id.repeat(times == 1 ? 1 : times * LONG);
        String answer = null;
        for (int tries = 0; answer == null; tries++) {
            Connection mine = open();
            try {
                answer = sendAndGet(mine, body, millis);
            } catch (ShutdownSignalException | IOException e) {
                if (tries == 20 || !isShut(mine)) {
                    throw e;
                }
            }
        }
        return answer.equals(body) ? id.repeat(times) : answer;
    }

    /** Whether it is, or is to be in a moment: its reader has to see it first. */
    private static boolean isShut(Connection connection) {
        for (int i = 0; i < 1_000 && connection.isOpen(); i++) {
            Jevent.sleep(5);
        }
        return !connection.isOpen();
    }

    private Connection open() throws IOException, TimeoutException {
        Connection mine = connection;
        if (mine.isOpen()) {
            return mine;
        }
        opening.lock();
        try {
            if (!connection.isOpen()) {
                connection = factory.newConnection();
            }
            return connection;
        } finally {
            opening.unlock();
        }
    }

    private static String sendAndGet(Connection connection, String body, int millis)
            throws IOException {
        Channel channel = connection.createChannel();
        String queue =
                channel.queueDeclare("", false, true, true, Map.of("x-expires", 5_000)).getQueue();
        channel.basicPublish(
                "", queue, new AMQP.BasicProperties(), body.getBytes(StandardCharsets.UTF_8));
        Jevent.sleep(Duration.ofMillis(millis));
        GetResponse got = channel.basicGet(queue, true);
        String answer = got == null ? "nothing" : new String(got.getBody(), StandardCharsets.UTF_8);
        channel.abort();
        return answer;
    }

    @Override
    public void close() {
        connection.abort(5_000);
    }
}
