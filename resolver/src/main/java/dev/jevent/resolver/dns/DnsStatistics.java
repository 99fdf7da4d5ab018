package dev.jevent.resolver.dns;

/**
 * What a {@link DnsResolver} has done since it was made.
 *
 * @param lookups how many names and addresses were looked up, and queries made, but for those that
 *     shared the question of another one
 * @param hits how often the cache had the answer
 * @param misses how often it had not
 * @param sent messages that were sent to name servers
 * @param overTcp how many of them over TCP
 * @param unanswered how often a server was waited for in vain
 * @param ignored packets that were no answer: garbage, another question, another id
 * @param cached answers in the cache now, be they still valid or not
 */
public record DnsStatistics(
        long lookups,
        long hits,
        long misses,
        long sent,
        long overTcp,
        long unanswered,
        long ignored,
        int cached) {}
