package dev.jevent.compat;

import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time-outs and kills in JDBC drivers: a connection in which one struck is thrown away. */
@Timeout(value = 150, threadMode = SEPARATE_THREAD)
class DatabasesTest {

    @Test
    @Tag("portable")
    void noRowOfPostgresIsAnothersAndItsPoolLives() throws Exception {
        Suffering.isStoodBy("pgjdbc");
    }

    @Test
    void noRowOfMariaDbIsAnothersAndItsPoolLives() throws Exception {
        Suffering.isStoodBy("MariaDB Connector/J");
    }

    @Test
    void noRowThroughTheDriverOfMysqlIsAnothersAndItsPoolLives() throws Exception {
        Suffering.isStoodBy("MySQL Connector/J");
    }
}
