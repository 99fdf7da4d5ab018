package dev.jevent.compat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** A JDBC driver in a pool of HikariCP. */
final class Jdbc implements Client {

    private final HikariDataSource pool;
    private final String query;

    private Jdbc(String url, String sleep) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(POOL);
        config.setConnectionTimeout(Duration.ofSeconds(20).toMillis());
        pool = new HikariDataSource(config);
        query = "select repeat(?, ?), " + sleep + "(?)";
    }

    static Client postgres() throws Exception {
        return new Jdbc(Servers.postgres().url(), "pg_sleep");
    }

    static Client mariaDb() throws Exception {
        return new Jdbc(Servers.mariaDb().url(), "sleep");
    }

    static Client mysql() throws Exception {
        return new Jdbc(Servers.mariaDb().mysqlUrl(), "sleep");
    }

    @Override
    public String ask(String id, int times, int millis) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, id);
            statement.setInt(2, times);
            statement.setDouble(3, millis / 1_000.0);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    @Override
    public int taken() {
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    @Override
    public void close() {
        pool.close();
    }
}
