/**
 * Asks the name servers itself. {@link dev.jevent.resolver.dns.DnsResolver} is the door; the format
 * of the messages is dnsjava's.
 */
@NullMarked
package dev.jevent.resolver.dns;

import org.jspecify.annotations.NullMarked;
