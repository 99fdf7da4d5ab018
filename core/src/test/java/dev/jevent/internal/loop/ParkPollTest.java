package dev.jevent.internal.loop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ParkPollTest {

    private final ParkPoll poll = new ParkPoll();

    @Test
    void aWakeUpBeforeTheFirstAwaitEndsIt() {
        poll.wakeup();
        poll.await(-1);
    }

    @Test
    void aWakeUpBetweenTwoThreadsEndsTheAwaitOfTheSecond() throws InterruptedException {
        Thread first = Thread.ofPlatform().start(() -> poll.await(1));
        first.join();
        poll.wakeup();
        poll.await(-1);
    }

    @Test
    void anAwaitOfNothingReturnsAtOnceAndLeavesTheWakeUp() {
        poll.wakeup();
        poll.await(0);
        poll.await(-1);
    }

    @Test
    void isClosedAfterTheClose() {
        poll.close();
        poll.close();
        assertTrue(poll.isClosed());
        poll.wakeup();
    }
}
