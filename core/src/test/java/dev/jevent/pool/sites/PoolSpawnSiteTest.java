package dev.jevent.pool.sites;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.pool.Group;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Reports of what a group spawns name the user's code; in a package that is not jevent's own. */
class PoolSpawnSiteTest extends HubScenario {

    @Test
    void reportNamesThePlaceOfTheSpawn() {
        var group = new Group();
        var callable = group.spawn(() -> 1);
        var action = group.spawn(() -> {});
        var runnable = group.submit((Runnable) () -> {});
        var async = group.applyAsync(() -> 2);
        var all = group.mapAsync(List.of(1), x -> x);
        for (Greenlet<?> g : List.of(callable, action, runnable, async, all)) {
            assertTrue(g.spawnSite().contains("PoolSpawnSiteTest"), g.spawnSite());
        }
        all.join();
        group.join();
    }
}
