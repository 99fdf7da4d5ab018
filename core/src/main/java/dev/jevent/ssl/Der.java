package dev.jevent.ssl;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** As much of DER (X.690) as it takes to wrap an old private key into PKCS#8. */
final class Der {

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {0x02, 1, 0};

    private Der() {}

    /** PrivateKeyInfo (RFC 5958), of the key as its algorithm writes it. */
    static byte[] privateKeyInfo(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, VERSION_0, algorithm, element(OCTETS, key));
    }

    /** The AlgorithmIdentifier that a SubjectPublicKeyInfo (RFC 5280, 4.1) starts with. */
    static byte[] algorithm(byte[] publicKeyInfo) {
        int start = contentOf(publicKeyInfo, 0);
        int content = contentOf(publicKeyInfo, start);
        return Arrays.copyOfRange(publicKeyInfo, start, content + length(publicKeyInfo, start));
    }

    private static int contentOf(byte[] der, int element) {
        if (der[element] != SEQUENCE) {
            throw new IllegalArgumentException("no public key in X.509 form");
        }
        int first = der[element + 1] & 0xFF;
        return element + 2 + (first < 0x80 ? 0 : first - 0x80);
    }

    private static int length(byte[] der, int element) {
        int first = der[element + 1] & 0xFF;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < first - 0x80; i++) {
            length = length << 8 | der[element + 2 + i] & 0xFF;
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        var out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
            out.write(0x80 + bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(length >> 8 * i);
            }
        }
        for (byte[] part : parts) {
            out.write(part, 0, part.length);
        }
        return out.toByteArray();
    }
}
