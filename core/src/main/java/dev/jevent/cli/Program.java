package dev.jevent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** What can be run: finds and loads its main class. */
sealed interface Program {

    /** Loads its main class, which is not initialised yet. */
    Class<?> mainClass() throws CannotRun;

    /** The program of that name: a source file, a jar or a class. */
    static Program of(String name, boolean isJar, List<Path> classPath) {
        if (isJar || isJarName(name)) {
            return new Jar(Path.of(name));
        }
        if (name.endsWith(".java") || isScript(name)) {
            return new Source(Path.of(name), classPath);
        }
        return new OnClassPath(name, classPath);
    }

    /** Whether somebody who typed this probably meant a program. */
    static boolean looksLikeProgram(String name) {
        return isJarName(name) || name.endsWith(".java");
    }

    private static boolean isJarName(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".jar");
    }

    /** Source code without {@code .java}, that begins with {@code #!}. */
    private static boolean isScript(String name) {
        Path file = Path.of(name);
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            return in.read() == '#' && in.read() == '!';
        } catch (IOException e) {
            return false;
        }
    }

    /** Source code. */
    record Source(Path file, List<Path> classPath) implements Program {
        @Override
        public Class<?> mainClass() throws CannotRun {
            if (!Files.isRegularFile(file)) {
                throw new CannotRun("no such file: " + file);
            }
            ClassPath.add(classPath);
            return SourceProgram.compile(file).mainClass();
        }
    }

    /** A jar with a main class. */
    record Jar(Path file) implements Program {
        @Override
        public Class<?> mainClass() throws CannotRun {
            if (!Files.isRegularFile(file)) {
                throw new CannotRun("no such file: " + file);
            }
            String name;
            try (var jar = new JarFile(file.toFile())) {
                Manifest manifest = jar.getManifest();
                name =
                        manifest == null
                                ? null
                                : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
            } catch (IOException e) {
                throw new CannotRun("cannot read " + file + ": " + e.getMessage(), e);
            }
            if (name == null) {
                throw new CannotRun("no Main-Class in the manifest of " + file);
            }
            // its Class-Path is looked up by the class loader
            return load(name.strip(), ClassPath.add(List.of(file)), file.toString());
        }
    }

    /** A class by its name. */
    record OnClassPath(String name, List<Path> classPath) implements Program {
        @Override
        public Class<?> mainClass() throws CannotRun {
            ClassLoader loader = ClassPath.add(classPath);
            var where = new ArrayList<String>();
            classPath.forEach(entry -> where.add(entry.toString()));
            // as with java: name/of/a/Class is taken for name.of.a.Class
            return load(name.replace('/', '.'), loader, "the class path " + where);
        }
    }

    private static Class<?> load(String name, ClassLoader loader, String where) throws CannotRun {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw new CannotRun("no class " + name + " in " + where, e);
        } catch (LinkageError e) {
            throw new CannotRun("cannot load class " + name + ": " + e, e);
        }
    }
}
