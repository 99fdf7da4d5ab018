package dev.jevent.resolver.dns;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;

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
    private boolean begun;
    private @Nullable UnknownHostException lost;

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
     * What is known, or the servers say, to each of the types; fewer if they do not say, or their
     * aliases lead nowhere. Where nobody has said a word so far, the servers are gone through once.
     *
     * @param shares among how many names, this one and those after it, the time is to be divided
     */
    List<Answer> ask(Name name, List<Integer> types, int shares) {
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
        boolean silence = begun && report.heard() == 0;
        begun |= !chases.isEmpty();
        chase(chases, silence ? 1 : settings.attempts(), until(shares));
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
    private void chase(List<Chase> chases, int attempts, long until) {
        List<Chase> open = new ArrayList<>(chases);
        while (!open.isEmpty()) {
            Name at = open.getFirst().at();
            List<Chase> here = open.stream().filter(c -> c.at().equals(at)).toList();
            List<Question> questions = here.stream().map(c -> new Question(at, c.type)).toList();
            servers.ask(questions, settings, attempts, until, report);
            for (int i = 0; i < here.size(); i++) {
                if (!goOn(here.get(i), questions.get(i).answer)) {
                    open.remove(here.get(i));
                }
            }
        }
    }

    /** Each type for itself: an answer to one of them says nothing about another. */
    private boolean goOn(Chase chase, @Nullable Message answer) {
        if (answer == null) {
            return false;
        }
        try {
            chase.take(answer);
            return chase.end() == null;
        } catch (UnknownHostException e) {
            lost = e;
            return false;
        }
    }

    /** One full round of the servers at least, or an equal share of the time that is left. */
    private long until(int shares) {
        long now = clock.getAsLong();
        long left = Math.max(0, deadline - now);
        long round = settings.timeout().toNanos() * settings.servers().size();
        return now + Math.min(left, Math.max(round, left / shares));
    }

    /** Whether there is no time left. */
    boolean isOver() {
        return deadline - clock.getAsLong() <= 0;
    }

    /** Aliases that led nowhere; null if all did lead somewhere. */
    @Nullable UnknownHostException lost() {
        return lost;
    }
}
