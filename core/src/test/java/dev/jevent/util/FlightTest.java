package dev.jevent.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.internal.jfr.Flight;
import dev.jevent.programs.Crowd;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** What the Flight Recorder of the JDK is told. */
class FlightTest extends HubScenario {

    @TempDir Path folder;

    /** Without the settings of the JDK, so that only what jevent says itself is on. */
    private static Recording recording(String... on) {
        var recording = new Recording();
        for (String name : on) {
            recording.enable("dev.jevent." + name);
        }
        return recording;
    }

    private static void start(Recording recording) {
        Flight.look(); // there is one now; the watchdog will see it too, in a while
        recording.start();
    }

    private List<RecordedEvent> events(Recording recording) throws IOException {
        Path file = folder.resolve("recording.jfr");
        recording.stop();
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().startsWith("dev.jevent."))
                .toList();
    }

    private static List<String> names(List<RecordedEvent> events) {
        return events.stream()
                .map(e -> e.getEventType().getName().substring("dev.jevent.".length()))
                .toList();
    }

    /**
     * Not by the root: the JDK loses the first event of a platform thread after that has carried a
     * virtual thread that told one.
     */
    private static Greenlet<?> spawnedByAGreenlet(Action task) {
        var spawned = new Greenlet<?>[1];
        Jevent.spawn(() -> spawned[0] = Crowd.spawn(task)).join();
        return spawned[0];
    }

    @Test
    void lifeOfAGreenletIsRecorded() throws Exception {
        try (Recording recording = recording("GreenletSpawned", "GreenletEnded")) {
            start(recording);
            Greenlet<?> g = spawnedByAGreenlet(() -> Jevent.sleep(0));
            g.name("mine");
            g.join();
            List<RecordedEvent> events =
                    events(recording).stream()
                            .filter(e -> e.getString("spawnSite").equals(g.spawnSite()))
                            .toList();

            assertEquals(List.of("GreenletSpawned", "GreenletEnded"), names(events));
            RecordedEvent ended = events.get(1);
            assertEquals("mine", ended.getString("greenlet"));
            assertEquals(hub.name(), ended.getString("hub"));
            assertEquals(g.spawnSite(), ended.getString("spawnSite"));
            assertEquals("returned", ended.getString("outcome"));
            assertTrue(ended.getDuration().isPositive());
            assertEquals(List.of("jevent"), ended.getEventType().getCategoryNames());
        }
    }

    @Test
    void failureAndKillAreRecorded() throws Exception {
        try (Recording recording = recording("GreenletFailed", "GreenletKilled", "GreenletEnded")) {
            start(recording);
            var fails =
                    Jevent.spawn(
                            () -> {
                                throw new IllegalStateException("broken");
                            });
            fails.join();
            var killed = Jevent.spawn(() -> Jevent.sleep(Duration.ofHours(1)));
            turns(1);
            killed.kill();
            List<Greenlet<?>> never = new ArrayList<>();
            Jevent.spawn( // not in the root, as above
                            () -> {
                                never.add(Jevent.spawn(() -> {}));
                                never.getFirst().kill();
                            })
                    .join();
            List<RecordedEvent> events = events(recording);
            assertEquals(
                    List.of(
                            "GreenletFailed",
                            "GreenletEnded",
                            "GreenletEnded",
                            "GreenletKilled",
                            "GreenletKilled",
                            "GreenletEnded"),
                    names(events));
            assertEquals(
                    "java.lang.IllegalStateException: broken", events.get(0).getString("error"));
            assertEquals("failed", events.get(1).getString("outcome"));
            assertEquals("killed", events.get(2).getString("outcome"));
            assertEquals(killed.name(), events.get(3).getString("greenlet"));
            assertEquals(never.getFirst().name(), events.get(4).getString("greenlet"));
        }
        assertEquals(1, reports.size());
    }

    @Test
    void frequentEventsAreOffUntilTheyAreAskedFor() throws Exception {
        try (Recording recording = new Recording()) {
            start(recording);
            try (var other = new OtherHub()) {
                other.spawn(() -> {}).join();
                var killed = other.spawn(() -> Jevent.sleep(Duration.ofHours(1)));
                killed.kill();
            }
            assertEquals(
                    Set.of("HubCreated", "HubDestroyed"),
                    names(events(recording)).stream().collect(Collectors.toSet()));
        }
    }

    @Test
    void recordingThatEndsFirstDisturbsNoGreenlet() throws Exception {
        var g = Jevent.spawn(() -> Jevent.sleep(0));
        try (Recording recording = recording("GreenletEnded")) {
            start(recording);
            turns(1);
            assertEquals(List.of(), events(recording));
        }
        g.join();
        assertTrue(g.successful());
        assertNull(g.exception());
    }

    @Test
    void hubThatIsHeldIsRecordedWithoutTheMonitor() throws Exception {
        var ended = new CountDownLatch(1);
        try (Recording recording = recording("HubBlocked", "HubUnblocked");
                var stream = new RecordingStream()) {
            stream.enable("dev.jevent.HubBlocked");
            stream.onEvent(
                    "dev.jevent.HubBlocked",
                    e -> {
                        if (e.getString("hub").equals(hub.name())) {
                            ended.countDown();
                        }
                    });
            start(recording);
            stream.startAsync();
            Crowd.holder(hub, new CountDownLatch(1), ended).join();
            RecordedEvent blocked =
                    events(recording).stream()
                            .filter(e -> e.getEventType().getName().endsWith(".HubBlocked"))
                            .filter(e -> e.getString("hub").equals(hub.name()))
                            .findFirst()
                            .orElseThrow();

            assertTrue(blocked.getDuration("blockedFor").toMillis() >= 100);
            assertTrue(blocked.getString("greenlet").startsWith("holder"));
            assertTrue(blocked.getString("stack").contains("Crowd.hold"));
        }
    }
}
