package dev.jevent.internal.jdk;

/** Chooses the implementation once, and tests it before anybody uses it. */
final class JdkHolder {

    static final Jdk INSTANCE = choose();

    private JdkHolder() {}

    private static Jdk choose() {
        int feature = Runtime.version().feature();
        if (feature < 25) {
            throw new IllegalStateException("jevent needs Java 25, this is Java " + feature + ".");
        }
        Jdk jdk = Jdk25.open();
        SelfTest.run(jdk);
        return jdk;
    }
}
