package dev.jevent.resolver.dns;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Follows aliases from a name to records of a type, inside of an answer and from one to the next.
 * RFC 1034, section 3.6.2; RFC 2308. One thread.
 */
final class Chase {

    private static final int MOST_ALIASES = 16;
    private static final long LONGEST_TTL = Integer.MAX_VALUE; // RFC 2181, section 8

    final Name start;
    final int type;
    private final Set<Name> seen = new HashSet<>();
    private Name at;
    private long ttl = LONGEST_TTL;
    private @Nullable Answer end;

    Chase(Name start, int type) {
        this.start = start;
        this.type = type;
        this.at = start;
    }

    /** Which name is to be asked for next. */
    Name at() {
        return at;
    }

    /** Where it ended; null if it has not. */
    @Nullable Answer end() {
        return end;
    }

    /**
     * Takes an answer to the question for the name where it is.
     *
     * @throws UnknownHostException if the aliases lead in a circle, or too far
     */
    void take(Message m) throws UnknownHostException {
        List<Record> section = m.getSection(Section.ANSWER);
        boolean moved = false;
        for (; ; ) {
            List<Record> found = at(section, type);
            if (!found.isEmpty()) {
                end = new Answer(true, found, ttl);
                return;
            }
            List<Record> alias = type == Type.CNAME ? List.of() : at(section, Type.CNAME);
            if (alias.isEmpty()) {
                break;
            }
            follow(((CNAMERecord) alias.getFirst()).getTarget());
            moved = true;
        }
        Record authority = authority(m);
        if (m.getRcode() == Rcode.NXDOMAIN) {
            // the name that does not exist is the last one (RFC 6604); the first is an alias of it
            end = new Answer(!at.equals(start), List.of(), ttl(authority));
        } else if (authority != null || !moved) {
            end = new Answer(true, List.of(), ttl(authority));
        }
    }

    private void follow(Name target) throws UnknownHostException {
        seen.add(at);
        if (seen.contains(target) || seen.size() > MOST_ALIASES) {
            throw new UnknownHostException(
                    start.toString(true)
                            + ": its aliases (CNAME) lead "
                            + (seen.contains(target) ? "in a circle" : "too far"));
        }
        at = target;
    }

    /** Those of the type at the name where it is; the least of their TTLs counts. */
    private List<Record> at(List<Record> section, int wanted) {
        List<Record> found = new ArrayList<>();
        for (Record r : section) {
            boolean typed = r.getType() == wanted || wanted == Type.ANY;
            if (typed && r.getDClass() == DClass.IN && r.getName().equals(at)) {
                found.add(r);
                ttl = Math.min(ttl, r.getTTL() > LONGEST_TTL ? 0 : r.getTTL());
            }
        }
        return List.copyOf(found);
    }

    private static @Nullable Record authority(Message m) {
        for (Record r : m.getSection(Section.AUTHORITY)) {
            if (r instanceof SOARecord) {
                return r;
            }
        }
        return null;
    }

    /** How long it holds that there is nothing; unknown without an SOA record, so not at all. */
    private long ttl(@Nullable Record authority) {
        if (!(authority instanceof SOARecord soa)) {
            return 0;
        }
        long least = Math.min(Math.min(soa.getTTL(), soa.getMinimum()), ttl);
        return least > LONGEST_TTL ? 0 : least;
    }
}
