package org.jvz.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories that only root may enter: what lies in them has set-id files of other people's making. */
final class PrivateDirectories {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final FileAttribute<Set<PosixFilePermission>> PUBLIC =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    private PrivateDirectories() {}

    /** Makes {@code dir}, and what is missing above it (that for all to enter); tightens one that is there. */
    static void make(Path dir) throws IOException {
        if (Files.isDirectory(dir)) {
            if (!Files.getPosixFilePermissions(dir).equals(OWNER_ONLY)) {
                Files.setPosixFilePermissions(dir, OWNER_ONLY);
            }
            return;
        }
        Path parent = dir.getParent();
        if (parent != null) {
            Files.createDirectories(parent, PUBLIC);
        }
        // Does nothing if another process was quicker.
        Files.createDirectories(dir, PRIVATE);
    }

    /** Makes a directory that anyone may read, and what is missing above it. */
    static void makePublic(Path dir) throws IOException {
        Files.createDirectories(dir, PUBLIC);
    }
}
