package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** {@code jevent run}: what can be run, and how it is found. */
class RunCommandTest {

    @TempDir Path dir;

    private Path write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    // ---- source files

    @Test
    void aClassicSourceFileRunsInAGreenletWithItsArguments() throws Exception {
        write(
                "Classic.java",
                """
                public class Classic {
                    public static void main(String[] args) {
                        System.out.println(String.join("|", args) + " " + System.getProperty("x"));
                        System.out.println(dev.jevent.Jevent.getCurrent());
                        System.out.println(Thread.currentThread().isVirtual());
                    }
                }
                """);
        Cli.Result r = Cli.run(dir, "run", "-Dx=y=z", "Classic.java", "a b", "-c", "--help");
        assertEquals("a b|-c|--help y=z\nmain\ntrue\n", r.out());
        assertEquals("", r.err());
        assertEquals(0, r.exit());
    }

    @Test
    void aCompactSourceFileWithAnInstanceMainRuns() throws Exception {
        write("hello.java", "String name = \"you\";\nvoid main() { IO.println(\"Hi, \" + name); }");
        Cli.Result r = Cli.run(dir, "run", "--", "hello.java");
        assertEquals("Hi, you\n", r.out());
        assertEquals(0, r.exit());
    }

    @Test
    void aScriptWithoutJavaInItsNameRuns() throws Exception {
        write("tool", "#!/usr/bin/env -S jevent run\nclass T { void main() { IO.println(1); } }");
        assertEquals("1\n", Cli.run(dir, "run", "tool").out());
    }

    @Test
    void aProgramOfManySourceFilesRuns() throws Exception {
        write(
                "src/app/Main.java",
                """
                package app;

                import app.util.Helper;

                public class Main {
                    static ClassLoader loader() {
                        return Thread.currentThread().getContextClassLoader();
                    }

                    public static void main(String[] args) throws Exception {
                        System.out.println(Helper.hello());
                        Object late = Class.forName("app.Late").getConstructor().newInstance();
                        System.out.println(late);
                        ClassLoader mine = Main.class.getClassLoader();
                        dev.jevent.Jevent.spawn(() -> System.out.println(loader() == mine)).join();
                        Thread t = new Thread(() -> System.out.println(loader() == mine));
                        t.start();
                        t.join();
                    }
                }
                """);
        write(
                "src/app/util/Helper.java",
                """
                package app.util;

                public class Helper {
                    public static String hello() {
                        return "from another file";
                    }
                }
                """);
        write(
                "src/app/Late.java",
                """
                package app;

                public class Late {
                    @Override
                    public String toString() {
                        return "by its name only";
                    }
                }
                """);
        Cli.Result r = Cli.run(dir, "run", "src/app/Main.java");
        assertEquals("from another file\nby its name only\ntrue\ntrue\n", r.out(), r.err());
        assertEquals(0, r.exit());
    }

    @Test
    void compileErrorsAreTheCompilersAndEndWith1() throws Exception {
        write("Bad.java", "class Bad {\n    void main() { int x = \"s\"; }\n}\n");
        Cli.Result r = Cli.run(dir, "run", "Bad.java");
        assertTrue(r.err().startsWith("Bad.java:2: error: incompatible types"), r.err());
        assertTrue(r.err().endsWith("jevent: compilation failed: Bad.java\n"), r.err());
        assertEquals(1, r.exit());
    }

    @Test
    void sourceCodeSeesTheClassPath() throws Exception {
        Path lib = Files.createDirectory(dir.resolve("lib"));
        Cli.compile(lib, write("x/Lib.java", "package x; public class Lib { public int i = 7; }"));
        write("Uses.java", "void main() { IO.println(new x.Lib().i); }");
        assertEquals("7\n", Cli.run(dir, "run", "--class-path", "lib", "Uses.java").out());
    }

    @Test
    void aPackageThatDoesNotMatchTheDirectoryIsAnError() throws Exception {
        write("Lost.java", "package a.b; class Lost { void main() {} }");
        Cli.Result r = Cli.run(dir, "run", "Lost.java");
        assertEquals(
                "jevent: the directory of Lost.java does not match its package, a.b\n", r.err());
        assertEquals(1, r.exit());
    }

    // ---- classes and jars

