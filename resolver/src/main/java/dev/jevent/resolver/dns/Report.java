package dev.jevent.resolver.dns;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who was asked in a look-up, and what they said; for the error. One thread. */
final class Report {

    private final Map<String, Integer> said = new LinkedHashMap<>();
    private int heard;

    void note(InetSocketAddress server, String what) {
        Integer ignored = said.merge(text(server) + " " + what, 1, Integer::sum);
    }

    /** A server has spoken. */
    void said(InetSocketAddress server, String what) {
        heard++;
        note(server, "said " + what);
    }

    /** How often a server has spoken, be it only to say that it cannot help. */
    int heard() {
        return heard;
    }

    static String text(InetSocketAddress server) {
        String host = server.getAddress().getHostAddress();
        return host.indexOf(':') < 0
                ? host + ":" + server.getPort()
                : "[" + host + "]:" + server.getPort();
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        said.forEach(
                (what, times) -> {
                    text.append(text.isEmpty() ? "" : ", ").append(what);
                    if (times > 1) {
                        text.append(" (").append(times).append(" times)");
                    }
                });
        return text.isEmpty() ? "nobody was asked" : text.toString();
    }
}
