package dev.jevent.http;

import dev.jevent.Jevent;
import dev.jevent.http.Paths.FileName;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/**
 * Finds the file that is the answer to a path: itself, the index of a folder, or the same,
 * compressed. One that is found belongs to the caller.
 *
 * @param index names of files that are sent for a folder
 * @param blocking whether worker threads find and open it
 */
record FileFinder(Folder folder, List<String> index, boolean blocking) {

    /**
     * What there is; a folder if that has no index or was named without a slash.
     *
     * @param codings compressed files that the client takes
     * @throws HttpException 404 if there is nothing
     */
    StaticFile find(FileName name, List<Coding> codings) throws Exception {
        if (!blocking) {
            return look(name, codings);
        }
        var slot = new Slot();
        boolean done = false;
        try {
            StaticFile found = Jevent.blocking(() -> slot.put(look(name, codings)));
            done = true;
            return found;
        } finally {
            if (!done) {
                slot.abandon();
            }
        }
    }

    /** Closes what a worker finds when nobody waits for it any more. */
    private static final class Slot {
        private @Nullable StaticFile found; // guarded by this
        private boolean abandoned; // guarded by this

        synchronized StaticFile put(StaticFile file) throws IOException {
            found = file;
            if (abandoned) {
                file.close();
            }
            return file;
        }

        synchronized void abandon() throws IOException {
            abandoned = true;
            if (found != null) {
                found.close();
            }
        }
    }

    private StaticFile look(FileName name, List<Coding> codings) throws IOException {
        StaticFile there = folder.open(name.relative());
        if (there == null) {
            throw Paths.refused(404);
        }
        StaticFile kept = there;
        boolean done = false;
        try {
            if (there.isFolder() && name.slash()) {
                kept = indexOf(there, name);
            }
            if (!kept.isFolder()) {
                if (!kept.isFile() || kept == there && name.slash()) {
                    throw Paths.refused(404);
                }
                kept = compressed(kept, codings);
                if (blocking) {
                    kept.open();
                }
            }
            done = true;
            return kept;
        } finally {
            if (!done) {
                kept.close();
            }
        }
    }

    /** The first index that is there, and the folder is closed; or the folder. */
    private StaticFile indexOf(StaticFile there, FileName name) throws IOException {
        for (String child : index) {
            StaticFile file = regular(folder.open(name.child(child)));
            if (file != null) {
                there.close();
                return file;
            }
        }
        return there;
    }

    private static @Nullable StaticFile regular(@Nullable StaticFile file) throws IOException {
        if (file == null || file.isFile()) {
            return file;
        }
        file.close();
        return null;
    }

    /**
     * The file, or the one of the same contents that the client likes most; the other is closed.
     */
    private StaticFile compressed(StaticFile file, List<Coding> codings) throws IOException {
        for (Coding coding : codings) {
            StaticFile other = regular(folder.open(file.relative() + '.' + coding.extension));
            if (other != null && !other.modified().isBefore(file.modified())) {
                file.close();
                return other.as(coding);
            }
            if (other != null) {
                other.close();
            }
        }
        return file;
    }

    /** The page of a folder. */
    byte[] page(FileName name, String path, boolean hidden) throws IOException {
        try (StaticFile there = folder.open(name.relative())) {
            if (there == null || !there.isFolder()) {
                throw Paths.refused(404);
            }
            return FolderPage.of(folder, there, path, hidden, name.relative().isEmpty());
        }
    }
}
