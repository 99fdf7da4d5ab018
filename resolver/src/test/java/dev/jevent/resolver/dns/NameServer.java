package dev.jevent.resolver.dns;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A name server in greenlets, over UDP and TCP, for a zone that is written down in the test. */
final class NameServer implements AutoCloseable {

    /** What it does with a question. */
    interface Handler {
        /** The bytes of the answer; null for none. */
        byte @Nullable [] answer(Message query, boolean tcp) throws Exception;
    }

    /** What else may happen to a packet. */
    interface Interference {
        void packet(Message query, SocketAddress from, DatagramSocket own) throws Exception;
    }

    static final String SOA = "test. 60 IN SOA ns.test. root.test. 1 2 3 4 30";

    final List<String> asked = new ArrayList<>(); // by greenlets of one hub only
    final List<SocketAddress> clients = new ArrayList<>();
    final List<Integer> ids = new ArrayList<>();
    Handler handler = (query, tcp) -> fromZone(query).toWire(tcp ? 65535 : payload(query));
    Interference before = (query, from, own) -> {};

    private final List<Record> zone = new ArrayList<>();
    private final InetSocketAddress address;
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final List<Greenlet<Void>> greenlets = new ArrayList<>();

    NameServer(String... records) throws IOException {
        add(SOA);
        for (String r : records) {
            add(r);
        }
        DatagramSocket u;
        ServerSocket t;
        for (; ; ) {
            u = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            t = new ServerSocket();
            try {
                t.bind(u.getLocalSocketAddress());
                break;
            } catch (BindException e) {
                u.close(); // somebody else has that port over TCP
                t.close();
            }
        }
        address = (InetSocketAddress) u.getLocalSocketAddress();
        udp = u;
        tcp = t;
        udp.setReceiveBufferSize(4_000_000);
        greenlets.add(Jevent.spawn(this::serveUdp));
        greenlets.add(Jevent.spawn(this::serveTcp));
    }

    InetSocketAddress address() {
        return address;
    }

    int port() {
        return address.getPort();
    }

    void add(String record) throws IOException {
        String[] w = record.split("\\s+", 5);
        zone.add(
                Record.fromString(
                        Name.fromString(w[0], Name.root),
                        Type.value(w[3]),
                        DClass.IN,
                        Long.parseLong(w[1]),
                        w[4],
                        Name.root));
    }

    void remove(String name) throws IOException {
        Name n = Name.fromString(name, Name.root);
        zone.removeIf(r -> r.getName().equals(n));
    }

    private void serveUdp() throws Exception {
        byte[] buffer = new byte[4096];
        for (; ; ) {
            var packet = new DatagramPacket(buffer, buffer.length);
            udp.receive(packet);
            byte[] bytes = new byte[packet.getLength()];
            System.arraycopy(buffer, 0, bytes, 0, bytes.length);
            SocketAddress from = packet.getSocketAddress();
            var query = new Message(bytes);
            note(query, "");
            clients.add(from);
            ids.add(query.getHeader().getID());
            before.packet(query, from, udp);
            byte[] answer = handler.answer(query, false);
            if (answer != null) {
                udp.send(new DatagramPacket(answer, answer.length, from));
            }
        }
    }

    /** To the one who has asked last. */
    void send(byte[] answer) throws IOException {
        udp.send(new DatagramPacket(answer, answer.length, clients.getLast()));
    }

    private void note(Message query, String how) {
        Record q = query.getQuestion();
        asked.add(Type.string(q.getType()) + " " + q.getName() + how);
    }

    private void serveTcp() throws IOException {
        for (; ; ) {
            Socket socket = tcp.accept();
            Greenlet<Void> g = Jevent.spawn(() -> serve(socket));
            greenlets.add(g);
        }
    }

    private void serve(Socket socket) throws Exception {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            for (; ; ) {
                byte[] bytes = new byte[in.readUnsignedShort()];
                in.readFully(bytes);
                var query = new Message(bytes);
                note(query, " tcp");
                byte[] answer = handler.answer(query, true);
                if (answer == null) {
                    return;
                }
                socket.getOutputStream().write(framed(answer));
            }
        } catch (EOFException e) {
            // the client has what it wants
        }
    }

    static byte[] framed(byte[] message) {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        return framed;
    }

    static int payload(Message query) {
        return query.getOPT() == null ? 512 : query.getOPT().getPayloadSize();
    }

    static Message reply(Message query, int rcode) {
        var m = new Message(query.getHeader().getID());
        m.getHeader().setFlag(Flags.QR);
        m.getHeader().setFlag(Flags.RD);
        m.getHeader().setFlag(Flags.RA);
        m.getHeader().setRcode(rcode);
        m.addRecord(query.getQuestion(), Section.QUESTION);
        return m;
    }

    /** As an authority and resolver: with the aliases that it knows. */
    Message fromZone(Message query) {
        Record q = query.getQuestion();
        Message m = reply(query, Rcode.NOERROR);
        Name at = q.getName();
        for (int i = 0; i < 30; i++) {
            Name name = at;
            List<Record> here = zone.stream().filter(r -> r.getName().equals(name)).toList();
            List<Record> found = here.stream().filter(r -> r.getType() == q.getType()).toList();
            found.forEach(r -> m.addRecord(r, Section.ANSWER));
            Record alias =
                    here.stream().filter(r -> r.getType() == Type.CNAME).findFirst().orElse(null);
            if (!found.isEmpty()) {
                return m;
            }
            if (alias == null) {
                m.getHeader().setRcode(here.isEmpty() ? Rcode.NXDOMAIN : Rcode.NOERROR);
                m.addRecord(zone.getFirst(), Section.AUTHORITY);
                return m;
            }
            m.addRecord(alias, Section.ANSWER);
            at = ((CNAMERecord) alias).getTarget();
        }
        return m;
    }

    @Override
    public void close() throws IOException {
        greenlets.forEach(g -> g.kill());
        udp.close();
        tcp.close();
    }
}
