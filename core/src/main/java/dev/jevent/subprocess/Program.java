package dev.jevent.subprocess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which file a command means: as execvp(3) searches, with the PATH of the child. Looks at the disk:
 * to be called on a worker.
 */
final class Program {

    private static final String DEFAULT_PATH = "/bin:/usr/bin";
    private static final String NOT_FOUND = "No such file or directory";

    private Program() {}

    /**
     * The file; a relative one is meant in the child's folder.
     *
     * @throws IOException if it is not there, or cannot be run
     */
    static String find(Command c) throws IOException {
        if (c.cwd != null && !Files.isDirectory(c.cwd)) {
            boolean file = Files.exists(c.cwd);
            throw new IOException(
                    "cannot run "
                            + c.describe()
                            + ": the folder "
                            + (file ? "is none: Not a directory" : "is not there: " + NOT_FOUND));
        }
        String name = c.args.getFirst();
        if (name.indexOf('/') >= 0) {
            return name; // the system says what is wrong with it
        }
        String path = c.variables().getOrDefault("PATH", DEFAULT_PATH);
        boolean forbidden = false;
        for (String folder : path.split(":", -1)) {
            String candidate = (folder.isEmpty() ? "." : folder) + "/" + name;
            Path file = inFolder(c, candidate);
            if (Files.isRegularFile(file)) {
                if (Files.isExecutable(file)) {
                    return candidate;
                }
                forbidden = true;
            }
        }
        throw new IOException(
                "cannot run "
                        + c.describe()
                        + ": "
                        + (forbidden ? "Permission denied" : NOT_FOUND)
                        + " (searched in "
                        + path
                        + ")");
    }

    /** Seen from here. */
    static Path inFolder(Command c, String file) {
        return c.cwd == null ? Path.of(file) : c.cwd.resolve(file);
    }

    /** What else there is to say of a file that could not be run. */
    static String hint(Command c, String file, boolean notFound) {
        Path path = inFolder(c, file);
        if (notFound && Files.exists(path)) {
            return " (the file is there; what its first line names, or its loader, is not)";
        }
        return Files.isDirectory(path) ? " (it is a folder)" : "";
    }
}
