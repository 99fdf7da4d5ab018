package dev.jevent.compat;

import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time-outs and kills in HTTP clients: the others' exchanges and the pools live on. */
@Timeout(value = 150, threadMode = SEPARATE_THREAD)
class HttpClientsTest {

    @Test
    @Tag("portable")
    void noResponseOfOkHttpIsAnothersAndItsPoolLives() throws Exception {
        Suffering.isStoodBy("OkHttp");
    }

    @Test
    @Tag("portable")
    void apacheDoesNotShutItsManagerForOneTimeout() throws Exception {
        Suffering.isStoodBy("Apache HttpClient");
    }

    @Test
    void noResponseOfTheJdksClientIsAnothers() throws Exception {
        Suffering.isStoodBy("java.net.http");
    }

    @Test
    @Tag("portable")
    void urlConnectionLeavesNoSocketBehind() throws Exception {
        Suffering.isStoodBy("HttpURLConnection");
    }
}
