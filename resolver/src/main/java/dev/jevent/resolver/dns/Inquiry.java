package dev.jevent.resolver.dns;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One look-up's questions, to the cache and then to the servers. One thread. */
final class Inquiry {

    private final Settings settings;
    private final long deadline;
    private final Servers servers;
    private final DnsCache cache;
    private final LongSupplier clock;
    private final Counters counters;
    private final Report report = new Report();

    Inquiry(
            Settings settings,
            long deadline,
            Servers servers,
            DnsCache cache,
            LongSupplier clock,
            Counters counters) {
        this.settings = settings;
        this.deadline = deadline;
        this.servers = servers;
        this.cache = cache;
        this.clock = clock;
        this.counters = counters;
    }

    /** Who was asked so far. */
    Report report() {
        return report;
    }

    /**
     * What is known, or the servers say, to each of the types; fewer if they do not say.
     *
     * @throws UnknownHostException if aliases lead nowhere
     */
    List<Answer> ask(Name name, List<Integer> types) throws UnknownHostException {
        List<Answer> answers = new ArrayList<>(types.size());
        List<Chase> chases = new ArrayList<>(types.size());
        for (int type : types) {
            Answer known = cache.get(name, type, clock.getAsLong());
            if (known != null) {
                counters.hits.increment();
                answers.add(known);
            } else {
                counters.misses.increment();
                chases.add(new Chase(name, type));
            }
        }
        chase(chases);
        for (Chase c : chases) {
            Answer end = c.end();
            if (end != null) {
                cache.put(name, c.type, end, clock.getAsLong());
                answers.add(end);
            }
        }
        return answers;
    }

    /** Those that are at the same name are asked together; most often that is all of them. */
    private void chase(List<Chase> chases) throws UnknownHostException {
        List<Chase> open = new ArrayList<>(chases);
        while (!open.isEmpty()) {
            Name at = open.getFirst().at();
            List<Chase> here = open.stream().filter(c -> c.at().equals(at)).toList();
            List<Question> questions = here.stream().map(c -> new Question(at, c.type)).toList();
            servers.ask(questions, settings, deadline, report);
            Question denied = denied(questions);
            for (int i = 0; i < here.size(); i++) {
                Question q = questions.get(i).answer == null ? denied : questions.get(i);
                Chase c = here.get(i);
                if (q != null && q.answer != null) {
                    c.take(q.answer);
                }
                if (q == null || c.end() != null) {
                    open.remove(c);
                }
            }
        }
    }

    /** Whoever says that there is no such name says it for all types. */
    private static @Nullable Question denied(List<Question> questions) {
        for (Question q : questions) {
            if (q.answer != null && q.answer.getRcode() == Rcode.NXDOMAIN) {
                return q;
            }
        }
        return null;
    }
}
