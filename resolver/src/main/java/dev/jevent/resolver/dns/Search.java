package dev.jevent.resolver.dns;

import dev.jevent.resolver.Families;

import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** A look-up of addresses that goes through the search list, and what came of it. One thread. */
final class Search {

    private final String name;
    private final Families families;
    private final List<Integer> types = new ArrayList<>(2);
    private final List<String> asked = new ArrayList<>();
    private boolean exists;
    private boolean unanswered;

    Search(String name, Families families, Settings settings) {
        this.name = name;
        this.families = families;
        if (families.hasIpv4()) {
            types.add(Type.A);
        }
        if (families.hasIpv6() && !settings.noIpv6()) {
            types.add(Type.AAAA);
        }
    }

    /** The types of records to be asked for. */
    List<Integer> types() {
        return types;
    }

    /** The addresses in the answers to one of the names; none if that was not it. */
    List<InetAddress> take(String candidate, List<Answer> answers) throws UnknownHostException {
        List<Record> records = new ArrayList<>();
        for (Answer a : answers) {
            records.addAll(a.records());
            exists |= a.exists();
        }
        unanswered |= answers.size() < types.size();
        asked.add(candidate);
        return Addresses.of(name, records, families);
    }

    /** None of the names was it. */
    UnknownHostException failure(Report report) {
        String what = "there is no such name";
        if (unanswered) {
            what = "no name server gave an answer";
        } else if (exists) {
            what = "the name has no address of the family asked for";
        }
        String as = asked.equals(List.of(name)) ? "" : ", asked as " + String.join(", ", asked);
        return new UnknownHostException(name + ": " + what + as + "; " + report);
    }
}
