package dev.jevent.cli;

import java.util.List;

/** The help texts. */
final class Help {

    private static final List<String> COMMANDS =
            List.of("run", "serve", "example", "help", "version");

    private static final String GENERAL =
            """
            : gevent for the JVM. Plain blocking Java, at the speed of an event loop.

            Usage: jevent COMMAND [ARGUMENT…]

              run PROGRAM [ARGUMENT…]   run a .java file, a .jar or a class, its main in a greenlet
              serve FOLDER              a web server for a folder, or for a class with a handler
              example [NAME]            list the examples, or run one
              help [COMMAND]            this text, or more about a command
              version                   the versions of jevent and of the JDK, and the loop in use

            Try:

              jevent run Hello.java
              jevent run -cp build/classes com.example.Main 8080
              jevent serve --listing .
              jevent example EchoServer 7777

            JEVENT_JAVA_OPTS holds options for the JVM, such as "-Xmx1g -XX:+UseZGC".
            """;

    private static final String RUN =
            """
            Usage: jevent run [OPTION…] PROGRAM [ARGUMENT…]

            Runs a program as java does, with its main in a greenlet: sockets, sleeps, locks and
            queues of the JDK then give way to the other greenlets instead of blocking.

            PROGRAM is one of

              FILE.java                 source code, compiled in memory; the classes that it uses
                                        may be in other files beside it (JEP 458), and a simple
                                        "void main()" is enough (JEP 512)
              APP.jar                   its manifest names the main class
              CLASS                     on the class path

            Options

              -cp, --class-path PATH    where classes are; else $CLASSPATH, else this directory
              -Dname=value              set a system property
              --                        end of the options

            The program ends as with java: when main and all greenlets and non-daemon threads that
            still have something to do have ended (0, or 1 if main threw an exception), or with
            System.exit, Ctrl-C (130) or SIGTERM (143). Those two throw ShutdownRequested into main,
            so that finally blocks run, and then into the other greenlets; the second Ctrl-C, or 8
            seconds (-Djevent.grace=SECONDS), end the program at once. Virtual threads that it has
            made itself are daemons, as with java. If main waits for something
            that can never happen, jevent says so, and ends with 1.

            Try:

              jevent run Hello.java
              jevent run -Dport=8080 app.jar --verbose
              JEVENT_JAVA_OPTS=-Xmx1g jevent run -cp 'lib/*:classes' com.example.Main
            """;

    private static final String EXAMPLE =
            """
            Usage: jevent example [NAME [ARGUMENT…]]

            Without a name, lists the examples. With one, in upper or lower case, runs that; the
            first argument of a server is its port.

            Try:

              jevent example
              jevent example EchoServer 7777
            """;

    private static final String HELP =
            """
            Usage: jevent help [COMMAND]

            Says what there is, or more about a command.
            """;

    private static final String VERSION =
            """
            Usage: jevent version

            Prints the versions of jevent and of the JDK, and how the loop waits.
            """;

    private Help() {}

    static String general() {
        return "jevent " + Version.jevent() + GENERAL;
    }

    static String of(String command) {
        return switch (command) {
            case "run" -> RUN;
            case "serve" -> ServeHelp.TEXT;
            case "example", "examples" -> EXAMPLE;
            case "help", "--help" -> HELP;
            case "version", "--version" -> VERSION;
            default -> throw new UsageError("unknown command: " + command, hint(command));
        };
    }

    /** A line for somebody who typed a command that there is not. */
    static String hint(String typed) {
        return Nearest.to(typed, COMMANDS)
                .map(command -> "Did you mean: jevent " + command)
                .orElse("See: jevent help");
    }
}
