package dev.jevent.cli;

import dev.jevent.Hub;

/** What {@code jevent --version} says. */
final class Version {

    private Version() {}

    static String text() {
        return "jevent " + jevent() + "\n" + jdk() + "\n" + backend();
    }

    /** The version of jevent; {@code (unpackaged)} if it does not run from its jar. */
    static String jevent() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version != null ? version : "(unpackaged)";
    }

    private static String jdk() {
        return "JDK "
                + Runtime.version()
                + " ("
                + System.getProperty("java.vendor")
                + ", "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ")";
    }

    private static String backend() {
        String backend = Hub.get().loop().backend();
        return "loop: " + backend + (backend.equals("epoll") ? "" : " (portable mode)");
    }
}
