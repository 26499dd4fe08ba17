package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls.Whence;
import org.jvz.runtime.linux.Linux;

/** What comes out of a console: the end of the file that the VE's keeper appends it to, and then whatever is added. */
final class ConsoleOutput implements AutoCloseable {
    /** How much of what was said before is shown: about a screen, bytes. */
    static final int SHOWN = 4_096;

    private static final int BUFFER = 16_384;

    private final Linux linux;
    private final Fd file;
    private final Fd writes;
    private long position;

    private ConsoleOutput(Linux linux, Fd file, Fd writes, long position) {
        this.linux = linux;
        this.file = file;
        this.writes = writes;
        this.position = position;
    }

    /**
     * Opens the file; null if there is none, as before a VE's first start.
     *
     * @param whole whether to show all of it, not only the end
     */
    static @Nullable ConsoleOutput open(Linux linux, Path path, boolean whole) throws IOException {
        if (!Files.exists(path)) {
            return null;
        }
        Fd file = linux.open(path);
        try {
            Fd writes = linux.watchWrites(path);
            return new ConsoleOutput(linux, file, writes, whole ? 0 : start(linux, file));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The start of the first whole line of the last {@link #SHOWN} bytes. */
    private static long start(Linux linux, Fd file) throws IOException {
        long end = linux.seek(file, 0, Whence.END);
        if (end <= SHOWN) {
            return 0;
        }
        byte[] last = new byte[SHOWN];
        int n = linux.readAt(file, end - SHOWN, last, 0, SHOWN);
        for (int i = 0; i < n; i++) {
            if (last[i] == '\n') {
                return end - SHOWN + i + 1;
            }
        }
        return end - SHOWN;
    }

    /** Readable when there may be more. */
    Fd writes() {
        return writes;
    }

    /** Passes on what is new. */
    void copyTo(Fd out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n; (n = linux.readAt(file, position, buffer, 0, BUFFER)) > 0; position += n) {
            for (int done = 0; done < n; ) {
                done += linux.write(out, buffer, done, n - done);
            }
        }
    }

    /** Takes the notices away of what {@link #copyTo} is about to pass on. */
    void forgetNotices() throws IOException {
        linux.read(writes, new byte[BUFFER], 0, BUFFER);
    }

    @Override
    public void close() {
        writes.close();
        file.close();
    }
}
