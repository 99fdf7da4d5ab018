package dev.jevent.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The page that shows what is in a folder: plain HTML, links relative to it. */
final class FolderPage {

    static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";
    private static final int MOST = 10_000;

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%s</title>
            <style>
            :root { color-scheme: light dark; --line: #8883; --soft: #888; --link: #0b63c5; }
            @media (prefers-color-scheme: dark) { :root { --link: #7ab8ff; } }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto;
              padding: 2rem 1rem; }
            h1 { font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere; }
            table { width: 100%%; border-collapse: collapse; }
            th, td { text-align: left; padding: .4rem .5rem; border-bottom: 1px solid var(--line); }
            th { font-size: .8rem; font-weight: 500; color: var(--soft); }
            td:first-child { overflow-wrap: anywhere; }
            th:nth-child(n+2), td:nth-child(n+2) { text-align: right; white-space: nowrap;
              color: var(--soft); font-variant-numeric: tabular-nums; }
            tr:hover td { background: #8881; }
            a { color: var(--link); text-decoration: none; }
            a:hover { text-decoration: underline; }
            .folder { font-weight: 600; }
            p { color: var(--soft); }
            @media (max-width: 36rem) { th:nth-child(3), td:nth-child(3) { display: none; } }
            </style>
            </head>
            <body>
            <h1>%s</h1>
            <table>
            <thead><tr><th>Name</th><th>Size</th><th>Changed (UTC)</th></tr></thead>
            <tbody>
            """;

    private record Entry(String name, boolean folder, long size, Instant modified) {}

    private FolderPage() {}

    /**
     * The page.
     *
     * @param path that was asked for, decoded; ends with a slash
     * @param hidden whether to show what begins with a dot
     */
    static byte[] of(Folder root, StaticFile folder, String path, boolean hidden, boolean top)
            throws IOException {
        List<Entry> entries = new ArrayList<>();
        boolean all = list(root, folder, hidden, entries);
        entries.sort(
                Comparator.comparing((Entry e) -> !e.folder())
                        .thenComparing(Entry::name, String.CASE_INSENSITIVE_ORDER)
                        .thenComparing(Entry::name));
        var page = new StringBuilder(HEAD.length() + 200 * entries.size());
        String title = escape(path);
        page.append(String.format(Locale.ROOT, HEAD, title, title));
        if (!top) {
            page.append(
                    "<tr><td><a class=\"folder\""
                            + " href=\"../\">../</a></td><td></td><td></td></tr>\n");
        }
        entries.forEach(e -> row(e, page));
        page.append("</tbody>\n</table>\n");
        if (entries.isEmpty()) {
            page.append("<p>There is nothing here.</p>\n");
        } else if (!all) {
            page.append("<p>There is more: only ").append(MOST).append(" are shown.</p>\n");
        }
        return page.append("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether these are all. */
    private static boolean list(Folder root, StaticFile folder, boolean hidden, List<Entry> to)
            throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder.place())) {
            for (Path path : stream) {
                Optional<Entry> entry = entry(root, path, hidden);
                if (entry.isPresent() && to.size() == MOST) {
                    return false;
                }
                entry.ifPresent(to::add);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return true;
    }

    /** Empty if it is not to be seen. */
    private static Optional<Entry> entry(Folder root, Path path, boolean hidden) {
        String name = path.getFileName().toString();
        if (!hidden && name.startsWith(".") || !isAddressable(path, name)) {
            return Optional.empty();
        }
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!root.mayShow(path, attributes)) {
                return Optional.empty();
            }
            Instant modified = attributes.lastModifiedTime().toInstant();
            return Optional.of(
                    new Entry(name, attributes.isDirectory(), attributes.size(), modified));
        } catch (IOException e) {
            return Optional.empty(); // it has gone, is a link to nothing, or must not be seen
        }
    }

    /** Whether a link to it would find it: not if its name is no text. */
    private static boolean isAddressable(Path path, String name) {
        try {
            return name.indexOf('\\') < 0 && path.getFileName().equals(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static void row(Entry e, StringBuilder page) {
        String slash = e.folder() ? "/" : "";
        page.append("<tr><td><a ")
                .append(e.folder() ? "class=\"folder\" " : "")
                .append("href=\"./")
                .append(Paths.encode(e.name()))
                .append(slash)
                .append("\">")
                .append(escape(e.name()))
                .append(slash)
                .append("</a></td><td>")
                .append(e.folder() ? "" : size(e.size()))
                .append("</td><td>")
                .append(DATE.format(e.modified()))
                .append("</td></tr>\n");
    }

    private static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double n = bytes;
        int unit = -1;
        while (n >= 999.5) {
            n /= 1000;
            unit++;
        }
        String format = n < 9.95 ? "%.1f %sB" : "%.0f %sB";
        return String.format(Locale.ROOT, format, n, "kMGTPE".charAt(unit));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
