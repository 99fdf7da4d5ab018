/**
 * A resolver that asks the name servers itself, over sockets that give way. Found by the name
 * {@code dns}.
 */
module dev.jevent.resolver {
    requires transitive dev.jevent;
    requires transitive org.dnsjava;
    requires static transitive org.jspecify;

    exports dev.jevent.resolver.dns;

    provides dev.jevent.resolver.ResolverProvider with
            dev.jevent.resolver.dns.DnsResolverProvider;
}
