package dev.jevent.compat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** All libraries that {@link Load} can have suffer, by name. */
final class Libraries {

    static final Map<String, Callable<? extends Client>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("pgjdbc", Jdbc::postgres);
        ALL.put("MariaDB Connector/J", Jdbc::mariaDb);
        ALL.put("MySQL Connector/J", Jdbc::mysql);
        ALL.put("Jedis", Jedis::new);
        ALL.put("OkHttp", HttpClients.OfOkHttp::new);
        ALL.put("Apache HttpClient", HttpClients.OfApache::new);
        ALL.put("java.net.http", HttpClients.OfJdk::new);
        ALL.put("HttpURLConnection", HttpClients.OfUrl::new);
        ALL.put("RabbitMQ Java client", Rabbit::new);
    }

    private Libraries() {}
}
