package dev.jevent.resolver.dns;

import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Asks one server some questions at once and waits for a while. A new socket with a port that the
 * system chooses, connected, so that packets of others do not arrive; what is no answer to a
 * question is passed over until the time is over. What was truncated is asked again over TCP. RFC
 * 1035, section 4.2; RFC 5452; RFC 7766. One thread.
 */
final class Exchange {

    private static final int BUFFER = 4096; // more than was asked for

    private final InetSocketAddress server;
    private final long until;
    private final Report report;
    private final LongSupplier clock;
    private final Counters counters;
    private final Disturbance disturbance;

    /** Throws what ends the look-up, if this error of a socket tells of it. */
    interface Disturbance {
        void check(IOException e);
    }

    Exchange(
            InetSocketAddress server,
            long until,
            Report report,
            LongSupplier clock,
            Counters counters,
            Disturbance disturbance) {
        this.server = server;
        this.until = until;
        this.report = report;
        this.clock = clock;
        this.counters = counters;
        this.disturbance = disturbance;
    }

    /** The one place where sockets for datagrams are made. */
    private static DatagramSocket newDatagramSocket() throws IOException {
        return Sockets.datagramSocket();
    }

    /** Those that are answered know it. */
    void udp(List<Question> questions) {
        List<Question> truncated = new ArrayList<>();
        try (DatagramSocket socket = newDatagramSocket()) {
            socket.connect(server);
            for (Question q : questions) {
                send(socket, q);
            }
            receive(socket, new ArrayList<>(questions), truncated);
        } catch (IOException e) {
            failed(e);
        }
        truncated.forEach(this::tcp);
    }

    private void send(DatagramSocket socket, Question q) throws IOException {
        byte[] message = q.message();
        counters.sent.increment();
        socket.send(new DatagramPacket(message, message.length));
    }

    private void receive(DatagramSocket socket, List<Question> waiting, List<Question> truncated)
            throws IOException {
        byte[] buffer = new byte[BUFFER];
        while (!waiting.isEmpty()) {
            socket.setSoTimeout(millisLeft());
            var packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException e) {
                continue; // whether the time is over is for the clock to say
            }
            Question q = null;
            Message m = null;
            for (int i = 0; i < waiting.size() && m == null; i++) {
                q = waiting.get(i);
                m = q.reply(buffer, packet.getLength());
            }
            if (m == null) {
                counters.ignored.increment();
            } else if (m.getHeader().getFlag(Flags.TC)) {
                waiting.remove(q);
                truncated.add(q);
            } else if (take(q, m)) {
                waiting.remove(q);
            } else {
                send(socket, q);
            }
        }
    }

    /** Whether that was all; false: it is to be sent again. */
    private boolean take(Question q, Message m) {
        int code = m.getRcode();
        boolean known = code == Rcode.NOERROR && !isLame(m) || code == Rcode.NXDOMAIN;
        if (known && m.getQuestion() != null) {
            q.answer = m;
            report.said(server, what(m) + " to " + Type.string(q.type));
            return true;
        }
        boolean old = code == Rcode.FORMERR || code == Rcode.NOTIMP || code == Rcode.BADVERS;
        if (old && q.goWithoutEdns()) {
            return false;
        }
        report.said(
                server, code == Rcode.NOERROR ? "to ask others (a referral)" : Rcode.string(code));
        return true;
    }

    private static String what(Message m) {
        if (m.getRcode() == Rcode.NXDOMAIN) {
            return "NXDOMAIN";
        }
        return m.getSection(Section.ANSWER).isEmpty() ? "NODATA" : "NOERROR";
    }

    /** It knows nothing, and sends us to others, whom it would have to ask itself. */
    private static boolean isLame(Message m) {
        return m.getSection(Section.ANSWER).isEmpty()
                && !m.getHeader().getFlag(Flags.AA)
                && !m.getHeader().getFlag(Flags.RA)
                && m.getSection(Section.AUTHORITY).stream().anyMatch(r -> r.getType() == Type.NS);
    }

    /** As {@link #udp}, one question over a connection of its own. */
    void tcp(Question q) {
        try {
            Message m = overTcp(q);
            if (!take(q, m)) {
                m = overTcp(q);
                boolean ignored = take(q, m); // without EDNS there is no second time
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private Message overTcp(Question q) throws IOException {
        Duration left = Duration.ofMillis(millisLeft());
        try (Socket socket = Sockets.connect(server, left)) {
            byte[] message = q.message();
            byte[] framed = new byte[message.length + 2];
            framed[0] = (byte) (message.length >> 8);
            framed[1] = (byte) message.length;
            System.arraycopy(message, 0, framed, 2, message.length);
            counters.sent.increment();
            counters.overTcp.increment();
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(framed);
            byte[] length = read(socket, 2);
            byte[] bytes = read(socket, (length[0] & 0xFF) << 8 | length[1] & 0xFF);
            Message m = q.reply(bytes, bytes.length);
            if (m == null) {
                counters.ignored.increment();
                throw new IOException("sent garbage over TCP");
            }
            return m;
        }
    }

    private byte[] read(Socket socket, int n) throws IOException {
        byte[] bytes = new byte[n];
        InputStream in = socket.getInputStream();
        for (int have = 0; have < n; ) {
            socket.setSoTimeout(millisLeft());
            int got;
            try {
                got = in.read(bytes, have, n - have);
            } catch (SocketTimeoutException e) {
                continue;
            }
            if (got < 0) {
                throw new EOFException("closed the connection in the middle of its answer");
            }
            have += got;
        }
        return bytes;
    }

    /** At least one. */
    private int millisLeft() throws SocketTimeoutException {
        long left = until - clock.getAsLong();
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
    }

    private void failed(IOException e) {
        disturbance.check(e);
        if (e instanceof SocketTimeoutException) {
            counters.unanswered.increment();
        }
        report.note(server, said(e));
    }

    private static String said(IOException e) {
        return switch (e) {
            case SocketTimeoutException t -> "did not answer";
            case PortUnreachableException p -> "does not listen";
            case ConnectException c -> "does not listen over TCP";
            case EOFException f -> String.valueOf(f.getMessage());
            default -> "cannot be asked: " + message(e);
        };
    }

    private static @Nullable String message(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
