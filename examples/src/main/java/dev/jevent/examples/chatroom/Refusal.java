package dev.jevent.examples.chatroom;

/** Ends a connection whose other end does not keep to the rules; it is told why. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    Refusal(String reason) {
        super(reason, null, false, false);
    }
}
