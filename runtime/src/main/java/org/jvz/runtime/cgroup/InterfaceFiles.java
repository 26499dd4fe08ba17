package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The directories and small text files by which cgroups are driven. */
interface InterfaceFiles {
    /** The content without the last line end; null if there is no such file. */
    @Nullable
    String read(Path file) throws IOException;

    /** Writes a value in one call. A file that does not exist is not made. */
    void write(Path file, String value) throws IOException;

    /** Whether there is such a file or directory. */
    boolean exists(Path path);

    /** The cgroups right below one, in no order; none if it is gone. */
    List<Path> children(Path dir) throws IOException;

    /** Waits for the right to be the only one, of all processes of jvz, that has this cgroup locked. */
    Lock lock(Path dir) throws IOException;

    /** A lock, until it is closed. */
    @FunctionalInterface
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }
}
