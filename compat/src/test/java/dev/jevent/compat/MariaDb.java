package dev.jevent.compat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** MariaDB, which does without its disk; root needs no password. */
final class MariaDb extends Server {

    MariaDb() {
        super("MariaDB");
    }

    @Override
    void start() throws Exception {
        String mariadbd = find("mariadbd", "mariadb-server").toString();
        String install = find("mariadb-install-db", "mariadb-server").toString();
        run(
                with(
                        install,
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db",
                        "--debug-no-sync"));
        Process process =
                launch(
                        with(
                                mariadbd,
                                "--port=" + port,
                                "--bind-address=127.0.0.1",
                                "--socket=socket",
                                "--innodb-flush-log-at-trx-commit=0",
                                "--innodb-buffer-pool-size=32M",
                                "--max-connections=200"),
                        Map.of());
        awaitWords(process, "ready for connections");
    }

    private List<String> with(String program, String... options) {
        var all = new ArrayList<String>();
        all.add(program);
        all.add("--no-defaults");
        all.add("--datadir=" + folder().resolve("data"));
        all.add("--innodb-flush-method=nosync");
        all.add("--innodb-log-file-size=4M");
        all.add("--skip-name-resolve");
        if (isRoot()) {
            all.add("--user=root");
        }
        Collections.addAll(all, options);
        return all;
    }

    /** Where the database is, for MariaDB's driver. */
    String url() {
        return "jdbc:mariadb://127.0.0.1:" + port + "/mysql?user=root&connectTimeout=20000";
    }

    /** Where the database is, for MySQL's driver. */
    String mysqlUrl() {
        return "jdbc:mysql://127.0.0.1:"
                + port
                + "/mysql?user=root&connectTimeout=20000&sslMode=DISABLED";
    }

    @Override
    void stop(Process process) throws IOException {
        process.destroyForcibly(); // its data are thrown away
    }
}
