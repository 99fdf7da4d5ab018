package dev.jevent.examples;

import dev.jevent.Jevent;
import dev.jevent.event.Event;
import dev.jevent.file.FileObject;
import dev.jevent.http.EventStream;
import dev.jevent.http.HttpException;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Takes files of any size in constant memory. Who sends one gets its SHA-256; others can watch how
 * far it is meanwhile.
 *
 * <pre>
 *   curl -T film.mkv localhost:8080/files/film.mkv
 *   curl -N localhost:8080/progress/film.mkv
 * </pre>
 */
public final class StreamingUpload {

    private static final String PAGE =
            """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Upload</title>
            <form><input type="file" required> <button>Upload</button></form>
            <p><progress value="0" hidden></progress></p>
            <pre></pre>
            <script>
              const bar = document.querySelector('progress')
              const moment = () => new Promise(over => setTimeout(over, 300))
              document.querySelector('form').onsubmit = async event => {
                event.preventDefault()
                const file = document.querySelector('input').files[0]
                const name = encodeURIComponent(file.name.replace(/[^\\w.-]/g, '_'))
                const sent = fetch('/files/' + name, { method: 'PUT', body: file })
                await moment()
                const progress = new EventSource('/progress/' + name)
                progress.onmessage = e => { bar.hidden = false; bar.max = file.size; bar.value = e.data }
                const answer = await sent
                progress.close()
                document.querySelector('pre').textContent = await answer.text()
              }
            </script>
            """;

    private static final String FILES = "/files/";
    private static final String PROGRESS = "/progress/";
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(200);
    private static final int PIECE = 1 << 16;

    /** A file that comes. Greenlets of one hub only. */
    private static final class Upload {
        long bytes;
        Event news = new Event(); // set when there are more, or it is over
        boolean over;

        void advance(int n) {
            bytes += n;
            tell();
        }

        void tell() {
            Event before = news;
            news = new Event();
            before.set();
        }
    }

    private final Path folder;
    private final long limit;
    private final Map<String, Upload> uploads = new HashMap<>();

    private StreamingUpload(Path folder, long limit) {
        this.folder = folder;
        this.limit = limit;
    }

    /** The port, the folder (this one), and how many bytes a file may have (10 GiB). */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        Path folder = Path.of(args.length > 1 ? args[1] : ".");
        long limit = args.length > 2 ? Long.parseLong(args[2]) : 10L << 30;
        var server = newServer(port, folder, limit);
        server.start();
        System.out.println("StreamingUpload listens on port " + server.port());
        server.serveForever();
    }

    static HttpServer newServer(int port, Path folder, long limit) {
        return new HttpServer(port, new StreamingUpload(folder, limit)::handle);
    }

    private void handle(Request request, Response response) throws Exception {
        String path = request.path();
        if (path.equals("/")) {
            response.send("text/html; charset=utf-8", PAGE);
        } else if (path.startsWith(FILES) && request.is("PUT")) {
            receive(name(path.substring(FILES.length())), request, response);
        } else if (path.startsWith(PROGRESS)) {
            watch(name(path.substring(PROGRESS.length())), request, response);
        } else {
            throw new HttpException(404);
        }
    }

    /** Nothing that leads to another folder, or hides. */
    private static String name(String name) {
        if (!name.matches("\\w[\\w.-]{0,99}") || name.endsWith(".part")) {
            throw new HttpException(400, "a file's name has letters, digits, _, . and -");
        }
        return name;
    }

    // ---- the file

    private void receive(String name, Request request, Response response) throws Exception {
        request.bodyLimit(limit); // 413, before the client sends it if it asks
        var upload = new Upload();
        if (uploads.putIfAbsent(name, upload) != null) {
            throw new HttpException(409, name + " is being uploaded by somebody else");
        }
        Path part = folder.resolve(name + ".part");
        try {
            String sum = copy(request.body(), part, upload);
            Path ignored =
                    FileObject.move(
                            part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            response.status(201).send(name + " " + upload.bytes + " bytes, SHA-256 " + sum + "\n");
        } finally {
            uploads.remove(name);
            upload.over = true;
            upload.tell();
            boolean ignored = FileObject.deleteIfExists(part); // if it did not come to its end
        }
    }

    /** The disk holds up nobody but this greenlet: worker threads write. */
    private static String copy(InputStream body, Path file, Upload upload)
            throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[PIECE];
        try (OutputStream out = FileObject.output(file)) {
            for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
                digest.update(piece, 0, n);
                out.write(piece, 0, n);
                upload.advance(n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    // ---- who watches

    /** An event with the number of bytes, some times a second, until the file is there. */
    private void watch(String name, Request request, Response response) throws IOException {
        Upload upload = uploads.get(name);
        if (upload == null) {
            throw new HttpException(404, "nobody uploads " + name);
        }
        try (EventStream events = EventStream.open(request, response)) {
            while (!upload.over) {
                events.send(upload.bytes + "");
                upload.news.await();
                Jevent.sleep(BETWEEN_EVENTS);
            }
            events.send(upload.bytes + "");
        }
    }
}
