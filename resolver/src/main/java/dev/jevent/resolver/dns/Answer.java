package dev.jevent.resolver.dns;

import org.xbill.DNS.Record;

import java.util.List;

/**
 * What is known about a name and a type.
 *
 * @param exists false if there is no such name at all
 * @param records of that type, where the aliases lead to; none if the name has none
 * @param ttl how long that holds, in seconds; zero if only now
 */
record Answer(boolean exists, List<Record> records, long ttl) {}
