package dev.jevent.http;

import dev.jevent.Jevent;
import dev.jevent.http.Paths.FileName;
import dev.jevent.http.Ranges.Range;

import org.jspecify.annotations.Nullable;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Answers with the files of a folder: GET and HEAD, ranges, conditional requests (RFC 9110, 13 and
 * 14), index files; by {@code sendfile} where the connection allows it.
 *
 * <pre>{@code
 * new HttpServer(8080, new StaticFiles(Path.of("public")).cacheControl("max-age=3600"))
 * }</pre>
 *
 * <ul>
 *   <li>There is no way out of the folder: neither by what a path can hold nor by a symbolic link,
 *       unless {@link #followLinks} allows it. Links inside, and the folder itself being one, are
 *       fine. What begins with a dot is not there, but {@code /.well-known}, unless {@link
 *       #hidden}.
 *   <li>FIFOs, devices and sockets are not there either; they are not opened to find that out.
 *   <li>What is not there is answered with 404, what must not be read with 403.
 *   <li>A file that is replaced by renaming is sent as it was when it was opened. One that is cut
 *       or written over while it is sent ends the connection before the answer is complete; one
 *       that grows, as a log does, is sent up to where it ended.
 *   <li>The entity tag is made of size and time, in nanoseconds; it is a weak one for the first two
 *       seconds of a file, in which it might change unseen.
 *   <li>More than 16 ranges at once, or such that overlap, are answered with the whole file.
 * </ul>
 *
 * <p>Finding and opening a file takes some microseconds, in which the hub does nothing else; so
 * does reading what is not in memory, for as long as the disk takes. For a slow disk, or one behind
 * a network, there is {@link #blocking}. Listings are always made by worker threads.
 *
 * <p>Options are set before the first request, by one thread; requests may come from any. A kill, a
 * timeout or an interrupt leaves no file open.
 */
public final class StaticFiles implements HttpHandler {

    private static final int ATTEMPTS = 5;

    private Folder folder;
    private List<String> prefix = List.of();
    private List<String> index = List.of("index.html");
    private Map<String, String> types = MediaTypes.KNOWN;
    private @Nullable String cacheControl;
    private boolean listing;
    private boolean hidden;
    private boolean precompressed;
    private boolean blocking;
    private volatile boolean inUse;

    /**
     * The files of a folder, and those below it.
     *
     * @throws IllegalArgumentException if there is no such folder
     */
    public StaticFiles(Path folder) {
        this.folder = new Folder(Folder.check(folder), false);
    }

    // ---- options

    private void beforeUse() {
        if (inUse) {
            throw new IllegalStateException("options are set before the first request");
        }
    }

    /** The path under which they are served, {@code /static}; all of it if it is not set. */
    public StaticFiles prefix(String path) {
        beforeUse();
        prefix = Paths.prefix(path);
        return this;
    }

    /**
     * What is sent for a folder, the first of these that is there; {@code index.html} if it is not
     * set. None: nothing.
     */
    public StaticFiles index(String... names) {
        beforeUse();
        for (String name : names) {
            if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
                throw new IllegalArgumentException(
                        "an index is the name of a file, not \"" + Text.shown(name) + "\"");
            }
        }
        index = List.of(names);
        return this;
    }

    /** Whether a folder without an index is shown as a page; not if it is not set. */
    public StaticFiles listing(boolean on) {
        beforeUse();
        listing = on;
        return this;
    }

    /** The Cache-Control of all files; none if it is not set. */
    public StaticFiles cacheControl(String value) {
        beforeUse();
        cacheControl = Text.checkValue("Cache-Control", value);
        return this;
    }

    /** Whether what begins with a dot is served; not if it is not set. */
    public StaticFiles hidden(boolean on) {
        beforeUse();
        hidden = on;
        return this;
    }

    /** The media type of files with this extension, in any case, instead of the known one. */
    public StaticFiles type(String extension, String type) {
        beforeUse();
        String key = extension.startsWith(".") ? extension.substring(1) : extension;
        Map<String, String> more = new HashMap<>(types);
        more.put(key.toLowerCase(Locale.ROOT), Text.checkValue("Content-Type", type));
        types = Map.copyOf(more);
        return this;
    }

    /** Whether symbolic links may lead out of the folder; not if it is not set. */
    public StaticFiles followLinks(boolean on) {
        beforeUse();
        folder = folder.followLinks(on);
        return this;
    }

    /**
     * Whether a client that takes it gets {@code page.js.br}, {@code .zst} or {@code .gz} for
     * {@code page.js}, if there is one that is not older; not if it is not set.
     */
    public StaticFiles precompressed(boolean on) {
        beforeUse();
        precompressed = on;
        return this;
    }

    /**
     * Whether files are found, opened and read by worker threads, as in {@link Jevent#blocking};
     * not if it is not set. It costs more, and a disk that is slow holds up nobody else.
     */
    public StaticFiles blocking(boolean on) {
        beforeUse();
        blocking = on;
        return this;
    }

    // ---- requests

    @Override
    public void handle(Request request, Response response) throws Exception {
        if (!inUse) {
            inUse = true;
        }
        if (!request.is("GET") && !request.is("HEAD")) {
            Router.answerAllowed(request, response, "GET, HEAD, OPTIONS");
            return;
        }
        FileName name = Paths.file(request.rawPath(), prefix, hidden);
        List<Coding> codings = precompressed ? Coding.accepted(request.headers()) : List.of();
        var finder = new FileFinder(folder, index, blocking);
        for (int attempt = 1; ; attempt++) {
            try (StaticFile file = finder.find(name, codings)) {
                if (file.isFolder()) {
                    answerFolder(request, response, finder, name);
                } else {
                    answer(request, response, file);
                }
                return;
            } catch (StaticFile.Changed e) {
                if (response.isCommitted() || attempt == ATTEMPTS) {
                    throw e;
                }
            } catch (AccessDeniedException e) {
                throw Paths.refused(403);
            } catch (NoSuchFileException e) {
                throw Paths.refused(404);
            }
        }
    }

    private void answerFolder(Request request, Response response, FileFinder finder, FileName name)
            throws Exception {
        if (!name.slash()) {
            // Relative, so that it cannot lead to another host, and is right behind a proxy.
            String query = request.query().map(q -> "?" + q).orElse("");
            String location = "./" + Paths.encode(name.last()) + "/" + query;
            response.header("Location", location).status(301).send();
        } else if (listing) {
            String path = Text.decode(request.rawPath(), false);
            byte[] page = Jevent.blocking(() -> finder.page(name, path, hidden));
            Response r =
                    response.header("X-Content-Type-Options", "nosniff")
                            .header("Content-Security-Policy", FolderPage.POLICY)
                            .header("Cache-Control", "no-cache");
            r.send("text/html; charset=utf-8", page);
        } else {
            throw Paths.refused(404);
        }
    }

    private void answer(Request request, Response response, StaticFile file) throws Exception {
        Headers asked = request.headers();
        Instant now = Instant.now();
        Validators validators = Validators.of(file, now);
        int status = validators.check(asked);
        if (status == 412) {
            throw Paths.refused(412);
        }
        if (status == 304) {
            describe(response, validators, now);
            response.status(304).send();
            return;
        }
        boolean isHead = request.is("HEAD");
        Optional<List<Range>> ranges =
                !isHead && validators.allowsRange(asked)
                        ? Ranges.of(asked, file.size())
                        : Optional.empty();
        if (ranges.isPresent() && ranges.get().isEmpty()) {
            throw Paths.refused(416).header("Content-Range", "bytes */" + file.size());
        }
        file.open();
        List<Range> parts = ranges.orElseGet(() -> List.of(new Range(0, file.size() - 1)));
        var sender = new FileSender(file, parts, blocking);
        if (!isHead) {
            sender.readSmall();
        }
        describe(response, validators, now);
        String type = MediaTypes.of(file.plainName(), types);
        describe(response, file, type);
        if (isHead) {
            response.contentLength(file.size()).send();
        } else {
            sender.send(ranges.isPresent() ? response.status(206) : response, type);
        }
    }

    /** What 304 has as well. */
    private void describe(Response response, Validators validators, Instant now) {
        Response r =
                response.header("ETag", validators.field())
                        .header("Last-Modified", validators.date(now));
        if (cacheControl != null) {
            r = r.header("Cache-Control", cacheControl);
        }
        if (precompressed) {
            r = r.addHeader("Vary", "Accept-Encoding");
        }
    }

    private static void describe(Response response, StaticFile file, String type) {
        Response r =
                response.contentType(type)
                        .header("Accept-Ranges", "bytes")
                        .header("X-Content-Type-Options", "nosniff");
        if (file.coding() != Coding.IDENTITY) {
            r = r.header("Content-Encoding", file.coding().token);
        }
    }

    @Override
    public String toString() {
        return "StaticFiles of " + folder;
    }
}
