package dev.jevent.compat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** PostgreSQL, which does without its disk; everybody is let in. It refuses to run as root. */
final class Postgres extends Server {

    private final Path place;

    Postgres() throws IOException {
        super("PostgreSQL");
        place = isRoot() ? reachable(folder()) : folder();
        deleteToo(place);
    }

    @Override
    void start() throws Exception {
        Path folder = newest(Path.of("/usr/lib/postgresql"));
        String initdb = find("initdb", "postgresql", folder).toString();
        String postgres = find("postgres", "postgresql", folder).toString();
        String data = place.resolve("data").toString();
        run(
                asUser(
                        initdb,
                        "--pgdata=" + data,
                        "--no-sync",
                        "--auth=trust",
                        "--username=jevent",
                        "--encoding=UTF8",
                        "--locale=C"));
        Process process =
                launch(
                        asUser(
                                postgres,
                                "-D",
                                data,
                                "-p",
                                String.valueOf(port),
                                "-c",
                                "listen_addresses=127.0.0.1",
                                "-c",
                                "unix_socket_directories=",
                                "-c",
                                "fsync=off",
                                "-c",
                                "full_page_writes=off",
                                "-c",
                                "synchronous_commit=off",
                                "-c",
                                "autovacuum=off",
                                "-c",
                                "max_connections=100",
                                "-c",
                                "log_min_messages=log"),
                        Map.of());
        awaitWords(process, "ready to accept connections");
    }

    /** Where the database is, with a user who may use it. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=jevent&connectTimeout=20";
    }

    private static List<String> asUser(String... command) {
        var all = new ArrayList<String>();
        if (isRoot()) {
            all.addAll(
                    List.of(
                            "setpriv",
                            "--reuid=postgres",
                            "--regid=postgres",
                            "--clear-groups",
                            "--"));
        }
        all.addAll(List.of(command));
        return all;
    }

    /** A folder that is the other user's, and that he can reach: here, or among the system's. */
    private static Path reachable(Path here) throws IOException {
        for (Path up = here.getParent(); up != null; up = up.getParent()) {
            if (!PosixFilePermissions.toString(Files.getPosixFilePermissions(up)).endsWith("x")) {
                return own(Files.createTempDirectory("jevent-postgresql-"));
            }
        }
        Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwxr-xr-x"));
        return own(Files.createDirectory(here.resolve("own")));
    }

    private static Path own(Path folder) throws IOException {
        try {
            Files.setOwner(
                    folder,
                    folder.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName("postgres"));
        } catch (java.nio.file.attribute.UserPrincipalNotFoundException e) {
            // then there is no PostgreSQL here either
        }
        return folder;
    }

    private static Path newest(Path versions) throws IOException {
        if (!Files.isDirectory(versions)) {
            return versions;
        }
        try (Stream<Path> all = Files.list(versions)) {
            return all.filter(p -> p.getFileName().toString().matches("\\d+"))
                    .max(Comparator.comparing(p -> Integer.valueOf(p.getFileName().toString())))
                    .map(p -> p.resolve("bin"))
                    .orElse(versions);
        }
    }

    @Override
    void stop(Process process) throws IOException {
        // at once; killed, it would leave its shared memory
        output("kill", "-QUIT", String.valueOf(process.pid()));
    }
}
