package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads and writes the small text files by which cgroups are driven. */
interface InterfaceFiles {
    /** The content without the last line end; null if there is no such file. */
    @Nullable
    String read(Path file) throws IOException;

    /** Writes a value in one call. A file that does not exist is not made. */
    void write(Path file, String value) throws IOException;
}
