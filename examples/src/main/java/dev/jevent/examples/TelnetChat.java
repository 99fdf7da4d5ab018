package dev.jevent.examples;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.server.StreamServer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A chat room for telnet. Each user has two greenlets: one that reads and one that writes what the
 * others say, out of a queue, so that who reads slowly delays nobody; who reads too slowly is shown
 * out. The table of users needs no lock, for one greenlet runs at a time.
 */
public final class TelnetChat {

    private static final int LONGEST_LINE = 1000;
    private static final int LONGEST_QUEUE = 100;
    private static final int TELNET_COMMAND = 255;

    private final Map<String, User> users = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private TelnetChat() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 2323;
        var server = newServer(port);
        server.start();
        System.out.println("TelnetChat listens on port " + server.address().getPort());
        server.serveForever();
    }

    static StreamServer newServer(int port) {
        return new StreamServer(port, new TelnetChat()::serve);
    }

    private void serve(Socket socket) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        var user = new User(socket);
        try (Greenlet<Void> writer = Jevent.spawn(user::write)) {
            String name = askForName(in, user);
            if (name != null) {
                enter(in, user, name);
                user.tell("Bye.");
            }
            user.tell(User.END);
            writer.join(Duration.ofSeconds(1));
        }
    }

    private String askForName(InputStream in, User user) throws IOException {
        user.tell("Welcome! What is your name?");
        for (String name = readLine(in); name != null; name = readLine(in)) {
            if (!name.matches("[\\p{L}\\p{N}_-]{1,20}")) {
                user.tell("A name is 1 to 20 letters. What is yours?");
            } else if (users.containsKey(name)) {
                user.tell("There is a " + name + " already. Another name?");
            } else {
                return name;
            }
        }
        return null;
    }

    private void enter(InputStream in, User user, String name) {
        users.put(name, user);
        user.tell("Hello, " + name + "! Say something, or /who or /quit.");
        tellOthers(user, "* " + name + " joined");
        try {
            talk(in, user, name);
        } catch (IOException e) {
            // gone without a word, or shown out
        } finally {
            users.remove(name);
            tellOthers(user, "* " + name + " left");
        }
    }

    private void talk(InputStream in, User user, String name) throws IOException {
        for (String line = readLine(in); line != null; line = readLine(in)) {
            switch (line) {
                case "" -> {}
                case "/quit" -> {
                    return;
                }
                case "/who" -> user.tell("Here: " + String.join(", ", users.keySet()));
                default -> {
                    if (line.startsWith("/")) {
                        user.tell("There are only /who and /quit.");
                    } else {
                        tellOthers(user, "<" + name + "> " + line);
                    }
                }
            }
        }
    }

    private void tellOthers(User me, String text) {
        for (User user : List.copyOf(users.values())) {
            if (user != me) {
                user.tell(text);
            }
        }
    }

    /** A line without its end, cut if it is too long; null at the end of the connection. */
    private static String readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (b == TELNET_COMMAND) {
                in.skipNBytes(2);
            } else if (b >= ' ' && line.size() < LONGEST_LINE) {
                line.write(b);
            }
        }
        // bytes that are no UTF-8 become question marks of a kind, and harm nobody
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    private static final class User {
        static final String END = "";

        private final Socket socket;
        private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LONGEST_QUEUE);

        User(Socket socket) {
            this.socket = socket;
        }

        /** Never waits. */
        void tell(String text) {
            if (!lines.offer(text)) {
                close(); // it does not read: both its greenlets get an exception
            }
        }

        void write() throws InterruptedException {
            try {
                OutputStream out = socket.getOutputStream();
                for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                close();
            }
        }

        private void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // it is closed nevertheless
            }
        }
    }
}
