package dev.jevent.cli;

import dev.jevent.internal.agent.SystemClassPath;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of the program that is run.
 *
 * <p>Its classes are seen by the system class loader, as with {@code java}, so that {@code
 * Class.forName}, {@code ServiceLoader}, resources and the threads of the common pool all find
 * them. Only where that is impossible ({@code java -cp jevent.jar}, that is, without jevent's
 * agent) they get a class loader of their own, which is the context class loader of the main
 * greenlet and is inherited by the greenlets and threads that it spawns.
 */
final class ClassPath {

    private ClassPath() {}

    /** The entries; without any, those of {@code CLASSPATH}, or the current directory. */
    static List<Path> parse(String given) {
        String text = given != null ? given : System.getenv("CLASSPATH");
        if (text == null || text.isEmpty()) {
            text = ".";
        }
        List<Path> entries = new ArrayList<>();
        for (String entry : text.split(File.pathSeparator, -1)) {
            if (entry.equals("*") || entry.endsWith("/*") || entry.endsWith(File.separator + "*")) {
                entries.addAll(jarsIn(Path.of(entry.substring(0, entry.length() - 1))));
            } else {
                entries.add(Path.of(entry));
            }
        }
        return entries;
    }

    private static List<Path> jarsIn(Path directory) {
        try (Stream<Path> files = Files.list(directory.toAbsolutePath())) {
            return files.filter(ClassPath::isJar).sorted().toList();
        } catch (IOException e) {
            return List.of(); // java says nothing either
        }
    }

    private static boolean isJar(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
    }

    /** Makes the classes there known, and answers the class loader that finds them. */
    static ClassLoader add(List<Path> entries) {
        if (entries.isEmpty()) {
            return Thread.currentThread().getContextClassLoader();
        }
        List<Path> left = new ArrayList<>();
        for (Path entry : entries) {
            if (!left.isEmpty() || !SystemClassPath.append(entry.toAbsolutePath())) {
                left.add(entry);
            }
        }
        String text = entries.stream().map(Path::toString).collect(Collectors.joining(SEPARATOR));
        System.setProperty(PROPERTY, text + SEPARATOR + System.getProperty(PROPERTY));
        ClassLoader system = ClassLoader.getSystemClassLoader();
        ClassLoader loader = left.isEmpty() ? system : new URLClassLoader(urls(left), system);
        Thread.currentThread().setContextClassLoader(loader);
        return loader;
    }

    private static final String SEPARATOR = File.pathSeparator;
    private static final String PROPERTY = "java.class.path";

    private static URL[] urls(List<Path> entries) {
        return entries.stream().map(ClassPath::url).toArray(URL[]::new);
    }

    private static URL url(Path entry) {
        try {
            return entry.toAbsolutePath().toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(entry.toString(), e);
        }
    }
}
