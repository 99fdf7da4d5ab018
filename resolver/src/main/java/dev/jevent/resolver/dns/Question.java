package dev.jevent.resolver.dns;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A question to name servers, and how it stands. Each time it is sent it gets a new random id. RFC
 * 1035, section 4; RFC 6891. One thread.
 */
final class Question {

    /** What fits into a packet that nobody has to split (DNS flag day 2020). */
    static final int PAYLOAD = 1232;

    private static final int HEADER = 12;
    private static final int COUNTS = 4;
    private static final int RESPONSE = 0x80; // in the third byte
    private static final SecureRandom RANDOM = new SecureRandom();

    final Name name;
    final int type;
    private int id;
    private boolean edns = true;

    /** The answer that counts, of any server. */
    @Nullable Message answer;

    Question(Name name, int type) {
        this.name = name;
        this.type = type;
    }

    /** Another server is asked, which may know more of the format than the last one. */
    void beginAnew() {
        edns = true;
    }

    /** Without EDNS from now on; whether it was with it. */
    boolean goWithoutEdns() {
        boolean was = edns;
        edns = false;
        return was;
    }

    /** The message to send. */
    byte[] message() {
        id = RANDOM.nextInt(1 << 16);
        var message = new Message(id);
        message.getHeader().setOpcode(Opcode.QUERY);
        message.getHeader().setFlag(Flags.RD);
        message.addRecord(Record.newRecord(name, type, DClass.IN), Section.QUESTION);
        if (edns) {
            message.addRecord(new OPTRecord(PAYLOAD, 0, 0), Section.ADDITIONAL);
        }
        return message.toWire();
    }

    /**
     * What the bytes say to this question; null if they do not, or make no sense. An error needs
     * not repeat the question: who cannot read it, or does not want to, may say so in a header.
     */
    @Nullable Message reply(byte[] bytes, int length) {
        if (length < HEADER
                || ((bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF) != id
                || (bytes[2] & RESPONSE) == 0) {
            return null;
        }
        if (length == HEADER) {
            bytes = withoutCounts(bytes); // they are those of the question, sometimes
        }
        Message m;
        try {
            m = new Message(Arrays.copyOf(bytes, length));
        } catch (IOException | RuntimeException e) {
            return null; // not in the format: the one who sends it may not be who it seems
        }
        Header h = m.getHeader();
        if (h.getOpcode() != Opcode.QUERY) {
            return null;
        }
        boolean error = m.getRcode() != Rcode.NOERROR && h.getCount(Section.QUESTION) == 0;
        return isEcho(m, h) || error ? m : null;
    }

    private static byte[] withoutCounts(byte[] bytes) {
        byte[] header = Arrays.copyOf(bytes, HEADER);
        Arrays.fill(header, COUNTS, HEADER, (byte) 0);
        return header;
    }

    private boolean isEcho(Message m, Header h) {
        Record q = m.getQuestion();
        return h.getCount(Section.QUESTION) == 1
                && q != null
                && q.getType() == type
                && q.getDClass() == DClass.IN
                && q.getName().equals(name);
    }
}
