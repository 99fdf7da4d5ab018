package dev.jevent.subprocess;

import dev.jevent.Jevent;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A child that the JDK has started and collects. */
final class JdkChild extends Child {

    private static final int SIGNALLED = 128;
    private static final int SIGNALS = 31;

    private final Process process;
    private final ProcessHandle handle;

    JdkChild(Process process, boolean leadsGroup) {
        super(leadsGroup);
        this.process = process;
        this.handle = process.toHandle();
        var ignored = process.onExit().thenAccept(p -> exit.ended(returncode(p.exitValue())));
    }

    private static int returncode(int value) {
        return value > SIGNALLED && value <= SIGNALLED + SIGNALS ? SIGNALLED - value : value;
    }

    @Override
    long pid() {
        return process.pid();
    }

    @Override
    ProcessHandle handle() {
        return handle;
    }

    @Override
    boolean signal(int signal) throws IOException {
        if (exit.ready()) {
            return false;
        }
        return switch (signal) { // not those of Process, which close its streams
            case Signals.TERM -> handle.destroy();
            case Signals.KILL -> handle.destroyForcibly();
            default -> send(signal, String.valueOf(pid()));
        };
    }

    @Override
    boolean signalGroup(int signal) throws IOException {
        return send(signal, "-" + pid());
    }

    /** By the program of that name. */
    private static boolean send(int signal, String whom) throws IOException {
        var builder = new ProcessBuilder("kill", "-" + signal, "--", whom);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try {
            return Jevent.blocking(
                    () -> {
                        Process kill = builder.start();
                        return kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0;
                    });
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot send a signal", e);
        }
    }
}
