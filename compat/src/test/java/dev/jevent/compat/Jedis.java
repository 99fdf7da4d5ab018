package dev.jevent.compat;

import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

import java.time.Duration;
import java.util.List;

/** Jedis with its own pool. Redis waits for an entry of a list that nobody makes, and answers. */
final class Jedis implements Client {

    private final RedisClient client;

    Jedis() throws Exception {
        Redis redis = Servers.redis();
        var config = new ConnectionPoolConfig();
        config.setMaxTotal(POOL);
        config.setMaxIdle(POOL);
        config.setMaxWait(Duration.ofSeconds(20));
        client =
                RedisClient.builder()
                        .hostAndPort("127.0.0.1", redis.port)
                        .poolConfig(config)
                        .clientConfig(
                                DefaultJedisClientConfig.builder()
                                        .socketTimeoutMillis(20_000)
                                        .build())
                        .build();
    }

    @Override
    public String ask(String id, int times, int millis) {
        if (millis > 0) {
            Object nothing = client.blpop(millis / 1_000.0, "nobody:" + id);
            if (nothing != null) {
                return "not for blpop: " + nothing;
            }
        }
        Object answer =
                client.eval(
                        "return string.rep(ARGV[1], ARGV[2])",
                        List.of(),
                        List.of(id, String.valueOf(times)));
        return answer instanceof String s ? s : "not for eval: " + answer;
    }

    @Override
    public int taken() {
        return client.getPool().getNumActive();
    }

    @Override
    public void close() {
        client.close();
    }
}
