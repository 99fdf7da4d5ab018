package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.HexFormat;
import java.util.Locale;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Says in plain words, with the name of the peer, why a handshake failed. */
final class Failures {

    private static final int SHOWN = 16;
    private static final String ALERT = "Received fatal alert: ";

    private Failures() {}

    /** Throws if what begins so is no TLS. */
    static void checkTls(Inbound in) throws SSLException {
        int first = in.at(0);
        boolean tls = first >= 20 && first <= 23 && (in.remaining() < 2 || in.at(1) == 3);
        if (!tls) {
            throw new SSLException("it speaks no TLS: what it sends starts with " + start(in));
        }
    }

    private static String start(Inbound in) {
        var bytes = new byte[Math.min(SHOWN, in.remaining())];
        int length = 0;
        while (length < bytes.length && in.at(length) >= ' ' && in.at(length) < 127) {
            bytes[length] = (byte) in.at(length);
            length++;
        }
        if (length > 0 && (length > 3 || length == bytes.length)) {
            return "'" + new String(bytes, 0, length, StandardCharsets.US_ASCII) + "'";
        }
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) in.at(i);
        }
        return "the bytes " + HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    /** With the cause, whatever it is. */
    static SSLHandshakeException ofHandshake(String peer, IOException e) {
        var failure =
                new SSLHandshakeException("TLS handshake with " + peer + " failed: " + reason(e));
        failure.initCause(e);
        return failure;
    }

    /** Of an established connection. */
    static IOException ofConnection(String peer, SSLException e) {
        String alert = alert(e);
        if (alert == null) {
            return e;
        }
        String text = peer + " has ended the TLS connection: " + alert(alert);
        SSLException failure =
                e instanceof SSLHandshakeException
                                || alert.contains("certificate")
                                || alert.equals("unknown_ca")
                        ? new SSLHandshakeException(text)
                        : new SSLException(text);
        failure.initCause(e);
        return failure;
    }

    private static String reason(IOException e) {
        if (e instanceof EOFException) {
            return "the peer closed the connection in the middle of it";
        }
        if (e instanceof SocketException) {
            return "the connection broke (" + e.getMessage() + ")";
        }
        String alert = alert(e);
        if (alert != null) {
            return "the peer refuses it: " + alert(alert);
        }
        String certificate = ofCertificate(e);
        return certificate != null ? certificate : ofEngine(String.valueOf(e.getMessage()));
    }

    private static @Nullable String alert(Throwable e) {
        String message = String.valueOf(e.getMessage());
        int at = message.indexOf(ALERT);
        return at < 0 ? null : message.substring(at + ALERT.length()).toLowerCase(Locale.ROOT);
    }

    private static String alert(String name) {
        String meaning =
                switch (name) {
                    case "certificate_required" -> "it wants a certificate of this side";
                    case "bad_certificate" ->
                            "it wants a certificate of this side, or does not like the one it got";
                    case "unknown_ca", "certificate_unknown" ->
                            "it does not trust the certificate of this side";
                    case "certificate_expired" -> "the certificate of this side has expired";
                    case "no_application_protocol" -> "no application protocol (ALPN) in common";
                    case "protocol_version" -> "no version of TLS in common";
                    case "handshake_failure" ->
                            "no cipher suite or signature in common, or it wants a certificate";
                    case "unrecognized_name" -> "it has no certificate for this host name";
                    default -> "";
                };
        return meaning.isEmpty() ? "alert " + name : meaning + " (alert " + name + ")";
    }

    private static @Nullable String ofCertificate(Throwable e) {
        String reason = null;
        for (Throwable t = e; t != null; t = t.getCause()) {
            switch (t) {
                case CertificateExpiredException x -> {
                    return "its certificate has expired (" + x.getMessage() + ")";
                }
                case CertificateNotYetValidException x -> {
                    return "its certificate is not valid yet (" + x.getMessage() + ")";
                }
                case CertPathBuilderException x ->
                        reason =
                                "its certificate is not signed by an authority that is trusted here"
                                        + " (unknown CA, or self-signed)";
                case CertPathValidatorException x ->
                        reason = "its certificate is not valid: " + x.getMessage();
                case CertificateException x -> {
                    if (reason == null) {
                        reason = "its certificate is refused: " + x.getMessage();
                    }
                }
                default -> {
                    // look further
                }
            }
        }
        return reason;
    }

    private static String ofEngine(String whole) {
        String message = whole.replaceFirst("^\\([a-z_]+\\) ", ""); // the alert that it sends
        return switch (message) {
            case "no cipher suites in common" ->
                    "no cipher suite in common, or no certificate that the client takes";
            case "No matching application layer protocol values" ->
                    "no application protocol (ALPN) in common";
            case "Empty client certificate chain", "Empty certificate chain" ->
                    "the client has sent no certificate, and has to";
            default -> message;
        };
    }
}
