package dev.jevent.httpserver;

/** The log of the JDK's server, under its name. */
final class Logs {

    private static final System.Logger LOGGER = System.getLogger("com.sun.net.httpserver");

    private Logs() {}

    /** A handler does what is no use. */
    static void warn(String message) {
        LOGGER.log(System.Logger.Level.WARNING, message);
    }
}
