package dev.jevent.socket;

import dev.jevent.internal.CallerAccess;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** A listener in the portable mode, whose connections are jevent's and not a library's. */
final class PortableServerSocket extends ServerSocket {

    PortableServerSocket() throws IOException {}

    @Override
    public Socket accept() throws IOException {
        Socket socket = super.accept();
        boolean ignored = CallerAccess.get().keepOpen(socket);
        return socket;
    }
}
