package dev.jevent.server;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The file of a Unix-domain listener. The kernel leaves it behind when its server ends in whatever
 * way, and then refuses to bind to it.
 */
final class UnixFile {

    private final Path path;
    private final @Nullable Object key; // device and inode

    private UnixFile(Path path) throws IOException {
        this.path = path.toAbsolutePath();
        this.key = attributes(path).fileKey();
    }

    /** To be called when it is bound. */
    static UnixFile bound(Path path, @Nullable String permissions) throws IOException {
        var file = new UnixFile(path);
        boolean done = false;
        try {
            if (permissions != null) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            }
            done = true;
        } finally {
            if (!done) {
                file.delete();
            }
        }
        return file;
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Removes a socket that nobody listens to, for the next bind.
     *
     * @throws BindException if somebody does, or it is no socket
     */
    static void removeStale(Path path) throws IOException {
        Object probed;
        try {
            BasicFileAttributes attributes = attributes(path);
            if (!attributes.isOther()) {
                throw new BindException("there is a file that is no socket: " + path);
            }
            probed = attributes.fileKey();
        } catch (NoSuchFileException e) {
            return;
        }
        if (isAlive(path)) {
            throw new BindException("Address already in use: somebody listens to unix:" + path);
        }
        // between the look and here somebody may have removed it and bound another
        if (probed != null && probed.equals(currentKey(path))) {
            Files.deleteIfExists(path);
        }
    }

    private static boolean isAlive(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false); // with a full backlog it would wait
            boolean ignored = probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false; // refused
        } catch (IOException e) {
            // a datagram socket, one of another user: not ours to remove
            var unsure = new BindException("cannot tell whether unix:" + path + " is in use");
            unsure.initCause(e);
            throw unsure;
        }
    }

    private static @Nullable Object currentKey(Path path) {
        try {
            return attributes(path).fileKey();
        } catch (IOException e) {
            return null; // it has gone
        }
    }

    /** Deletes it, unless somebody has put another in its place. */
    void delete() {
        if (key == null || !key.equals(currentKey(path))) {
            return;
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            return; // the directory may not be written any more; the next server sees it is stale
        }
    }
}