    private static final String SERVICES =
            """
            package p;

            import java.util.ServiceLoader;
            import java.util.concurrent.CompletableFuture;

            public class Main implements Runnable {
                public static void main(String[] args) throws Exception {
                    for (Runnable r : ServiceLoader.load(Runnable.class)) {
                        r.run();
                    }
                    Class.forName("p.Main", true, ClassLoader.getSystemClassLoader());
                    var inPool = CompletableFuture.supplyAsync(Main::load).get();
                    System.out.println(inPool + " " + args.length);
                    System.out.println(ClassLoader.getSystemResource("data.txt") != null);
                }

                static String load() {
                    try {
                        return Thread.currentThread()
                                .getContextClassLoader()
                                .loadClass("p.Main")
                                .getSimpleName();
                    } catch (ClassNotFoundException e) {
                        return e.toString();
                    }
                }

                @Override
                public void run() {
                    System.out.println("service");
                }
            }
            """;

    private Path classes() throws IOException {
        Path classes = Files.createDirectories(dir.resolve("classes"));
        Cli.compile(classes, write("src/p/Main.java", SERVICES));
        write("classes/META-INF/services/java.lang.Runnable", "p.Main\n");
        write("classes/data.txt", "");
        return classes;
    }

    @Test
    void aClassOfADirectoryIsSeenByTheSystemClassLoader() throws Exception {
        classes();
        Cli.Result r = Cli.run(dir, "run", "-cp", "nowhere:classes", "p.Main", "x");
        assertEquals("service\nMain 1\ntrue\n", r.out(), r.err());
        assertEquals(0, r.exit());
    }

    @Test
    void aClassOfTheCurrentDirectoryRuns() throws Exception {
        assertEquals("service\nMain 0\ntrue\n", Cli.run(classes(), "run", "p.Main").out());
    }

    @Test
    void aJarRunsWithTheJarsOfItsClassPath() throws Exception {
        Path classes = classes();
        Path lib = Files.createDirectory(dir.resolve("lib"));
        Cli.compile(
                lib,
                write("q/Start.java", "package q; public class Start extends p.Main {}"),
                dir.resolve("src/p/Main.java"));
        var first = new Manifest();
        first.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        first.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "q.Start");
        first.getMainAttributes().put(Attributes.Name.CLASS_PATH, "rest.jar");
        jar("app.jar", first, lib, List.of("q/Start.class"));
        var second = new Manifest();
        second.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        jar(
                "rest.jar",
                second,
                classes,
                List.of("p/Main.class", "META-INF/services/java.lang.Runnable", "data.txt"));
        Cli.Result r = Cli.run(dir, "run", "app.jar", "x", "y");
        assertEquals("service\nMain 2\ntrue\n", r.out(), r.err());
        assertEquals(0, r.exit());
        assertEquals("service\nMain 0\ntrue\n", Cli.run(dir, "run", "-jar", "app.jar").out());
        r = Cli.run(dir, "run", "rest.jar");
        assertEquals("jevent: no Main-Class in the manifest of rest.jar\n", r.err());
        assertEquals(1, r.exit());
    }

    private void jar(String name, Manifest manifest, Path from, List<String> files)
            throws IOException {
        try (OutputStream file = Files.newOutputStream(dir.resolve(name));
                var jar = new JarOutputStream(file, manifest)) {
            for (String f : files) {
                jar.putNextEntry(new JarEntry(f));
                Files.copy(from.resolve(f), jar);
            }
        }
    }

    @Test
    void withoutTheAgentTheProgramHasAClassLoaderOfItsOwn() throws Exception {
        classes();
        List<String> java =
                List.of(
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        Cli.jar().toString(),
                        "dev.jevent.cli.Main",
                        "run",
                        "-cp",
                        "classes",
                        "p.Main");
        try (Cli cli = Cli.startJava(dir, java)) {
            Cli.Result r = cli.await();
            assertTrue(r.out().startsWith("service\n"), r.out());
            assertTrue(r.err().contains("ClassNotFoundException: p.Main"), r.err());
        }
    }

    // ---- what cannot be run

    @Test
    void whatIsNotThereIsSaidInOneLine() throws Exception {
        Cli.Result r = Cli.run(dir, "run", "Nope.java");
        assertEquals("jevent: no such file: Nope.java\n", r.err());
        assertEquals(1, r.exit());
        r = Cli.run(dir, "run", "-cp", "a:b", "no.Class");
        assertEquals("jevent: no class no.Class in the class path [a, b]\n", r.err());
        assertEquals(1, r.exit());
    }

    @Test
    void aClassWithoutMainIsSaidInOneLine() throws Exception {
        write("NoMain.java", "class NoMain { private static void main() {} }");
        Cli.Result r = Cli.run(dir, "run", "NoMain.java");
        assertTrue(r.err().startsWith("jevent: no main method in class NoMain; "), r.err());
        assertFalse(r.err().contains("\tat "), r.err());
        assertEquals(1, r.exit());
    }
}
