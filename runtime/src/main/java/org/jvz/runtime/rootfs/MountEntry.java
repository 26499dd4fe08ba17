package org.jvz.runtime.rootfs;

/**
 * One line of {@code /proc/PID/mountinfo}, its escapes undone. proc_pid_mountinfo(5).
 *
 * @param id unique among the mounts of the machine at one time, reused later
 * @param parent id of the mount it is mounted on; one that is not in the table for the root of the namespace
 * @param device {@code major:minor} of the file system
 * @param root the part of the file system that is shown; ends in {@code //deleted} when that part was removed
 * @param mountPoint absolute path as the reading process sees it
 * @param options per-mount options, {@code rw,nodev}
 * @param type file system type, {@code overlay}
 * @param source as given to mount(2); may be empty
 * @param superOptions options of the file system
 */
public record MountEntry(
        int id,
        int parent,
        String device,
        String root,
        String mountPoint,
        String options,
        String type,
        String source,
        String superOptions) {
    private static final String DELETED = "//deleted";

    /** Whether the directory or file that the mount shows was removed from its file system. */
    public boolean deleted() {
        return root.endsWith(DELETED);
    }
}
