package dev.jevent.subprocess;

import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Spawn;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts children by posix_spawn. On a worker. */
final class SpawnLauncher {

    private static final int ENOENT = 2;
    private static final int ENOEXEC = 8;
    private static final String SHELL = "/bin/sh";

    /** For tests: as if the C library were old. */
    static volatile boolean closesFrom = Spawn.CLOSES_FROM;

    private SpawnLauncher() {}

    /** Null if nobody wants it any more when it is about to be started. */
    static @Nullable Popen start(Command command, Launch launch) throws IOException {
        SpawnedChild.prepare();
        String program = Program.find(command);
        var request = new Spawn.Request();
        request.program = program;
        request.arguments = arguments(command);
        request.environment = environment(command);
        request.folder = command.cwd == null ? null : command.cwd.toString();
        request.ownGroup = command.processGroup;
        request.ownSession = command.newSession;
        request.keep = command.passFds;
        Plumbing plumbing = Plumbing.open(command);
        Child child = null;
        try {
            plumbing.copyTo(request.standard);
            request.keptAs = plumbing.passed();
            if (command.closeFds) {
                closeOthers(request);
            }
            if (launch.begins()) {
                child = spawn(command, request);
            }
        } finally {
            if (child == null) {
                plumbing.closeAll();
            }
        }
        if (child == null) {
            return null;
        }
        plumbing.started();
        return new Popen(child, command, plumbing.input(), plumbing.output(1), plumbing.output(2));
    }

    private static List<String> arguments(Command command) {
        if (command.arg0 == null) {
            return command.args;
        }
        List<String> arguments = new ArrayList<>(command.args);
        arguments.set(0, command.arg0);
        return arguments;
    }

    private static List<String> environment(Command command) {
        List<String> result = new ArrayList<>();
        command.variables().forEach((name, value) -> result.add(name + "=" + value));
        return result;
    }

    private static Child spawn(Command command, Spawn.Request request) throws IOException {
        int pid = Spawn.start(request);
        if (pid == -ENOEXEC) {
            asScript(request); // as execvp does
            pid = Spawn.start(request);
        }
        if (pid < 0) {
            throw new IOException(
                    "cannot run "
                            + command.describe()
                            + ": "
                            + Errno.text(-pid)
                            + Program.hint(command, request.program, pid == -ENOENT));
        }
        var child = new SpawnedChild(pid, command.leadsGroup());
        child.watch();
        return child;
    }

    private static void asScript(Spawn.Request request) {
        List<String> arguments = new ArrayList<>();
        arguments.add(SHELL);
        arguments.add(request.program);
        arguments.addAll(request.arguments.subList(1, request.arguments.size()));
        request.arguments = arguments;
        request.program = SHELL;
    }

    /**
     * Everything but the three and what is passed. Up to the highest that is passed they are closed
     * one by one; one that another thread opens in this moment is close-on-exec, as all that the
     * JDK's files and jevent open.
     */
    private static void closeOthers(Spawn.Request request) {
        int[] keep = request.keep;
        int highest = Arrays.stream(keep).max().orElse(2);
        if (closesFrom) {
            request.closeFrom = highest + 1;
        }
        if (closesFrom && keep.length == 0) {
            return;
        }
        String[] names = new File("/proc/self/fd").list();
        if (names != null) {
            request.close =
                    Arrays.stream(names)
                            .mapToInt(Integer::parseInt)
                            .filter(fd -> fd > 2 && (!closesFrom || fd <= highest))
                            .filter(fd -> Arrays.stream(keep).noneMatch(k -> k == fd))
                            .toArray();
        }
    }
}
