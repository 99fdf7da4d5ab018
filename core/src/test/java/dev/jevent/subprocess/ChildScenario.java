package dev.jevent.subprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Real programs, and nothing left of them afterwards. */
abstract class ChildScenario extends HubScenario {

    static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path folder;

    private final List<Popen> children = new ArrayList<>();

    @AfterEach
    void noChildIsLeft() throws Exception {
        for (Popen child : children) {
            child.kill();
            child.close();
        }
        assertEquals(List.of(), zombies(), "no child of ours is a zombie");
    }

    /** Ended at the end of the scenario, if it has not ended by then. */
    Popen started(Command command) throws IOException {
        Popen child = command.start();
        children.add(child);
        return child;
    }

    static boolean isPortable() {
        return Launch.isPortable();
    }

    static void notInThePortableMode(String why) {
        Assumptions.assumeFalse(isPortable(), "in the portable mode " + why);
    }

    /** A hundred hertz, as long as the hub turns. */
    static Greenlet<Integer> ticker(boolean[] end) {
        return Jevent.spawn(
                () -> {
                    int ticks = 0;
                    while (!end[0]) {
                        Jevent.sleep(10);
                        ticks++;
                    }
                    return ticks;
                });
    }

    /** Gives way until it is so. */
    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("this has never become so");
            }
            Jevent.sleep(5);
        }
    }

    /** The first line that a child writes. */
    static String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            text.append((char) c);
        }
        return text.toString();
    }

    static boolean exists(long pid) {
        return new File("/proc/" + pid).exists() && !state(pid).equals("Z");
    }

    static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }

    /** Numbers of our children that have ended and were not collected. */
    static List<Long> zombies() {
        long me = ProcessHandle.current().pid();
        List<Long> found = new ArrayList<>();
        long end = System.nanoTime() + LONG.toNanos();
        do { // the JDK collects its own children soon, not at once; nobody waits for another's
            if (!found.isEmpty()) {
                Thread.yield();
                found.clear();
            }
            String[] names = new File("/proc").list((d, name) -> name.matches("\\d+"));
            for (String name : names == null ? new String[0] : names) {
                String[] fields = fields(Long.parseLong(name));
                if (fields.length > 1 && fields[0].equals("Z") && Long.parseLong(fields[1]) == me) {
                    found.add(Long.parseLong(name));
                }
            }
        } while (!found.isEmpty() && System.nanoTime() - end < 0);
        return found;
    }

    private static String state(long pid) {
        String[] fields = fields(pid);
        return fields.length == 0 ? "Z" : fields[0];
    }

    /** State, parent, group, session … */
    static String[] fields(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        } catch (NoSuchFileException e) {
            return new String[0];
        } catch (IOException e) {
            return new String[0]; // it ends in this moment
        }
    }
}
