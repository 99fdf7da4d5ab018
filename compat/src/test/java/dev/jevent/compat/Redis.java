package dev.jevent.compat;

import java.util.List;
import java.util.Map;

/** Redis, which keeps nothing. */
final class Redis extends Server {

    Redis() {
        super("Redis");
    }

    @Override
    void start() throws Exception {
        String redis = find("redis-server", "redis-server").toString();
        Process process =
                launch(
                        List.of(
                                redis,
                                "--port",
                                String.valueOf(port),
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--appendonly",
                                "no"),
                        Map.of());
        awaitWords(process, "eady to accept connections");
    }
}
