package dev.jevent.compat;

import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time-outs and kills in Jedis, whose pool keeps a connection unless it sees an exception. */
@Timeout(value = 150, threadMode = SEPARATE_THREAD)
class JedisTest {

    @Test
    @Tag("portable")
    void noReplyIsAnothersAndItsPoolLives() throws Exception {
        Suffering.isStoodBy("Jedis");
    }
}
