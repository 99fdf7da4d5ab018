package dev.jevent.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The programs of this machine that contenders need: finds them on the {@code PATH} and in the
 * usual folders, and compiles the contenders in C and Go, each once and again when its sources are
 * newer.
 */
final class Tools {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final List<String> USUAL =
            List.of("/usr/bin", "/bin", "/usr/local/bin", "/usr/local/go/bin", "/usr/lib/go/bin");
    private static final String NODE_MODULES = "/usr/share/nodejs";
    private static final String INSTALL = "; benchmarks/run --install installs it";

    private final Path home;
    private final Map<String, Optional<Path>> compiled = new LinkedHashMap<>();
    private Optional<Path> certificate = Optional.empty();
    private final Optional<Path> gcc = find("gcc");
    private final Optional<Path> go = find("go");
    private final Optional<Path> openssl = find("openssl");
    private final boolean opensslHeaders = gcc.filter(Tools::findsOpenssl).isPresent();
    private final Optional<Path> python = findGevent();
    private final Optional<Path> node = find("node");
    final Optional<Path> taskset = find("taskset");
    final Optional<Path> wrk = find("wrk");

    /** The tools, for the sources in the given folder: {@code benchmarks} of a checkout. */
    Tools(Path home) {
        this.home = home;
    }

    /** A program in C, compiled, with OpenSSL if that is here; empty without a compiler. */
    Optional<Path> c(String name) {
        return compiled.computeIfAbsent(name, n -> gcc.map(compiler -> compileC(compiler, n)));
    }

    /** The program in Go, compiled; empty without a compiler. */
    Optional<Path> go() {
        return compiled.computeIfAbsent(
                "go-bench", n -> go.map(compiler -> compileGo(compiler, n)));
    }

    /** Why nothing can be measured over TLS, if so. */
    Optional<String> withoutTls() {
        if (openssl.isEmpty()) {
            return Optional.of(missing("openssl"));
        }
        return opensslHeaders
                ? Optional.empty()
                : Optional.of("no headers of OpenSSL here (libssl-dev)" + INSTALL);
    }

    /**
     * The folder with the certificate of all TLS servers, made when it is first asked for: {@code
     * cert.pem}, {@code key.pem}, and both in {@code store.p12}. Each run has a new one.
     */
    Path certificate() {
        if (certificate.isEmpty()) {
            certificate = Optional.of(makeCertificate(openssl.orElseThrow()));
        }
        return certificate.get();
    }

    private Path makeCertificate(Path program) {
        Path folder = home.resolve("target/tls");
        Path certificateFile = folder.resolve("cert.pem");
        Path keyFile = folder.resolve("key.pem");
        String make =
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                        + " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
        List<String> request = new ArrayList<>(words(program));
        request.addAll(List.of(make.split(" ")));
        request.addAll(words("-keyout", keyFile, "-out", certificateFile));
        compile(certificateFile, Command.of(List.copyOf(request)));
        compile(
                folder.resolve("store.p12"),
                Command.of(
                        words(
                                program,
                                "pkcs12",
                                "-export",
                                "-passout",
                                "pass:benchmark",
                                "-in",
                                certificateFile,
                                "-inkey",
                                keyFile,
                                "-out",
                                folder.resolve("store.p12"))));
        return folder;
    }

    private static boolean findsOpenssl(Path compiler) {
        return firstLine(
                        compiler.toString(),
                        "-E",
                        "-include",
                        "openssl/ssl.h",
                        "-x",
                        "c",
                        "/dev/null")
                .isPresent();
    }

    /** A Python that has gevent. */
    Optional<Path> python() {
        return python;
    }

    /** Where a script for gevent is. */
    Path script(String name) {
        return home.resolve("gevent").resolve(name);
    }

    /** Whether that Python has gevent-websocket. */
    boolean geventHasWebSockets() {
        return python.flatMap(
                        p -> firstLine(p.toString(), "-c", "import geventwebsocket; print(1)"))
                .isPresent();
    }

    Optional<Path> node() {
        return node;
    }

    /** Where a script for Node is. */
    Path nodeScript(String name) {
        return home.resolve("node").resolve(name);
    }

    /** How Node is started: it has to look where Debian's packages put their modules. */
    Command node(String... arguments) {
        List<String> words = new ArrayList<>(words(node.orElseThrow()));
        words.addAll(List.of(arguments));
        return Command.of(List.copyOf(words)).with("NODE_PATH", NODE_MODULES);
    }

    /** Whether Node has ws. */
    boolean nodeHasWebSockets() {
        return node.isPresent()
                && firstLine(node("-e", "require('ws'); console.log(1)")).isPresent();
    }

