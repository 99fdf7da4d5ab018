package dev.jevent.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of {@code jevent run}.
 *
 * @param properties system properties, in the order given
 * @param program what is run
 * @param arguments of its main
 */
record RunOptions(Map<String, String> properties, Program program, List<String> arguments) {

    private static final String HINT = "See: jevent help run";

    static RunOptions parse(List<String> args) {
        var words = new Words(args, HINT);
        var properties = new LinkedHashMap<String, String>();
        String classPath = null;
        String jar = null;
        while (jar == null && words.isOption()) {
            String option = words.take();
            if (option.equals("--")) {
                break;
            }
            switch (option) {
                case "-cp", "-classpath", "--class-path" -> classPath = words.valueOf(option);
                case "-jar" -> jar = words.valueOf(option);
                default -> {
                    if (option.startsWith("--class-path=")) {
                        classPath = option.substring("--class-path=".length());
                    } else if (option.startsWith("-D") && option.length() > 2) {
                        addProperty(properties, option.substring(2));
                    } else {
                        throw unknown(option);
                    }
                }
            }
        }
        String name = jar != null ? jar : words.valueOf("jevent run");
        Program program = Program.of(name, jar != null, ClassPath.parse(classPath));
        return new RunOptions(properties, program, words.rest());
    }

    static void addProperty(Map<String, String> properties, String definition) {
        int equals = definition.indexOf('=');
        if (equals < 0) {
            properties.put(definition, "");
        } else if (equals == 0) {
            throw new UsageError("-D" + definition + " names no property", HINT);
        } else {
            properties.put(definition.substring(0, equals), definition.substring(equals + 1));
        }
    }

    private static UsageError unknown(String option) {
        boolean ofTheJvm = option.startsWith("-X") || option.startsWith("--") || isSwitch(option);
        return new UsageError(
                "unknown option of run: " + option,
                ofTheJvm ? "Options of the JVM go here: JEVENT_JAVA_OPTS=" + option : HINT);
    }

    private static boolean isSwitch(String option) {
        return option.startsWith("-ea") || option.startsWith("-javaagent:");
    }
}
