package dev.jevent.http;

import dev.jevent.internal.jdk.FileDescriptors;
import dev.jevent.internal.sys.Fd;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * Something in the {@link Folder}, as it was when it was found; it is open only after {@link
 * #open}. One thread at a time. All methods may wait for the disk, but those that tell what it is.
 */
final class StaticFile implements AutoCloseable {

    private final String name;
    private final String relative;
    private final Path place; // a held descriptor's, or the real path
    private final BasicFileAttributes attributes;
    private int held; // that descriptor, or -1
    private @Nullable FileChannel content;
    private Coding coding = Coding.IDENTITY;
    private Path again; // where to look whether it has changed

    StaticFile(String name, String relative, Path place, int held, BasicFileAttributes attributes) {
        this.name = name;
        this.relative = relative;
        this.place = place;
        this.held = held;
        this.attributes = attributes;
        again = place;
    }

    boolean isFile() {
        return attributes.isRegularFile();
    }

    boolean isFolder() {
        return attributes.isDirectory();
    }

    long size() {
        return attributes.size();
    }

    Instant modified() {
        return attributes.lastModifiedTime().toInstant();
    }

    /** Its name below the folder. */
    String relative() {
        return relative;
    }

    /** The same, without what was added for its coding. */
    String plainName() {
        return coding == Coding.IDENTITY
                ? relative
                : relative.substring(0, relative.length() - coding.extension.length() - 1);
    }

    Coding coding() {
        return coding;
    }

    /** It has the contents of another one, compressed. */
    StaticFile as(Coding how) {
        coding = how;
        return this;
    }

    /** Where its entries can be listed. */
    Path place() {
        return place;
    }

    /** Opens it to be read, if it is not open yet. */
    void open() throws IOException {
        if (content == null) {
            if (held >= 0) {
                openHeld();
            } else {
                openPlace();
            }
        }
    }

    private void openHeld() throws IOException {
        FileChannel c = FileChannel.open(place, StandardOpenOption.READ);
        content = c;
        int fd = FileDescriptors.of(c);
        if (fd >= 0) {
            again = Folder.descriptor(fd);
            letGo();
        }
    }

    private void openPlace() throws IOException {
        FileChannel c;
        try {
            c = FileChannel.open(place, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            throw new Changed(e.getMessage(), e); // it is a link now, perhaps: look again
        }
        content = c;
        int fd = FileDescriptors.of(c);
        Path opened = Folder.descriptor(fd);
        if (fd >= 0 && Files.exists(opened)) {
            again = opened;
        }
        // Somebody may have put another one there since we looked.
        if (!again.toRealPath().equals(place) || !isSame(look())) {
            throw new NoSuchFileException(name);
        }
    }

    FileChannel content() {
        return Objects.requireNonNull(content, "it is not open");
    }

    private BasicFileAttributes look() throws IOException {
        return Files.readAttributes(again, BasicFileAttributes.class);
    }

    private boolean isSame(BasicFileAttributes now) {
        return Objects.equals(now.fileKey(), attributes.fileKey());
    }

    /**
     * Reads a part of it.
     *
     * @throws Changed if it ends before
     */
    byte[] read(long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (content().read(bytes, offset + bytes.position()) < 0) {
                throw new Changed(name + " is shorter than it was when it was opened");
            }
        }
        return bytes.array();
    }

    /**
     * Looks whether what was read of it belongs together. It may have grown, as logs do: what was
     * there stays what it was. One that was written over, even if it is longer then, cannot be told
     * from that; files are replaced by renaming.
     *
     * @throws Changed if it was written to and has not grown
     */
    void check() throws IOException {
        BasicFileAttributes now;
        try {
            now = look();
        } catch (NoSuchFileException e) {
            return; // it is found by its name only, and has none any more
        }
        boolean written = !now.lastModifiedTime().equals(attributes.lastModifiedTime());
        if (isSame(now) && (now.size() < size() || written && now.size() == size())) {
            throw new Changed(name + " was written to while it was read");
        }
    }

    /** It is not what it was. */
    static final class Changed extends IOException {
        private static final long serialVersionUID = 1;

        Changed(String message) {
            super(message);
        }

        Changed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private void letGo() {
        if (held >= 0) {
            Fd.close(held);
            held = -1;
        }
    }

    @Override
    public void close() throws IOException {
        letGo();
        FileChannel c = content;
        if (c != null) {
            c.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
