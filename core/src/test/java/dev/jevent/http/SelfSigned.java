package dev.jevent.http;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A certificate for the loopback interface, which is its own authority, and its key. */
record SelfSigned(Path pem, Path key) {

    /** Made by openssl; without that the test is skipped. */
    static SelfSigned in(Path folder) throws Exception {
        var made = new SelfSigned(folder.resolve("c.pem"), folder.resolve("c.key"));
        try {
            Process openssl =
                    new ProcessBuilder(
                                    "openssl",
                                    "req",
                                    "-x509",
                                    "-newkey",
                                    "ec",
                                    "-pkeyopt",
                                    "ec_paramgen_curve:P-256",
                                    "-nodes",
                                    "-days",
                                    "9",
                                    "-subj",
                                    "/CN=localhost",
                                    "-addext",
                                    "subjectAltName=DNS:localhost,IP:127.0.0.1",
                                    "-keyout",
                                    made.key + "",
                                    "-out",
                                    made.pem + "")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            int ignored = openssl.waitFor();
        } catch (IOException e) {
            Assumptions.abort("there is no openssl: " + e.getMessage());
        }
        Assumptions.assumeTrue(Files.exists(made.pem), "openssl makes the certificate");
        return made;
    }
}
