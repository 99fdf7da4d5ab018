package dev.jevent.internal.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Opens the two JDK packages that jevent needs to the module it is in, so that {@code
 * -javaagent:jevent.jar} is all that an application has to add to its command line.
 */
public final class Agent {

    private static volatile Instrumentation instrumentation;

    private Agent() {}

    /** {@code -javaagent}. */
    public static void premain(String arguments, Instrumentation instrumentation) {
        agentmain(arguments, instrumentation);
    }

    /** {@code Launcher-Agent-Class}, when the jar itself is started. */
    public static void agentmain(String arguments, Instrumentation instrumentation) {
        Agent.instrumentation = instrumentation;
        Module us = Agent.class.getModule();
        // The application may have jevent in another place than the agent: the class path.
        Module classPath = ClassLoader.getSystemClassLoader().getUnnamedModule();
        Set<Module> to = new HashSet<>(List.of(us, classPath)); // which may be one and the same
        Map<String, Set<Module>> opens = Map.of("java.lang", to, "sun.nio.ch", to);
        instrumentation.redefineModule(
                Object.class.getModule(), Set.of(), Map.of(), opens, Set.of(), Map.of());
    }

    /** The JVM's instrumentation, or null if jevent was not started as an agent. */
    public static Instrumentation instrumentation() {
        return instrumentation;
    }
}
