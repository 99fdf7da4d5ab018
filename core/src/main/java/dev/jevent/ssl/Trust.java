package dev.jevent.ssl;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whom this side trusts; can be changed at any time. */
final class Trust extends X509ExtendedTrustManager {

    /** Everybody, which is no security at all. */
    static final X509ExtendedTrustManager EVERYBODY =
            new X509ExtendedTrustManager() {
                @Override
                public void checkClientTrusted(X509Certificate[] c, String type, Socket s) {}

                @Override
                public void checkServerTrusted(X509Certificate[] c, String type, Socket s) {}

                @Override
                public void checkClientTrusted(X509Certificate[] c, String type, SSLEngine e) {}

                @Override
                public void checkServerTrusted(X509Certificate[] c, String type, SSLEngine e) {}

                @Override
                public void checkClientTrusted(X509Certificate[] c, String type) {}

                @Override
                public void checkServerTrusted(X509Certificate[] c, String type) {}

                @Override
                public X509Certificate[] getAcceptedIssuers() {
                    return new X509Certificate[0];
                }
            };

    private volatile X509ExtendedTrustManager manager;

    Trust(X509ExtendedTrustManager manager) {
        this.manager = manager;
    }

    void set(X509ExtendedTrustManager newOne) {
        manager = newOne;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        manager.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        manager.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        manager.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        manager.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        manager.checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        manager.checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return manager.getAcceptedIssuers();
    }
}
