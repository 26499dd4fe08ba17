package org.jvz.runtime.view;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.SyscallException;
import org.jvz.runtime.linux.UmountFlag;

/**
 * Files with a fixed content for a VE to see. They lie in a small file system of their own that is mounted for a moment only:
 * once it is detached, nothing but the VE's mounts of its files keeps it, and it goes with them. So there is nothing
 * to clear away, and a VE whose root may write to it (a privileged one) can fill nothing but it.
 */
public final class PlainView {
    /** What mount tables say where the file system comes from. */
    public static final String SOURCE = "jvz-view";

    /** A processor takes some 1500 bytes of /proc/cpuinfo. */
    private static final String OPTIONS = "mode=755,size=16m,nr_inodes=32";

    private final Linux linux;

    public PlainView(Linux linux) {
        this.linux = linux;
    }

    /**
     * Makes the files.
     *
     * @param texts what each is to say
     * @param dir where to mount for the moment, used by nobody else; made, and removed again
     */
    public ViewTrees make(Map<ViewFile, String> texts, Path dir) throws IOException {
        ViewTrees trees = new ViewTrees(linux);
        if (texts.isEmpty()) {
            return trees;
        }
        boolean done = false;
        Files.createDirectories(dir);
        detach(dir);
        linux.mount(SOURCE, dir, "tmpfs", Set.of(MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC), OPTIONS);
        try {
            for (Map.Entry<ViewFile, String> text : texts.entrySet()) {
                Path file = dir.resolve(text.getKey().name().toLowerCase(Locale.ROOT));
                Files.write(file, text.getValue().getBytes(StandardCharsets.UTF_8));
                try (Fd fd = linux.open(file)) {
                    linux.chmod(fd, 0444);
                }
                trees.take(text.getKey(), file.toString());
            }
            done = true;
            return trees;
        } finally {
            detach(dir);
            Files.delete(dir);
            if (!done) {
                trees.close();
            }
        }
    }

    /** Takes away what is mounted there: ours, or that of one who was killed at this point. */
    private void detach(Path dir) throws SyscallException {
        while (true) {
            try {
                linux.unmount(dir, UmountFlag.DETACH, UmountFlag.NOFOLLOW);
            } catch (SyscallException e) {
                if (e.is(Errno.EINVAL)) {
                    return;
                }
                throw e;
            }
        }
    }
}
