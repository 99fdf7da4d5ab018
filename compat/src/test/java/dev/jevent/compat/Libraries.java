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
    }

    private Libraries() {}
}
