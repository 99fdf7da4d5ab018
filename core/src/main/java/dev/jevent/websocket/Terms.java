package dev.jevent.websocket;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What two peers have agreed on for permessage-deflate (RFC 7692, 7.1).
 *
 * @param serverForgets whether each message of the server stands for itself
 * @param clientForgets the same of the client
 * @param serverBits how far the server may refer back: two to the power of this
 * @param clientBits the same of the client
 */
record Terms(boolean serverForgets, boolean clientForgets, int serverBits, int clientBits) {

    static final String NAME = "permessage-deflate";

    private static final String SERVER_FORGETS = "server_no_context_takeover";
    private static final String CLIENT_FORGETS = "client_no_context_takeover";
    private static final String SERVER_BITS = "server_max_window_bits";
    private static final String CLIENT_BITS = "client_max_window_bits";
    private static final int LEAST_BITS = 8;
    static final int MOST_BITS = 15;

    // ---- a server

    /** The first of a client's offers that can be kept; null if there is none. */
    static @Nullable Terms accept(List<Extension> offers, Compression wanted) {
        for (Extension offer : offers) {
            if (offer.name().equalsIgnoreCase(NAME)) {
                Terms terms = read(offer, true);
                if (terms != null) {
                    boolean short_ = terms.serverBits < MOST_BITS;
                    return new Terms(
                            terms.serverForgets || !wanted.windows() || short_,
                            terms.clientForgets || !wanted.windows(),
                            terms.serverBits,
                            MOST_BITS); // any window of the client can be followed
                }
            }
        }
        return null;
    }

    /** What a server answers. */
    String answer() {
        return NAME
                + (serverForgets ? "; " + SERVER_FORGETS : "")
                + (clientForgets ? "; " + CLIENT_FORGETS : "")
                + (serverBits < MOST_BITS ? "; " + SERVER_BITS + "=" + serverBits : "");
    }

    // ---- a client

    /** What a client offers. */
    static String offer(Compression wanted) {
        return NAME
                + "; "
                + CLIENT_BITS
                + (wanted.windows() ? "" : "; " + SERVER_FORGETS + "; " + CLIENT_FORGETS);
    }

    /** What a server's answer means; null if it is none that it may give. */
    static @Nullable Terms ofAnswer(Extension answer, Compression wanted) {
        Terms terms = answer.name().equalsIgnoreCase(NAME) ? read(answer, false) : null;
        return terms == null
                ? null
                : new Terms(
                        terms.serverForgets,
                        terms.clientForgets || !wanted.windows() || terms.clientBits < MOST_BITS,
                        terms.serverBits,
                        terms.clientBits);
    }

    // ---- both

    private static @Nullable Terms read(Extension extension, boolean offer) {
        boolean serverForgets = false;
        boolean clientForgets = false;
        int serverBits = MOST_BITS;
        int clientBits = MOST_BITS;
        Set<String> seen = new HashSet<>();
        for (Extension.Parameter p : extension.parameters()) {
            boolean good = seen.add(p.name());
            switch (p.name()) {
                case SERVER_FORGETS -> {
                    serverForgets = true;
                    good &= p.value() == null;
                }
                case CLIENT_FORGETS -> {
                    clientForgets = true;
                    good &= p.value() == null;
                }
                case SERVER_BITS -> serverBits = bits(p.value());
                case CLIENT_BITS -> {
                    boolean bare = p.value() == null && offer;
                    clientBits = bare ? MOST_BITS : bits(p.value());
                }
                default -> good = false;
            }
            if (!good || serverBits == 0 || clientBits == 0) {
                return null;
            }
        }
        return new Terms(serverForgets, clientForgets, serverBits, clientBits);
    }

    /** Zero if it is no number from 8 to 15. */
    private static int bits(@Nullable String value) {
        for (int bits = LEAST_BITS; bits <= MOST_BITS; bits++) {
            if (Integer.toString(bits).equals(value)) {
                return bits;
            }
        }
        return 0;
    }
}
