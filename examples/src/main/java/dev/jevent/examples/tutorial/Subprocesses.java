package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;
import dev.jevent.subprocess.Output;
import dev.jevent.subprocess.Popen;
import dev.jevent.subprocess.Redirect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A greenlet goes on while child processes work. */
public final class Subprocesses {

    private int ticks;

    private Subprocesses() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        new Subprocesses().run();
    }

    private void run() throws Exception {
        try (var _ = spawn(this::cron)) { // killed at the end of the block
            Popen child =
                    Popen.shell("sleep 0.1; echo done; echo oops >&2; exit 3")
                            .captureOutput()
                            .start();
            Output output = child.communicate();
            System.out.println("it said: " + output.text().strip());
            System.out.println("and complained: " + output.errorText().strip());
            System.out.println("exit status " + child.returncode());
            List<Greenlet<String>> children = new ArrayList<>();
            for (String name : List.of("anna", "boris", "carla")) {
                children.add(spawn(() -> ask(name)));
            }
            joinAll(children);
            System.out.println(String.join(", ", children.stream().map(Greenlet::value).toList()));
            System.out.println("cron went on: " + (ticks > 5 ? "yes" : "no"));
        }
    }

    private void cron() {
        while (true) {
            ticks++;
            sleep(5);
        }
    }

    private static String ask(String question) throws IOException {
        Popen child =
                Popen.of("tr", "a-z", "A-Z").stdin(Redirect.PIPE).stdout(Redirect.PIPE).start();
        return child.communicate(question).text();
    }
}
