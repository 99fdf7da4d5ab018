package dev.jevent.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Media types by the extension of a file's name. Texts are in UTF-8, as the web's files are. */
final class MediaTypes {

    private static final String UNKNOWN = "application/octet-stream";

    /** Type, and the extensions that have it. */
    private static final String TEXTS =
            """
            text/html html htm
            text/css css
            text/javascript js mjs cjs
            text/plain txt text log md markdown conf ini properties yaml yml toml
            text/plain java kt c h cpp hpp py go rs sh sql
            text/csv csv
            text/tab-separated-values tsv
            text/calendar ics
            text/vcard vcf
            text/vtt vtt
            """;

    private static final String OTHERS =
            """
            application/json json map
            application/manifest+json webmanifest
            application/ld+json jsonld
            application/geo+json geojson
            application/xml xml xsl xsd
            application/xhtml+xml xhtml
            application/rss+xml rss
            application/atom+xml atom
            application/wasm wasm
            application/pdf pdf
            application/rtf rtf
            application/epub+zip epub
            application/zip zip
            application/gzip gz tgz
            application/x-bzip2 bz2
            application/x-xz xz
            application/zstd zst
            application/x-tar tar
            application/x-7z-compressed 7z
            application/vnd.rar rar
            application/java-archive jar war ear
            application/msword doc
            application/vnd.ms-excel xls
            application/vnd.ms-powerpoint ppt
            application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
            application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
            application/vnd.oasis.opendocument.text odt
            application/vnd.oasis.opendocument.spreadsheet ods
            application/vnd.oasis.opendocument.presentation odp
            application/vnd.apple.mpegurl m3u8
            application/dash+xml mpd
            image/png png
            image/jpeg jpg jpeg
            image/gif gif
            image/webp webp
            image/avif avif
            image/apng apng
            image/bmp bmp
            image/tiff tif tiff
            image/svg+xml svg
            image/vnd.microsoft.icon ico
            audio/mpeg mp3
            audio/mp4 m4a
            audio/aac aac
            audio/ogg ogg oga
            audio/opus opus
            audio/flac flac
            audio/wav wav
            audio/midi mid midi
            video/mp4 mp4 m4v
            video/webm webm
            video/ogg ogv
            video/mpeg mpeg mpg
            video/mp2t ts
            video/quicktime mov
            video/x-msvideo avi
            video/x-matroska mkv
            font/woff woff
            font/woff2 woff2
            font/ttf ttf
            font/otf otf
            font/collection ttc
            model/gltf+json gltf
            model/gltf-binary glb
            """;

    static final Map<String, String> KNOWN = table();

    private MediaTypes() {}

    private static Map<String, String> table() {
        Map<String, String> table = new HashMap<>();
        TEXTS.lines().forEach(line -> add(line, "; charset=utf-8", table));
        OTHERS.lines().forEach(line -> add(line, "", table));
        return Map.copyOf(table);
    }

    private static void add(String line, String parameter, Map<String, String> to) {
        String[] words = line.split(" ", -1);
        for (int i = 1; i < words.length; i++) {
            to.put(words[i], words[0] + parameter);
        }
    }

    /** Of a file with this name. */
    static String of(String name, Map<String, String> table) {
        int dot = name.lastIndexOf('.');
        return dot < 0
                ? UNKNOWN
                : table.getOrDefault(name.substring(dot + 1).toLowerCase(Locale.ROOT), UNKNOWN);
    }
}
