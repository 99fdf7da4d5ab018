package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Chooses the certificate of this side: a server's by the host name that the client asks for (RFC
 * 6066), a client's by the authorities that the server names. What it has can be changed at any
 * time; a handshake that has chosen already still finds what it has chosen.
 */
final class Keys extends X509ExtendedKeyManager {

    /**
     * What there is to choose from.
     *
     * @param main for all names that have none of their own
     * @param byName in lower case; {@code *.example.org} stands for one label in front
     * @param chooser asked first; answers null if it knows none
     */
    record Choice(
            List<Identity> main,
            Map<String, List<Identity>> byName,
            @Nullable Function<String, @Nullable Tls> chooser) {

        List<Identity> forName(@Nullable String host) {
            if (host == null) {
                return main;
            }
            String name = host.toLowerCase(Locale.ROOT);
            List<Identity> found = byName.get(name);
            int dot = name.indexOf('.');
            if (found == null && dot > 0) {
                found = byName.get("*" + name.substring(dot));
            }
            return found == null ? main : found;
        }
    }

    private static final int MOST_REMEMBERED = 1024;

    /** Those chosen last: the engine asks for them by alias at once. Guarded by itself. */
    private final Map<String, Identity> chosen =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Identity> eldest) {
                    return size() > MOST_REMEMBERED;
                }
            };

    private volatile Choice choice;

    Keys(Choice choice) {
        this.choice = choice;
    }

    void set(Choice newOne) {
        choice = newOne;
    }

    private String remember(Identity identity) {
        synchronized (chosen) {
            chosen.put(identity.alias(), identity);
        }
        return identity.alias();
    }

    private @Nullable Identity remembered(String alias) {
        synchronized (chosen) {
            return chosen.get(alias);
        }
    }

    // ---- servers

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return forServer(keyType, engine.getHandshakeSession());
    }

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return forServer(keyType, socket instanceof SSLSocket s ? s.getHandshakeSession() : null);
    }

    private @Nullable String forServer(String keyType, @Nullable SSLSession session) {
        for (Identity identity : forName(requestedName(session))) {
            if (identity.isOf(keyType)) {
                return remember(identity);
            }
        }
        return null;
    }

    /** Without the function. */
    List<Identity> forNameItself(String host) {
        return choice.forName(host);
    }

    private List<Identity> forName(@Nullable String host) {
        Choice c = choice;
        if (host != null && c.chooser != null) {
            Tls other = c.chooser.apply(host.toLowerCase(Locale.ROOT));
            if (other != null) {
                return other.identitiesFor(host);
            }
        }
        return c.forName(host);
    }

    private static @Nullable String requestedName(@Nullable SSLSession session) {
        if (session instanceof ExtendedSSLSession extended) {
            for (SNIServerName name : extended.getRequestedServerNames()) {
                if (name.getType() == StandardConstants.SNI_HOST_NAME) {
                    return name instanceof SNIHostName host
                            ? host.getAsciiName()
                            : new SNIHostName(name.getEncoded()).getAsciiName();
                }
            }
        }
        return null;
    }

    // ---- clients

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        return forClient(keyTypes, issuers);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return forClient(keyTypes, issuers);
    }

    /** One that no authority of the server has signed is better than none: the server says why. */
    private @Nullable String forClient(String[] keyTypes, Principal @Nullable [] issuers) {
        Identity any = null;
        for (Identity identity : choice.main) {
            if (Arrays.stream(keyTypes).anyMatch(identity::isOf)) {
                if (identity.isIssuedBy(issuers)) {
                    return remember(identity);
                }
                any = any == null ? identity : any;
            }
        }
        return any == null ? null : remember(any);
    }

    // ---- by alias

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Identity identity = remembered(alias);
        return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Identity identity = remembered(alias);
        return identity == null ? null : identity.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType, issuers);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType, issuers);
    }

    private String[] aliases(String keyType, Principal @Nullable [] issuers) {
        return choice.main.stream()
                .filter(i -> i.isOf(keyType) && i.isIssuedBy(issuers))
                .map(this::remember)
                .toArray(String[]::new);
    }
}
