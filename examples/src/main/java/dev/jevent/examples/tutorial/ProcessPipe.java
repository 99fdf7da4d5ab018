package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.subprocess.Popen;
import dev.jevent.subprocess.Redirect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Two greenlets talk to a child process over its pipes, which give way. */
public final class ProcessPipe {

    private ProcessPipe() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        Popen child = Popen.of("cat").stdin(Redirect.PIPE).stdout(Redirect.PIPE).start();
        joinAll(List.of(spawn(() -> putMessages(child)), spawn(() -> getMessages(child))));
        System.out.println("exit status " + child.waitFor());
    }

    private static void putMessages(Popen child) throws IOException {
        try (var out = child.outputWriter(StandardCharsets.UTF_8)) {
            for (int i = 0; i < 4; i++) {
                out.write("message " + i + "\n");
                out.flush();
                sleep(5);
            }
        }
    }

    private static void getMessages(Popen child) throws IOException {
        try (var in = child.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(line -> System.out.println("received " + line));
        }
        System.out.println("end");
    }
}
