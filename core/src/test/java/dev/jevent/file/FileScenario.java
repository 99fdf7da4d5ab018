package dev.jevent.file;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What the tests of files share: a folder, FIFOs, a hub that is watched. */
abstract class FileScenario extends HubScenario {

    @TempDir Path folder;

    /** Runs them at once, each in a greenlet; throws the first failure. */
    protected static void together(Action... actions) throws Exception {
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        for (Action action : actions) {
            greenlets.add(Jevent.spawn(action));
        }
        Jevent.joinAllOrThrow(greenlets);
    }

    protected final Path fifo(String name) throws Exception {
        Path path = folder.resolve(name);
        Process mkfifo;
        try {
            mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
        } catch (IOException e) {
            return Assumptions.abort("there is no mkfifo here");
        }
        Assumptions.assumeTrue(mkfifo.waitFor(10, TimeUnit.SECONDS) && mkfifo.exitValue() == 0);
        return path;
    }

    protected final void notInThePortableMode(String why) {
        Assumptions.assumeTrue(isEpoll(), "in the portable mode " + why);
    }

    /** Waits, and lets the others run. */
    protected static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Jevent.sleep(1);
        }
    }

    protected static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }
}
