package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** docs/from-gevent.md: the names of jevent's that it promises are there. */
class FromGeventTest {

    private static final Path PAGE = Path.of("..", "docs", "from-gevent.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern NAME = Pattern.compile("(new )?([A-Z]\\w*)(?:\\.([a-z]\\w*))?");

    private static final List<String> PACKAGES =
            List.of(
                    "dev.jevent.",
                    "dev.jevent.event.",
                    "dev.jevent.queue.",
                    "dev.jevent.lock.",
                    "dev.jevent.pool.",
                    "dev.jevent.local.",
                    "dev.jevent.signal.",
                    "dev.jevent.util.",
                    "dev.jevent.server.",
                    "dev.jevent.http.",
                    "dev.jevent.websocket.",
                    "dev.jevent.socket.",
                    "dev.jevent.loop.",
                    "dev.jevent.file.",
                    "dev.jevent.resolver.",
                    "dev.jevent.select.",
                    "dev.jevent.ssl.",
                    "dev.jevent.subprocess.",
                    "java.lang.",
                    "java.net.",
                    "java.nio.channels.",
                    "javax.net.ssl.");

    /** Of the rows of the tables the second column. */
    private static List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("| ")) {
                String[] columns = line.substring(1).split("\\|", -1);
                assertEquals(4, columns.length, line);
                CODE.matcher(columns[1]).results().forEach(code -> names.add(code.group(1)));
            }
        }
        return names;
    }

    @Test
    void eachNameOfTheSecondColumnIsThere() throws Exception {
        List<String> names = names();
        assertTrue(names.size() > 100, "the tables are not found");
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (!isThere(name)) {
                missing.add(name);
            }
        }
        assertEquals(List.of(), missing);
    }

    private static boolean isThere(String name) {
        var m = NAME.matcher(name);
        return m.matches()
                && PACKAGES.stream()
                        .anyMatch(p -> isThere(p + m.group(2), m.group(1) != null, m.group(3)));
    }

    private static boolean isThere(String className, boolean isNew, String method) {
        Class<?> c;
        try {
            c = Class.forName(className, false, FromGeventTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return false;
        }
        if (!Modifier.isPublic(c.getModifiers())) {
            return false;
        }
        if (isNew) {
            return c.getConstructors().length > 0;
        }
        return method == null || hasMethod(c, method);
    }

    /** Also one that is for subclasses. */
    private static boolean hasMethod(Class<?> c, String name) {
        List<Method> methods = new ArrayList<>(Arrays.asList(c.getMethods()));
        methods.addAll(Arrays.asList(c.getDeclaredMethods()));
        return methods.stream()
                .anyMatch(m -> m.getName().equals(name) && !isHidden(m.getModifiers()));
    }

    private static boolean isHidden(int modifiers) {
        return !Modifier.isPublic(modifiers) && !Modifier.isProtected(modifiers);
    }
}
