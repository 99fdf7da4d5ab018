package dev.jevent.internal.agent;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The class path of the system class loader, which can grow while the program runs. {@link
 * Instrumentation#appendToSystemClassLoaderSearch} does so too, but takes jars only; this calls the
 * method that the JVM itself calls, and directories are welcome there.
 */
public final class SystemClassPath {

    private SystemClassPath() {}

    /**
     * Adds a jar or a directory to the end of the class path.
     *
     * @return false if that is impossible here, as jevent was not started as an agent
     */
    public static boolean append(Path jarOrDirectory) {
        Instrumentation instrumentation = Agent.instrumentation();
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        if (instrumentation == null) {
            return false;
        }
        try {
            var name = "appendToClassPathForInstrumentation";
            Method append = loader.getClass().getDeclaredMethod(name, String.class);
            instrumentation.redefineModule(
                    loader.getClass().getModule(),
                    Set.of(),
                    Map.of(),
                    Map.of(
                            loader.getClass().getPackageName(),
                            Set.of(SystemClassPath.class.getModule())),
                    Set.of(),
                    Map.of());
            append.setAccessible(true);
            append.invoke(loader, jarOrDirectory.toString());
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
    }
}
