package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.HasDescriptor;

import java.io.IOException;
import java.lang.ref.Reference;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Waits until something can be done, and leaves the doing to the caller. */
final class Readiness {

    private Readiness() {}

    private interface Wait {
        void until(Deadline deadline) throws IOException;
    }

    static boolean read(Socket socket, Duration timeout) throws IOException {
        StreamSocket own = own(socket);
        return inTime(own::awaitInput, timeout);
    }

    static boolean write(Socket socket, Duration timeout) throws IOException {
        StreamSocket own = own(socket);
        return inTime(own::awaitOutput, timeout);
    }

    static boolean read(ServerSocket listener, Duration timeout) throws IOException {
        if (!(listener instanceof StreamServerSocket own)) {
            throw foreign(listener);
        }
        own.checkBound();
        return inTime(own::awaitInput, timeout);
    }

    static boolean read(DatagramSocket socket, Duration timeout) throws IOException {
        if (!(socket instanceof HasDescriptor own)) {
            throw foreign(socket);
        }
        try {
            return inTime(deadline -> own.descriptor().awaitInput(deadline), timeout);
        } finally {
            Reference.reachabilityFence(socket);
        }
    }

    private static StreamSocket own(Socket socket) throws IOException {
        if (!(socket instanceof StreamSocket own)) {
            throw foreign(socket);
        }
        own.checkConnected();
        return own;
    }

    private static boolean inTime(Wait wait, Duration timeout) throws IOException {
        Deadline deadline = Deadline.of(timeout, "timed out");
        try {
            wait.until(deadline);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static UnsupportedOperationException foreign(Object socket) {
        return new UnsupportedOperationException(
                "nobody says when it is ready, for it is none of jevent's own sockets: " + socket);
    }
}
