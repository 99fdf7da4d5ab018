package dev.jevent.compat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The servers of this JVM: started once, beside each other, when the first of them is asked for,
 * and stopped when the JVM ends. {@code -Djevent.compat.servers=postgres,redis} starts no others.
 */
final class Servers {

    private static final Set<String> WANTED =
            Set.of(
                    System.getProperty("jevent.compat.servers", "rabbitmq,mariadb,postgres,redis")
                            .split(","));
    private static final List<Server> STARTED = Collections.synchronizedList(new ArrayList<>());

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Servers::stop, "stop the servers"));
    }

    // the slowest first
    private static final CompletableFuture<RabbitMq> RABBITMQ = start("rabbitmq", RabbitMq::new);
    private static final CompletableFuture<MariaDb> MARIADB = start("mariadb", MariaDb::new);
    private static final CompletableFuture<Postgres> POSTGRES = start("postgres", Postgres::new);
    private static final CompletableFuture<Redis> REDIS = start("redis", Redis::new);

    private Servers() {}

    static Postgres postgres() throws Exception {
        return started(POSTGRES);
    }

    static MariaDb mariaDb() throws Exception {
        return started(MARIADB);
    }

    static Redis redis() throws Exception {
        return started(REDIS);
    }

    static RabbitMq rabbitMq() throws Exception {
        return started(RABBITMQ);
    }

    private static <S extends Server> CompletableFuture<S> start(String name, Callable<S> make) {
        var started = new CompletableFuture<S>();
        if (!WANTED.contains(name)) {
            started.completeExceptionally(
                    new Missing(name + " is not among -Djevent.compat.servers"));
            return started;
        }
        var thread =
                new Thread(
                        () -> {
                            try {
                                S server = make.call();
                                STARTED.add(server);
                                server.start();
                                started.complete(server);
                            } catch (Throwable e) {
                                started.completeExceptionally(e);
                            }
                        },
                        "start " + name);
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    private static <S> S started(CompletableFuture<S> server) throws Exception {
        try {
            return server.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Missing missing) {
                throw missing;
            }
            throw e;
        }
    }

    private static void stop() {
        STARTED.parallelStream().forEach(Server::close);
    }
}
