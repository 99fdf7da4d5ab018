package dev.jevent.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.cli.Main;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The standard streams, of programs in JVMs of their own. */
class StdioTest {

    @TempDir Path folder;

    /** Reads lines in one greenlet while another one ticks, and says both. */
    public static final class Talker {
        private Talker() {}

        public static void main(String[] args) throws Exception {
            if (args.length > 0 && args[0].equals("late")) {
                System.out.println("first " + (char) System.in.read());
            }
            Stdio.install();
            int[] ticks = new int[1];
            Greenlet<Void> ticker =
                    Jevent.spawn(
                            () -> {
                                for (; ; ) {
                                    Jevent.sleep(1);
                                    ticks[0]++;
                                }
                            });
            Greenlet<Void> reader =
                    Jevent.spawn(
                            () -> {
                                String line;
                                while ((line = Stdio.readLine()) != null) {
                                    System.out.println("got " + line);
                                    if (line.equals("ticks")) {
                                        int before = ticks[0];
                                        System.out.println("next?");
                                        System.out.println("got " + Stdio.readLine());
                                        System.out.println("ticked " + (ticks[0] > before));
                                    }
                                }
                                System.out.println("end " + System.in.read());
                            });
            reader.join();
            if (reader.exception() != null) {
                System.out.println("failed " + reader.exception().getMessage());
            }
            ticker.kill();
        }
    }

    /** Prints much more than a pipe holds while another greenlet counts. */
    public static final class Chatter {
        private Chatter() {}

        public static void main(String[] args) {
            Stdio.install();
            int[] ticks = new int[1];
            Greenlet<Void> ticker =
                    Jevent.spawn(
                            () -> {
                                while (ticks[0] < 20) {
                                    Jevent.sleep(1);
                                    ticks[0]++;
                                }
                                System.err.println("ticked");
                            });
            List<Greenlet<Void>> all = new ArrayList<>();
            for (int g = 0; g < 4; g++) {
                String line = ("" + g).repeat(1000);
                all.add(
                        Jevent.spawn(
                                () -> {
                                    for (int i = 0; i < 200; i++) {
                                        System.out.println(line);
                                    }
                                }));
            }
            Jevent.joinAll(all);
            ticker.join();
        }
    }

    private static List<String> command(Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String open : List.of("java.lang", "sun.nio.ch")) {
            command.add("--add-opens=java.base/" + open + "=ALL-UNNAMED");
        }
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        String poller = System.getProperty("jevent.poller");
        if (poller != null) {
            command.add("-Djevent.poller=" + poller);
        }
        String classPath = System.getProperty("surefire.test.class.path");
        command.add("-cp");
        command.add(classPath != null ? classPath : System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(args));
        return command;
    }

    private static String finish(Process process) throws Exception {
        try {
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            return out;
        } finally {
            process.destroyForcibly();
        }
    }

    private String through(ProcessBuilder builder) throws Exception {
        return finish(builder.redirectErrorStream(true).start());
    }

    @Test
    void aWaitForTheNextLineHoldsUpNobody() throws Exception {
        Process p = new ProcessBuilder(command(Talker.class)).redirectErrorStream(true).start();
        try {
            talk(p);
        } finally {
            p.destroyForcibly();
        }
    }

    private static void talk(Process p) throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8));
        var out = p.getOutputStream();
        out.write("hällo\r\nticks\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        assertEquals("got h", in.readLine().substring(0, 5));
        assertEquals("got ticks", in.readLine());
        assertEquals("next?", in.readLine());
        try {
            Thread.sleep(50); // gives it time to tick; it would pass without
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        out.write("more\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        assertEquals("got more", in.readLine());
        assertEquals("ticked true", in.readLine());
        out.write("no end".getBytes(StandardCharsets.UTF_8));
        out.close();
        assertEquals("got no end", in.readLine());
        assertEquals("end -1", in.readLine());
    }

    @Test
    void whatWasReadAheadIsNotLost() throws Exception {
        Process p =
                new ProcessBuilder(command(Talker.class, "late")).redirectErrorStream(true).start();
        try (var out = p.getOutputStream()) {
            out.write("xabc\ndef\n".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals("first x\ngot abc\ngot def\nend -1\n", finish(p));
    }

    @Test
    void aRedirectedFileIsRead() throws Exception {
        Path file = Files.writeString(folder.resolve("in"), "one\ntwo\n");
        var builder =
                new ProcessBuilder(command(Talker.class, "late")).redirectInput(file.toFile());
        assertEquals("first o\ngot ne\ngot two\nend -1\n", through(builder));
    }

    @Test
    void devNullHasEnded() throws Exception {
        Path none = Path.of("/dev/null");
        Assumptions.assumeTrue(Files.exists(none));
        var builder = new ProcessBuilder(command(Talker.class)).redirectInput(none.toFile());
        assertEquals("end -1\n", through(builder));
    }

    @Test
    void closedInputIsAnError() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/bin/sh")));
        List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" <&-", "sh"));
        shell.addAll(command(Talker.class));
        String out = through(new ProcessBuilder(shell));
        assertTrue(
                out.contains("failed the standard input was closed") || out.equals("end -1\n"),
                out);
    }

    @Test
    void outputToAFullPipeHoldsUpNobodyAndKeepsLinesWhole() throws Exception {
        Path err = folder.resolve("err");
        Process p = new ProcessBuilder(command(Chatter.class)).redirectError(err.toFile()).start();
        try {
            if (System.getProperty("jevent.poller") == null) {
                long end = System.nanoTime() + 20_000_000_000L;
                while (!Files.readString(err).contains("ticked")) { // before anything is read
                    assertTrue(System.nanoTime() < end, "the hub turns");
                    Thread.sleep(10);
                }
            }
            String out = finish(p);
            List<String> lines = out.lines().toList();
            assertEquals(800, lines.size());
            for (String line : lines) {
                assertEquals(1000, line.length());
                assertEquals(1, line.chars().distinct().count());
            }
        } finally {
            p.destroyForcibly();
        }
    }

    @Test
    void jeventRunMakesSystemInGreen() throws Exception {
        Process p =
                new ProcessBuilder(command(Main.class, "run", Plain.class.getName()))
                        .redirectErrorStream(true)
                        .start();
        var in =
                new BufferedReader(
                        new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8));
        try (var out = p.getOutputStream()) {
            assertEquals("waiting", in.readLine());
            assertEquals("tick", in.readLine());
            out.write("line\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertEquals("read line", in.readLine());
            assertTrue(p.waitFor(30, TimeUnit.SECONDS));
        } finally {
            p.destroyForcibly();
        }
    }

    /** A program that knows nothing of Stdio. */
    public static final class Plain {
        private Plain() {}

        public static void main(String[] args) throws Exception {
            Jevent.spawn(
                    () -> {
                        Jevent.sleep(5);
                        System.out.println("tick");
                    });
            System.out.println("waiting");
            var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            System.out.println("read " + in.readLine());
        }
    }
}
