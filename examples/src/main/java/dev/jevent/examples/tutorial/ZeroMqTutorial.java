package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

import java.util.List;

/** Request and reply over ZeroMQ between two greenlets. */
public final class ZeroMqTutorial {

    private ZeroMqTutorial() {}

    /** No arguments. */
    public static void main(String[] args) {
        try (var context = new ZContext()) {
            ZMQ.Socket replies = context.createSocket(SocketType.REP);
            int port = replies.bindToRandomPort("tcp://127.0.0.1");
            joinAll(List.of(spawn(() -> server(replies)), spawn(() -> client(context, port))));
        }
    }

    private static void server(ZMQ.Socket replies) {
        for (int i = 0; i < 3; i++) {
            System.out.println("server got: " + replies.recvStr());
            sleep(0);
            replies.send("World " + i);
        }
    }

    private static void client(ZContext context, int port) {
        ZMQ.Socket requests = context.createSocket(SocketType.REQ);
        requests.connect("tcp://127.0.0.1:" + port);
        for (int i = 0; i < 3; i++) {
            requests.send("Hello " + i);
            System.out.println("client got: " + requests.recvStr());
        }
    }
}
