package dev.jevent.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is at a path, following links; see inode(7). */
enum FileKind {
    REGULAR,
    DIRECTORY,
    FIFO,
    CHARACTERS,
    BLOCKS,
    SOCKET,
    NONE;

    private static final int MASK = 0xF000;

    static FileKind of(Path path) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return Files.isRegularFile(path) ? REGULAR : NONE;
        }
        try {
            return switch ((Integer) Files.getAttribute(path, "unix:mode") & MASK) {
                case 0x8000 -> REGULAR;
                case 0x4000 -> DIRECTORY;
                case 0x1000 -> FIFO;
                case 0x2000 -> CHARACTERS;
                case 0x6000 -> BLOCKS;
                case 0xC000 -> SOCKET;
                default -> NONE;
            };
        } catch (IOException e) {
            return NONE; // opening it says why
        }
    }
}
