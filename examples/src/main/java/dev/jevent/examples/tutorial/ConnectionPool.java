package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;
import dev.jevent.queue.Queue;

import java.util.ArrayList;
import java.util.List;

/** Four jobs share two connections, which are made when they are needed. */
public final class ConnectionPool {

    private final int most;
    private final Queue<String> idle = new Queue<>();
    private int made;

    private ConnectionPool(int most) {
        this.most = most;
    }

    /** No arguments. */
    public static void main(String[] args) {
        var pool = new ConnectionPool(2);
        List<Greenlet<Void>> queries = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            int n = i;
            queries.add(spawn(() -> query(n, pool)));
        }
        joinAll(queries);
        System.out.println(pool.made + " connections were made");
    }

    /** A connection for a while; to be used in {@code try (…)}. */
    private final class Connection implements AutoCloseable {
        final String name = idle.isEmpty() && made < most ? make() : idle.get();

        private String make() {
            made++;
            return "connection " + made;
        }

        @Override
        public void close() {
            idle.putNow(name);
        }
    }

    private static void query(int n, ConnectionPool pool) {
        try (var connection = pool.new Connection()) {
            System.out.println("query " + n + " begins on " + connection.name);
            for (int i = 0; i < 2 * n; i++) {
                sleep(0); // others do something meanwhile
            }
            System.out.println("query " + n + " ends");
        }
    }
}
