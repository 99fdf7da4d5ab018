package dev.jevent.benchmarks.contenders;

/** The kinds of threads that the JDK has. */
final class Threads {

    private Threads() {}

    /** What makes threads of the kind {@code virtual} or {@code platform}. */
    static Thread.Builder builder(String kind) {
        return switch (kind) {
            case "virtual" -> Thread.ofVirtual();
            case "platform" -> Thread.ofPlatform();
            default -> throw new IllegalArgumentException("virtual or platform, not " + kind);
        };
    }
}
