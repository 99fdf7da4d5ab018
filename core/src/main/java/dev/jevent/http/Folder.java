package dev.jevent.http;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.FileCalls;
import dev.jevent.internal.sys.Native;

import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The folder whose files are served, and the only door to them.
 *
 * <p>The race: between a look at a path and its opening somebody may put a link there. So the path
 * is taken hold of first, and what is held is looked at, and opened, by its descriptor; names are
 * not used again. Where that is not possible (another system than Linux, the portable mode) the
 * real path is opened, and what was opened is looked at afterwards.
 *
 * <p>Any thread. All methods may wait for the disk.
 */
final class Folder {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int MOST_NAME = 255; // bytes, on all file systems that are in use
    private static final int MOST_PATH = 4096;

    private static final int EPERM = 1;
    private static final int ENOTDIR = 20;
    private static final int ELOOP = 40;

    private final Path path;
    private final String text;
    private final boolean handles;
    private final boolean followLinks;
    private volatile @Nullable Path real;

    Folder(Path path, boolean followLinks) {
        this.path = path;
        this.followLinks = followLinks;
        text = path.toString();
        handles =
                Native.isAvailable()
                        && !HubAccess.get().isPortable()
                        && Files.isDirectory(DESCRIPTORS)
                        && (isUtf8() || StandardCharsets.US_ASCII.newEncoder().canEncode(text));
    }

    private static boolean isUtf8() {
        return "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"));
    }

    /** Refuses what is none. */
    static Path check(Path folder) {
        if (folder.getFileSystem() != FileSystems.getDefault() || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "the folder to be served is not there, or is none: " + folder);
        }
        return folder.toAbsolutePath().normalize();
    }

    Folder followLinks(boolean on) {
        return new Folder(path, on);
    }

    @Override
    public String toString() {
        return text;
    }

    /**
     * What is there, if it is in the folder; null if it is not.
     *
     * @param relative without anything in it that could lead out, but links
     * @throws AccessDeniedException if it must not be looked at
     */
    @Nullable StaticFile open(String relative) throws IOException {
        String name = relative.isEmpty() ? text : text + '/' + relative;
        try {
            return handles ? take(name, relative) : find(name, relative);
        } catch (NoSuchFileException | FileNotFoundException e) {
            return null; // it has gone in the middle of this
        }
    }

    /** Takes hold of it. */
    private @Nullable StaticFile take(String name, String relative) throws IOException {
        int fd = FileCalls.openPath(name);
        if (fd < 0) {
            return switch (-fd) {
                case Errno.ENOENT, ENOTDIR, ELOOP, Errno.ENAMETOOLONG -> null;
                case Errno.EACCES, EPERM -> throw new AccessDeniedException(name);
                default -> throw new FileSystemException(name, null, Errno.text(-fd));
            };
        }
        boolean kept = false;
        try {
            Path held = descriptor(fd);
            if (!followLinks && !isInside(Files.readSymbolicLink(held))) {
                return null;
            }
            var attributes = Files.readAttributes(held, BasicFileAttributes.class);
            kept = true;
            return new StaticFile(name, relative, held, fd, attributes);
        } finally {
            if (!kept) {
                Fd.close(fd);
            }
        }
    }

    static Path descriptor(int fd) {
        return DESCRIPTORS.resolve(Integer.toString(fd));
    }

    /** Finds out where it really is. */
    private @Nullable StaticFile find(String name, String relative) throws IOException {
        if (isTooLong(relative)) {
            return null;
        }
        try {
            Path there = Path.of(name).toRealPath();
            if (!followLinks && !isInside(there)) {
                return null;
            }
            var attributes =
                    Files.readAttributes(
                            there, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new StaticFile(name, relative, there, -1, attributes);
        } catch (InvalidPathException e) {
            return null; // no file here can have such a name
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            return null; // a part of the path is a file, or links go round in circles
        }
    }

    private static boolean isTooLong(String relative) {
        byte[] bytes = relative.getBytes(StandardCharsets.UTF_8);
        int name = 0;
        for (byte b : bytes) {
            name = b == '/' ? 0 : name + 1;
            if (name > MOST_NAME) {
                return true;
            }
        }
        return bytes.length > MOST_PATH;
    }

    /**
     * Whether it is in the folder, which may be a link that leads somewhere else since we looked:
     * that is how new versions are put in place.
     */
    boolean isInside(Path there) throws IOException {
        Path known = real;
        if (known != null && there.startsWith(known)) {
            return true;
        }
        known = path.toRealPath();
        real = known;
        return there.startsWith(known);
    }

    /** Whether an entry of one of its folders may be shown. */
    boolean mayShow(Path entry, BasicFileAttributes attributes) throws IOException {
        return (attributes.isDirectory() || attributes.isRegularFile())
                && (followLinks || !Files.isSymbolicLink(entry) || isInside(entry.toRealPath()));
    }
}
