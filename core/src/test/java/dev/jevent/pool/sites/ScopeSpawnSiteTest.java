package dev.jevent.pool.sites;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.pool.Scope;

import org.junit.jupiter.api.Test;

/** Where the children of scopes were spawned; in a package that is not jevent's. */
class ScopeSpawnSiteTest extends HubScenario {

    @Test
    void childKnowsWhereItWasSpawned() throws Exception {
        Scope.run(
                s -> {
                    var g = s.spawn(() -> turns(2));
                    var h = s.spawn(() -> 1);
                    assertTrue(g.spawnSite().contains("ScopeSpawnSiteTest"), g.spawnSite());
                    assertTrue(h.spawnSite().contains("ScopeSpawnSiteTest"), h.spawnSite());
                });
    }
}
