package dev.jevent.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** What both sides of an opening handshake reckon: RFC 6455, 1.3 and 4. */
final class Handshakes {

    static final String VERSION = "13";

    private static final int KEY_BYTES = 16;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Handshakes() {}

    static String newKey() {
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES && key.endsWith("==");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What a server answers to a key. */
    static String accept(String key) {
        try {
            byte[] both = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(both);
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
