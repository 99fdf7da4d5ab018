package dev.jevent.subprocess;

import static dev.jevent.subprocess.Redirect.PIPE;
import static dev.jevent.subprocess.Redirect.STDOUT;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JVMs that were started under bad conditions, by what is tested here. */
class PoorJvmTest extends ChildScenario {

    /** Runs a main class, started by a line of the shell that ends with {@code exec "$@"}. */
    private static String run(Class<?> main, String line) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", line, "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String a : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (a.startsWith("--add-opens") || a.startsWith("--enable-native-access")) {
                command.add(a);
            }
        }
        String classPath = System.getProperty("surefire.test.class.path");
        command.addAll(
                List.of(
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath != null ? classPath : System.getProperty("java.class.path"),
                        main.getName()));
        return Popen.of(command).stdout(PIPE).stderr(STDOUT).timeout(LONG).run().text();
    }

    /** Has no descriptor left. */
    static final class NoDescriptors {
        public static void main(String[] args) throws Exception {
            Popen.of("true").captureOutput().run(); // all classes are there
            List<FileInputStream> all = new ArrayList<>();
            try {
                for (; ; ) {
                    all.add(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                all.removeLast().close(); // one is free: no pipe can be made of it
            }
            String failure = "none";
            try {
                Popen ignored = Popen.of("/bin/true").captureOutput().start();
            } catch (IOException e) {
                failure = e.getMessage();
            }
            int n = all.size();
            for (int i = 0; i < 2; i++) {
                all.removeLast().close(); // a pipe, but no descriptor for the process
            }
            int code = Popen.of("/bin/sh", "-c", "exit 7").stdout(PIPE).start().await();
            for (FileInputStream in : all) {
                in.close();
            }
            System.out.println((n > 10) + " " + failure + " " + code);
        }
    }

    @Test
    void withoutDescriptorsAStartFailsAndNothingIsLost() throws Exception {
        notInThePortableMode("that is the JDK's affair");
        assertEquals(
                "true cannot run \"/bin/true\": cannot make a pipe for its standard output: Too"
                        + " many open files 7\n",
                run(NoDescriptors.class, "ulimit -n 256; exec \"$@\""));
    }

    /** Its parent lets it ignore signals. */
    static final class IgnoresSignals {
        public static void main(String[] args) throws Exception {
            int code = Popen.shell("exit 5").start().await();
            String pipe = Subprocess.getOutput("yes | head -1");
            String status = Files.readString(Path.of("/proc/self/status"));
            String ignored = status.replaceFirst("(?s).*SigIgn:\\t(\\w+).*", "$1");
            boolean hup = (Long.parseUnsignedLong(ignored, 16) & 1) != 0; // others may be, too
            Popen child = Popen.of("sleep", "100").start();
            child.sendSignal("HUP");
            child.sendSignal("TERM");
            System.out.println(code + " " + pipe + " " + hup + " " + child.await());
        }
    }

    @Test
    void ignoredSignalsDoNotHideTheEndOfAChild() throws Exception {
        notInThePortableMode("that is the JDK's affair");
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "no /proc here");
        assertEquals(
                "5 y true -15\n",
                run(IgnoresSignals.class, "trap '' CHLD PIPE HUP TERM; exec \"$@\""));
    }
}
