package org.jvz.runtime.cgroup;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.DirEntry;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.SyscallException;

/** The kernel's interface files. Writing tells the error number, which the JDK does not. */
record KernelFiles(Linux linux) implements InterfaceFiles {
    @Override
    public @Nullable String read(Path file) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toString())) {
            return stripped(in.readAllBytes());
        } catch (FileNotFoundException e) {
            // The JDK says so of every file that does not open.
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            return null;
        }
    }

    private static String stripped(byte[] bytes) {
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void write(Path file, String value) throws IOException {
        // Some files are emptied by an empty line, none by a write of nothing.
        byte[] bytes = (value + "\n").getBytes(StandardCharsets.ISO_8859_1);
        try (Fd fd = linux.open(file, OpenFlag.WRONLY, OpenFlag.TRUNC)) {
            linux.writeFully(fd, bytes);
        } catch (SyscallException e) {
            @Nullable String all = value.isEmpty() && e.is(Errno.ENOSPC) ? offeredAbove(file) : null;
            if (all == null) {
                throw new RefusedWriteException(file, value, e.errno(), e);
            }
            write(file, all);
        }
    }

    /**
     * All that a cpuset of v2 can have, null if that is not to be had. Linux 6.1 lets none that has processes become empty, which would
     * mean the same.
     */
    private @Nullable String offeredAbove(Path file) throws IOException {
        @Nullable Path dir = file.getParent();
        @Nullable String all = dir == null ? null : read(dir.resolveSibling(file.getFileName() + ".effective"));
        return all == null || all.isEmpty() ? null : all;
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public List<Path> children(Path dir) throws IOException {
        List<Path> children = new ArrayList<>();
        try (Fd here = linux.open(dir, OpenFlag.DIRECTORY)) {
            for (DirEntry entry : linux.list(here)) {
                if (entry.isDirectory()) {
                    children.add(dir.resolve(entry.name()));
                }
            }
        } catch (SyscallException e) {
            if (!CgroupTree.isGone(e)) {
                throw e;
            }
        }
        return children;
    }

    @Override
    public Lock lock(Path dir) throws IOException {
        Fd here = linux.open(dir, OpenFlag.DIRECTORY);
        try {
            linux.lock(here, true, true);
            return here::close;
        } catch (IOException e) {
            here.close();
            throw e;
        }
    }

    /** A write that the kernel refused. */
    static final class RefusedWriteException extends IOException {
        private static final long serialVersionUID = 1;

        private final int errno;

        RefusedWriteException(Path file, String value, Errno errno, Throwable cause) {
            super("write '" + value + "' to " + file + ": " + errno + " (" + errno.text() + ")", cause);
            this.errno = errno.number();
        }

        Errno errno() {
            return new Errno(errno);
        }
    }
}
