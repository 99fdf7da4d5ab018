package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Reads the text form of certificates and private keys; RFC 7468, RFC 5958, RFC 8017 (A.1.2) and
 * RFC 5915.
 */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final String PBES2 = "1.2.840.113549.1.5.13";

    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    private record Block(String label, byte[] content) {}

    private Pem() {}

    private static List<Block> read(Path file) throws IOException {
        Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            String label = matcher.group(1);
            String body = matcher.group(2);
            if (body.contains("Proc-Type:")) {
                throw new IOException(
                        file
                                + ": this old form of an encrypted key is not understood; convert"
                                + " it with: openssl pkcs8 -topk8 -in "
                                + file);
            }
            try {
                blocks.add(new Block(label, Base64.getMimeDecoder().decode(body)));
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        file + ": what stands under BEGIN " + label + " is broken", e);
            }
        }
        return blocks;
    }

    /** All of a file, in its order; one at least. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> all = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : read(file)) {
                if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                    var in = new ByteArrayInputStream(block.content);
                    all.add((X509Certificate) factory.generateCertificate(in));
                }
            }
        } catch (CertificateException e) {
            throw new IOException(file + ": a certificate in it is broken: " + e.getMessage(), e);
        }
        if (all.isEmpty()) {
            throw new IOException(file + ": no certificate is in it (BEGIN CERTIFICATE)");
        }
        return all;
    }

    /** The first private key of a file, which has to belong to the public key. */
    static PrivateKey key(Path file, char @Nullable [] password, PublicKey owner)
            throws IOException {
        for (Block block : read(file)) {
            if (block.label.endsWith("PRIVATE KEY")) {
                try {
                    return key(file, block, password, owner);
                } catch (GeneralSecurityException | IllegalArgumentException e) {
                    throw new IOException(
                            file + ": cannot read its private key: " + e.getMessage(), e);
                }
            }
        }
        throw new IOException(file + ": no private key is in it (BEGIN PRIVATE KEY)");
    }

    private static PrivateKey key(
            Path file, Block block, char @Nullable [] password, PublicKey owner)
            throws IOException, GeneralSecurityException {
        KeySpec spec =
                switch (block.label) {
                    case "PRIVATE KEY" -> new PKCS8EncodedKeySpec(block.content);
                    case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
                            new PKCS8EncodedKeySpec(
                                    Der.privateKeyInfo(
                                            Der.algorithm(owner.getEncoded()), block.content));
                    case "ENCRYPTED PRIVATE KEY" -> decrypted(file, block.content, password);
                    default ->
                            throw new IOException(
                                    file
                                            + ": a key of this kind is not understood: "
                                            + block.label);
                };
        return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(spec);
    }

    private static KeySpec decrypted(Path file, byte[] content, char @Nullable [] password)
            throws IOException, GeneralSecurityException {
        if (password == null) {
            throw new IOException(file + ": its private key is encrypted, and needs a password");
        }
        var info = new EncryptedPrivateKeyInfo(content);
        String name = info.getAlgName();
        if (name.equals("PBES2") || name.equals(PBES2)) {
            name = info.getAlgParameters().toString(); // names both halves of the scheme
        }
        var spec = new PBEKeySpec(password);
        try {
            SecretKey secret = SecretKeyFactory.getInstance(name).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    file + ": cannot decrypt its private key; is the password right?", e);
        } finally {
            spec.clearPassword();
        }
    }
}
