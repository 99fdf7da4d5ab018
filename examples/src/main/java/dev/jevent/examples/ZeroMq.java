package dev.jevent.examples;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

import java.util.List;

/**
 * ZeroMQ between greenlets: a client asks, a server answers, and both wait in the calls of JeroMQ,
 * which knows nothing of jevent. A third greenlet counts, to show that neither holds up the hub.
 */
public final class ZeroMq {

    private static final int REQUESTS = 5;

    private ZeroMq() {}

    /** No arguments. */
    public static void main(String[] args) {
        var ticks = new int[1];
        try (var context = new ZContext()) {
            Greenlet<Void> counter =
                    Jevent.spawn(
                            () -> {
                                for (; ; ) {
                                    Jevent.sleep(1);
                                    ticks[0]++;
                                }
                            });
            ZMQ.Socket replies = context.createSocket(SocketType.REP);
            int port = replies.bindToRandomPort("tcp://127.0.0.1");
            Greenlet<Void> server = Jevent.spawn(() -> serve(replies));
            Greenlet<Void> client = Jevent.spawn(() -> ask(context, port));
            Jevent.joinAll(List.of(client, server));
            counter.kill();
        }
        System.out.println(ticks[0] > REQUESTS ? "and all others went on" : "nobody else ran");
    }

    private static void serve(ZMQ.Socket socket) {
        for (int i = 0; i < REQUESTS; i++) {
            String request = socket.recvStr();
            System.out.println("server: " + request);
            Jevent.sleep(5); // it has to think
            socket.send("World " + request.substring(request.indexOf(' ') + 1));
        }
    }

    private static void ask(ZContext context, int port) {
        ZMQ.Socket socket = context.createSocket(SocketType.REQ);
        socket.connect("tcp://127.0.0.1:" + port);
        for (int i = 0; i < REQUESTS; i++) {
            socket.send("Hello " + i);
            System.out.println("client: " + socket.recvStr());
        }
    }
}