    /** What to say in place of a contender for which a tool is missing. */
    static String missing(String tool) {
        return "no " + tool + " here" + INSTALL;
    }

    /** The kernel's clock ticks in a second. */
    static int ticksPerSecond() {
        return find("getconf")
                .flatMap(getconf -> firstLine(getconf.toString(), "CLK_TCK"))
                .map(Integer::parseInt)
                .orElse(100);
    }

    /** The versions of what is there, in one line. */
    String versions() {
        List<String> versions = new ArrayList<>();
        versions.add("JDK " + System.getProperty("java.version"));
        python.flatMap(
                        p ->
                                firstLine(
                                        p.toString(),
                                        "-c",
                                        "import gevent, platform as p; print('gevent',"
                                                + " gevent.__version__, '(Python',"
                                                + " p.python_version() + ')')"))
                .ifPresent(versions::add);
        go.flatMap(g -> firstLine(g.toString(), "env", "GOVERSION"))
                .ifPresent(v -> versions.add(v.replaceFirst("^go", "Go ")));
        node.flatMap(n -> firstLine(n.toString(), "--version"))
                .ifPresent(v -> versions.add(v.replaceFirst("^v", "Node ")));
        gcc.flatMap(g -> firstLine(g.toString(), "-dumpfullversion"))
                .ifPresent(v -> versions.add("gcc " + v));
        openssl.flatMap(o -> firstLine(o.toString(), "version"))
                .ifPresent(v -> versions.add(v.replaceFirst(" *\\(.*|(?<=[0-9]) .*", "")));
        return String.join(", ", versions);
    }

    private Path compileC(Path compiler, String name) {
        Path source = home.resolve("c").resolve(name + ".c");
        boolean tls = name.matches("(net|http)_.*") && opensslHeaders;
        Path target = home.resolve("target/native").resolve(tls ? name + "-tls" : name);
        if (isOlder(target, home.resolve("c"))) {
            List<String> words =
                    new ArrayList<>(
                            words(compiler, "-O2", "-Wall", "-Wextra", "-o", target, source));
            if (tls) {
                words.addAll(List.of("-DWITH_TLS", "-lssl", "-lcrypto"));
            }
            compile(target, Command.of(List.copyOf(words)));
        }
        return target;
    }

    private Path compileGo(Path compiler, String name) {
        Path target = home.resolve("target/native").resolve(name);
        if (isOlder(target, home.resolve("go"))) {
            Map<String, String> environment =
                    Map.of(
                            "GOCACHE", home.resolve("target/go-cache").toString(),
                            "GOTOOLCHAIN", "local",
                            "GOPROXY", "off",
                            "GOFLAGS", "");
            List<String> words = new ArrayList<>(words(compiler, "build", "-o", target));
            try (Stream<Path> files = Files.list(home.resolve("go"))) {
                files.map(Path::toString)
                        .filter(f -> f.endsWith(".go"))
                        .sorted()
                        .forEach(words::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            compile(target, new Command(words, environment, Optional.empty()));
        }
        return target;
    }

    /** Runs what makes a file. */
    private static void compile(Path target, Command command) {
        try {
            Files.createDirectories(target.getParent());
            Child.run(command, LIMIT);
        } catch (Exception e) {
            throw new IllegalStateException(
                    "cannot make " + target.getFileName() + ": " + e.getMessage(), e);
        }
    }

    /** Whether a file is missing, or older than a file of a folder. */
    private static boolean isOlder(Path target, Path sources) {
        try (Stream<Path> files = Files.list(sources)) {
            return !Files.exists(target)
                    || files.anyMatch(
                            f -> f.toFile().lastModified() > target.toFile().lastModified());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> findGevent() {
        return Stream.of("python3", "python")
                .flatMap(name -> candidates(name).stream())
                .filter(
                        p ->
                                firstLine(p.toString(), "-c", "import gevent.server; print(1)")
                                        .isPresent())
                .findFirst();
    }

    private static Optional<Path> find(String name) {
        return candidates(name).stream().findFirst();
    }

    /** All programs of this name, those of the PATH first. */
    private static List<Path> candidates(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        Set<String> folders = new LinkedHashSet<>(List.of(path.split(File.pathSeparator)));
        folders.addAll(USUAL);
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .toList();
    }

    /** The first line that a program prints; empty if it fails. */
    private static Optional<String> firstLine(String... words) {
        return firstLine(Command.of(List.of(words)));
    }

    private static Optional<String> firstLine(Command command) {
        try {
            return Child.run(command, LIMIT).stream().findFirst();
        } catch (Exception e) {
            return Optional.empty(); // then it is not the program that we are looking for
        }
    }

    private static List<String> words(Object... words) {
        return Stream.of(words).map(Object::toString).toList();
    }
}
