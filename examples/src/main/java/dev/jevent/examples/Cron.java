package dev.jevent.examples;

import dev.jevent.Jevent;
import dev.jevent.pool.Group;
import dev.jevent.subprocess.CompletedProcess;
import dev.jevent.subprocess.Popen;
import dev.jevent.subprocess.Redirect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the commands of a crontab at their times and prints what they say. Each line has a greenlet:
 * one that takes longer than until its next time leaves that out. When the program ends the
 * children that still run end with it.
 */
public final class Cron {

    private Cron() {}

    /** The file; see {@link CronSchedule} for its lines. */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("Usage: Cron FILE; a line of it: */5 * * * * date");
            System.exit(2);
        }
        List<CronSchedule.Line> lines = new ArrayList<>();
        for (String text : Files.readAllLines(Path.of(args[0]))) {
            CronSchedule.line(text).ifPresent(lines::add);
        }
        System.out.println("Cron has " + lines.size() + " lines");
        var jobs = new Group();
        try {
            for (CronSchedule.Line line : lines) {
                jobs.spawn(() -> repeat(line));
            }
            jobs.join();
        } finally {
            jobs.kill();
        }
    }

    private static void repeat(CronSchedule.Line line) {
        LocalDateTime next = LocalDateTime.now(ZoneId.systemDefault());
        while (true) {
            LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
            next = line.schedule().after(next);
            if (next.isBefore(now)) {
                next = line.schedule().after(now); // it has taken long
            }
            Jevent.sleep(Duration.between(now, next));
            System.out.print(run(line.command()));
        }
    }

    private static String run(String command) {
        var text = new StringBuilder();
        String when =
                LocalDateTime.now(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString();
        try {
            CompletedProcess process =
                    Popen.shell(command)
                            .stdin(Redirect.DEVNULL)
                            .stdout(Redirect.PIPE)
                            .stderr(Redirect.STDOUT)
                            .run();
            process.text().lines().forEach(l -> text.append(when + " " + l + "\n"));
            if (!process.successful()) {
                text.append(when + " exit status " + process.returncode() + ": " + command + "\n");
            }
        } catch (IOException e) {
            text.append(when + " " + e.getMessage() + "\n");
        }
        return text.toString(); // in one piece, as others print too
    }
}
