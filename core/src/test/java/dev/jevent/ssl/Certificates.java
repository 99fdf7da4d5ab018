package dev.jevent.ssl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Certificates for the tests, made by openssl once in each JVM. */
final class Certificates {

    static final boolean OPENSSL = runs("openssl", "version");

    private static final String[] EC = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"};

    private static final class Holder {
        static final Certificates ONCE = make();
    }

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    static Certificates get() {
        return Holder.ONCE;
    }

    static boolean runs(String... command) {
        try {
            run(Path.of("."), command);
            return true;
        } catch (IOException | IllegalStateException e) {
            return false;
        }
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    private static Certificates make() {
        try {
            var c = new Certificates(Files.createTempDirectory("jevent-tls"));
            Runtime.getRuntime().addShutdownHook(new Thread(c::delete));
            c.authority("ca");
            c.authority("otherca");
            c.leaf("ca", "server", "localhost", "DNS:localhost,IP:127.0.0.1,IP:::1", 30);
            c.leaf("ca", "second", "localhost", "DNS:localhost", 30);
            c.leaf("ca", "expired", "localhost", "DNS:localhost", -1);
            c.leaf("ca", "example", "a.example.org", "DNS:a.example.org", 30);
            c.leaf("ca", "wildcard", "*.example.org", "DNS:*.example.org", 30);
            c.leaf("ca", "client", "Ann", "DNS:ann", 30);
            c.leaf("otherca", "stranger", "Eve", "DNS:eve", 30);
            c.rsa();
            c.openssl(
                    "req",
                    "-x509",
                    "-newkey",
                    "ed25519",
                    "-nodes",
                    "-days",
                    "9",
                    "-subj",
                    "/CN=localhost",
                    "-addext",
                    "subjectAltName=DNS:localhost",
                    "-keyout",
                    "ed.key",
                    "-out",
                    "ed.pem");
            return c;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete() {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            return; // it is in the system's temporary folder
        }
    }

    private void authority(String name) throws IOException {
        List<String> args = new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "30"));
        args.addAll(List.of(EC));
        args.addAll(
                List.of("-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".pem"));
        openssl(args.toArray(String[]::new));
    }

    private void leaf(String ca, String name, String cn, String names, int days)
            throws IOException {
        List<String> args = new ArrayList<>(List.of("req", "-new", "-nodes"));
        args.addAll(List.of(EC));
        args.addAll(List.of("-subj", "/CN=" + cn, "-keyout", name + ".key", "-out", name + ".csr"));
        openssl(args.toArray(String[]::new));
        sign(ca, name, names, days);
    }

    private void sign(String ca, String name, String names, int days) throws IOException {
        Files.writeString(file(name + ".ext"), "subjectAltName=" + names + "\n");
        openssl(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                ca + ".pem",
                "-CAkey",
                ca + ".key",
                "-CAcreateserial",
                "-days",
                "" + days,
                "-extfile",
                name + ".ext",
                "-out",
                name + ".pem");
    }

    /** One RSA key in all its forms. */
    private void rsa() throws IOException {
        openssl("genrsa", "-out", "rsa.key", "2048");
        openssl("req", "-new", "-key", "rsa.key", "-subj", "/CN=localhost", "-out", "rsa.csr");
        sign("ca", "rsa", "DNS:localhost", 30);
        openssl("rsa", "-in", "rsa.key", "-traditional", "-out", "rsa-pkcs1.key");
        openssl("ec", "-in", "server.key", "-out", "server-sec1.key");
        openssl(
                "pkcs8",
                "-topk8",
                "-in",
                "rsa.key",
                "-passout",
                "pass:secret",
                "-out",
                "rsa-encrypted.key");
        openssl(
                "pkcs8",
                "-topk8",
                "-in",
                "server.key",
                "-v2",
                "aes-128-cbc",
                "-v2prf",
                "hmacWithSHA1",
                "-passout",
                "pass:secret",
                "-out",
                "server-encrypted.key");
        openssl(
                "rsa",
                "-in",
                "rsa.key",
                "-traditional",
                "-aes128",
                "-passout",
                "pass:secret",
                "-out",
                "rsa-old-encrypted.key");
        Files.writeString(
                file("server-all.pem"),
                "some words\n"
                        + Files.readString(file("server-sec1.key"))
                        + Files.readString(file("server.pem"))
                        + Files.readString(file("ca.pem")));
        openssl(
                "pkcs12",
                "-export",
                "-in",
                "server.pem",
                "-inkey",
                "server.key",
                "-passout",
                "pass:secret",
                "-out",
                "server.p12");
    }

    void openssl(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(args));
        run(folder, command.toArray(String[]::new));
    }

    private static void run(Path folder, String... command) throws IOException {
        Process p =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        p.getOutputStream().close();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!p.waitFor(30, TimeUnit.SECONDS) || p.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
