package dev.jevent.internal.jdk;

import org.jspecify.annotations.Nullable;

/** Chooses the implementation once, and tests it before anybody uses it. */
final class JdkHolder {

    private static final @Nullable Jdk INSTANCE;
    private static final @Nullable IllegalStateException FAILURE;

    static {
        Jdk instance = null;
        IllegalStateException failure = null;
        try {
            instance = choose();
        } catch (IllegalStateException e) {
            failure = e; // told to each who asks, not as the failure of some class to initialise
        }
        INSTANCE = instance;
        FAILURE = failure;
    }

    private JdkHolder() {}

    static Jdk get() {
        if (INSTANCE == null) {
            throw new IllegalStateException(FAILURE.getMessage(), FAILURE.getCause());
        }
        return INSTANCE;
    }

    static @Nullable Jdk orNull() {
        return INSTANCE;
    }

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
