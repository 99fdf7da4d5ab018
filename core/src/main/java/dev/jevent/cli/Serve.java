package dev.jevent.cli;

import dev.jevent.Jevent;
import dev.jevent.SignalHandler;
import dev.jevent.http.AccessLogWriter;
import dev.jevent.http.AccessLogs;
import dev.jevent.http.Gzip;
import dev.jevent.http.HttpHandler;
import dev.jevent.http.HttpServer;
import dev.jevent.http.ProblemLog;
import dev.jevent.http.StaticFiles;
import dev.jevent.signal.Shutdown;
import dev.jevent.ssl.Tls;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code jevent serve}: a server for a folder or a handler, which lives as a program under {@link
 * ProgramRun} does. What is wrong before it listens is one line. Follows {@code python -m
 * gevent.pywsgi}.
 */
final class Serve {

    /** The process has so much more time to end than the requests have. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);

    private final ServeOptions options;
    private final Tls tls; // null: without
    private final Class<?> type; // null: a folder
    private final String member; // of the class; empty if none was named

    /** Loads what it needs; does not listen yet. */
    Serve(ServeOptions options) throws CannotRun {
        this.options = options;
        tls = tls();
        int colons = options.what.lastIndexOf("::");
        String name = colons < 0 ? options.what : options.what.substring(0, colons);
        member = colons < 0 ? "" : options.what.substring(colons + 2);
        type = colons < 0 && isFolder(name) ? null : classOf(name);
    }

    /** Serves until it is told to stop, and ends the process. */
    static void run(ServeOptions options) throws CannotRun {
        options.properties.forEach(System::setProperty);
        var serve = new Serve(options);
        Duration ending = options.stopTimeout.plus(AFTERWARDS);
        Duration usual = Shutdown.defaultGrace();
        new ProgramRun(args -> serve.serve(), ending.compareTo(usual) > 0 ? ending : usual)
                .run(List.of());
    }

    // ---- before there is a server

    private Tls tls() throws CannotRun {
        Path certificate = options.certificate;
        if (certificate == null) {
            return null;
        }
        Path key = options.key == null ? certificate : options.key;
        try {
            return Tls.server(certificate, key).alpn("http/1.1").watchFiles(true);
        } catch (NoSuchFileException e) {
            throw new CannotRun("no such file: " + e.getFile(), e);
        } catch (IOException | RuntimeException e) {
            throw new CannotRun(
                    "cannot use the certificate " + certificate + ": " + e.getMessage(), e);
        }
    }

    private static boolean isFolder(String name) throws CannotRun {
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            return true;
        }
        boolean isSource = name.endsWith(".java");
        if (Files.isRegularFile(path) && !isSource) {
            throw new CannotRun(
                    name
                            + " is a file; name its folder, or a class in it: jevent serve -cp "
                            + name
                            + " CLASS");
        }
        if (!isSource && name.matches("[./~].*|.*[/\\\\]|.*[^\\w.$/].*")) { // it is no class
            throw new CannotRun("no such folder: " + name);
        }
        return false;
    }

    private Class<?> classOf(String name) throws CannotRun {
        List<Path> classPath = ClassPath.parse(options.classPath);
        try {
            return Program.of(name, false, classPath).mainClass();
        } catch (CannotRun e) {
            if (e.getCause() instanceof ClassNotFoundException && !name.endsWith(".java")) {
                throw new CannotRun("no folder " + name + " here, and " + e.getMessage(), e);
            }
            throw e;
        }
    }

    // ---- the server

    /** Serves until it is told to stop. */
    void serve() throws Exception {
        HttpHandler handler = handler();
        try (AccessLogWriter log = log();
                ProblemLog problems = problems()) {
            HttpServer server = server(options.gzip ? Gzip.of(handler) : handler, log, problems);
            start(server);
            SignalHandler rotation = options.logFile == null ? null : reopening(log);
            if (!options.quiet) {
                System.err.println(
                        "jevent serves "
                                + options.what
                                + " at "
                                + where(server)
                                + " (Ctrl-C ends it)");
            }
            try {
                server.serveForever();
            } finally {
                if (rotation != null) {
                    rotation.cancel();
                }
            }
        }
    }

    /** At a HUP, which is what logrotate sends. */
    private static SignalHandler reopening(AccessLogWriter log) {
        try {
            return Jevent.signalHandler("HUP", log::reopen);
        } catch (IllegalArgumentException e) {
            return null; // then it ends the process, as it would anywhere else
        }
    }

    /** What clients do wrong, ten lines a second at most. */
    private ProblemLog problems() {
        return options.quiet ? null : ProblemLog.to(new FileOutputStream(FileDescriptor.err));
    }

    private HttpHandler handler() throws Exception {
        return type == null
                ? new StaticFiles(Path.of(options.what)).listing(options.listing)
                : HandlerFinder.find(type, member);
    }

    private AccessLogWriter log() throws CannotRun {
        Path file = options.logFile;
        if (options.log == null) {
            return null;
        }
        try {
            if (file == null) {
                var out = new FileOutputStream(FileDescriptor.out);
                return switch (options.log) {
                    case COMMON -> AccessLogs.common(out);
                    case COMBINED -> AccessLogs.combined(out);
                    case JSON -> AccessLogs.json(out);
                };
            }
            return switch (options.log) {
                case COMMON -> AccessLogs.common(file);
                case COMBINED -> AccessLogs.combined(file);
                case JSON -> AccessLogs.json(file);
            };
        } catch (IOException e) {
            throw new CannotRun("cannot write the log " + file + ": " + reason(e), e);
        }
    }

    private HttpServer server(HttpHandler handler, AccessLogWriter log, ProblemLog problems) {
        var server = new HttpServer(options.addresses.getFirst(), handler);
        options.addresses.stream().skip(1).forEach(server::listen);
        HttpServer ignored =
                server.limits(options.limits)
                        .reusePort(options.reusePort)
                        .stopTimeout(options.stopTimeout);
        if (log != null) {
            ignored = server.accessLog(log);
        }
        if (problems != null) {
            ignored = server.onProblem(problems);
        }
        if (tls != null) {
            ignored = server.tls(tls);
        }
        if (options.proxyProtocol != null) {
            ignored = server.proxyProtocol(options.proxyProtocol);
        }
        return server;
    }

    private void start(HttpServer server) throws CannotRun {
        try {
            server.start();
        } catch (UnknownHostException e) {
            throw new CannotRun("cannot listen: no such host: " + e.getMessage(), e);
        } catch (BindException e) {
            throw new CannotRun(
                    "cannot listen: "
                            + e.getMessage()
                            + "; another --port may be free, and 0 is one that is",
                    e);
        } catch (IOException e) {
            throw new CannotRun("cannot listen: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException none -> "no such file or folder: " + none.getFile();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private String where(HttpServer server) {
        return server.addresses().stream()
                .map(a -> a instanceof InetSocketAddress internet ? url(internet) : text(a))
                .collect(Collectors.joining(", "));
    }

    private String url(InetSocketAddress address) {
        boolean all = address.getAddress().isAnyLocalAddress();
        return (tls == null ? "http://" : "https://")
                + (all ? "localhost:" + address.getPort() : text(address))
                + "/"
                + (all ? " and all other addresses of this machine" : "");
    }

    private static String text(SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
            case InetSocketAddress internet -> {
                String host = internet.getHostString();
                yield (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + internet.getPort();
            }
            default -> address.toString();
        };
    }
}
