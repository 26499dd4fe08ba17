package org.jvz.runtime.linux.spawn;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Flag;
import org.jvz.runtime.linux.MountAttr;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.MoveMountFlag;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.OpenTreeFlag;
import org.jvz.runtime.linux.Propagation;
import org.jvz.runtime.linux.ResolveFlag;
import org.jvz.runtime.linux.SystemCall;
import org.jvz.runtime.linux.UmountFlag;

/** Records on files and mounts. */
abstract class FileRecords extends CallTable {
    private static final long O_CLOEXEC = 02000000;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int CLOSE_RANGE_UNSHARE = 2;

    private final FdSource cwd = FdSource.CWD;

    FileRecords(Faults faults) {
        super(faults);
    }

    /** openat(2), close-on-exec. The result is the descriptor. */
    public Call openAt(String name, FdSource dir, String path, Set<OpenFlag> flags, int mode) {
        return add(name, path, SystemCall.OPENAT, 0, memory.path(path), Flag.mask(flags) | O_CLOEXEC, mode)
                .fd(0, dir)
                .opening();
    }

    /** openat2(2), close-on-exec. The result is the descriptor. */
    public Call openAt2(
            String name, FdSource dir, String path, Set<OpenFlag> flags, int mode, Set<ResolveFlag> resolve) {
        long how = memory.bytes(Structs.longs(Flag.mask(flags) | O_CLOEXEC, mode, Flag.mask(resolve)));
        return add(name, path, SystemCall.OPENAT2, 0, memory.path(path), how, 24)
                .fd(0, dir)
                .opening();
    }

    /** close(2); needed only where a later record must not see the descriptor, since all are close-on-exec. */
    public Call closeFd(String name, FdSource fd) {
        Call close = add(name, null, SystemCall.CLOSE).fd(0, fd);
        if (fd.origin != null) {
            fd.origin.closedBy = close;
        }
        return close;
    }

    /** Writes all of {@code bytes} in one call; a short write is a failure. {@code object} is what messages call the file. */
    public Call write(String name, FdSource fd, String object, byte[] bytes) {
        return add(name, object, SystemCall.WRITE, 0, memory.bytes(bytes), bytes.length)
                .fd(0, fd)
                .mustBe(bytes.length);
    }

    /** Opens an existing file, writes {@code bytes} in one call and closes it: for /proc, /sys and cgroup files. */
    public void writeFile(String name, FdSource dir, String path, byte[] bytes) {
        openAndWrite(name, dir, path, bytes);
    }

    private Call openAndWrite(String name, FdSource dir, String path, byte[] bytes) {
        Call file = openAt(name + " (open)", dir, path, Set.of(OpenFlag.WRONLY), 0);
        write(name, file.result(), path, bytes);
        closeFd(name + " (close)", file.result());
        return file;
    }

    /**
     * As {@link #writeFile}, where the caller may lack the permission (EACCES): then nothing is written, and the list goes on.
     *
     * @return the call whose value is negative afterwards if the permission was lacking
     */
    public Call writeFileIfPermitted(String name, FdSource dir, String path, byte[] bytes) {
        // Past the write and the close.
        return openAndWrite(name, dir, path, bytes).branchOn(-Errno.EACCES.number(), 3);
    }

    public Call mkdirAt(String name, FdSource dir, String path, int mode) {
        return add(name, path, SystemCall.MKDIRAT, 0, memory.path(path), mode).fd(0, dir);
    }

    public Call mkdir(String name, String path, int mode) {
        return mkdirAt(name, cwd, path, mode);
    }

    /** mknodat(2); {@code mode} holds type and permissions. In a user namespace only S_IFREG, S_IFIFO and S_IFSOCK are allowed. */
    public Call mknodAt(String name, FdSource dir, String path, int mode, int major, int minor) {
        long device = SystemCall.deviceNumber(major, minor);
        return add(name, path, SystemCall.MKNODAT, 0, memory.path(path), mode, device)
                .fd(0, dir);
    }

    public Call symlinkAt(String name, String target, FdSource dir, String path) {
        return add(name, path, SystemCall.SYMLINKAT, memory.path(target), 0, memory.path(path))
                .fd(1, dir);
    }

    public Call unlinkAt(String name, FdSource dir, String path) {
        return add(name, path, SystemCall.UNLINKAT, 0, memory.path(path), 0).fd(0, dir);
    }

    /** fchownat(2) of the name itself; symlinks are not followed. */
    public Call chownAt(String name, FdSource dir, String path, long uid, long gid) {
        return add(name, path, SystemCall.FCHOWNAT, 0, memory.path(path), uid, gid, AT_SYMLINK_NOFOLLOW)
                .fd(0, dir);
    }

    public Call fchmod(String name, FdSource fd, int mode) {
        return add(name, null, SystemCall.FCHMOD, 0, mode).fd(0, fd);
    }

    public Call mount(
            String name,
            @Nullable String source,
            String target,
            @Nullable String type,
            Set<MountFlag> flags,
            @Nullable String data) {
        return add(
                name,
                target,
                SystemCall.MOUNT,
                pathOrNull(source),
                memory.path(target),
                pathOrNull(type),
                Flag.mask(flags),
                pathOrNull(data));
    }

    private long pathOrNull(@Nullable String path) {
        return path == null ? 0 : memory.path(path);
    }

    public Call unmount(String name, String target, Set<UmountFlag> flags) {
        return add(name, target, SystemCall.UMOUNT2, memory.path(target), Flag.mask(flags));
    }

    /** open_tree(2), close-on-exec. The result is the descriptor. */
    public Call openTree(String name, FdSource dir, String path, Set<OpenTreeFlag> flags) {
        return add(name, path, SystemCall.OPEN_TREE, 0, memory.path(path), Flag.mask(flags) | O_CLOEXEC)
                .fd(0, dir)
                .opening();
    }

    /** move_mount(2): attaches the detached tree {@code tree} at {@code target}. */
    public Call attach(String name, FdSource tree, String target) {
        long flags = MoveMountFlag.F_EMPTY_PATH.bit();
        return add(name, target, SystemCall.MOVE_MOUNT, 0, memory.path(""), Fd.CWD.number(), memory.path(target), flags)
                .fd(0, tree);
    }

    /** mount_setattr(2) on the mount at {@code path}; a symlink there is not followed. */
    public Call setMountAttributes(
            String name,
            String path,
            boolean recursive,
            Set<MountAttr> set,
            Set<MountAttr> clear,
            @Nullable Propagation propagation) {
        long attributes = memory.bytes(
                Structs.longs(Flag.mask(set), Flag.mask(clear), propagation == null ? 0 : propagation.bit(), 0));
        long flags = AT_SYMLINK_NOFOLLOW | (recursive ? AT_RECURSIVE : 0);
        return add(name, path, SystemCall.MOUNT_SETATTR, Fd.CWD.number(), memory.path(path), flags, attributes, 32);
    }

    /** mount_setattr(2) on the mount that {@code mount} is the root of. */
    public Call setMountAttributes(
            String name, FdSource mount, boolean recursive, Set<MountAttr> set, Set<MountAttr> clear) {
        long attributes = memory.bytes(Structs.longs(Flag.mask(set), Flag.mask(clear), 0, 0));
        long flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
        return add(name, null, SystemCall.MOUNT_SETATTR, 0, memory.path(""), flags, attributes, 32)
                .fd(0, mount);
    }

    /** pivot_root(2); with the same directory twice the old root is stacked on the new one, and {@link #unmount} of it leaves the new. */
    public Call pivotRoot(String name, String newRoot, String putOld) {
        return add(name, newRoot, SystemCall.PIVOT_ROOT, memory.path(newRoot), memory.path(putOld));
    }

    public Call changeDirectory(String name, String path) {
        return add(name, path, SystemCall.CHDIR, memory.path(path));
    }

    public Call changeDirectory(String name, FdSource dir) {
        return add(name, null, SystemCall.FCHDIR).fd(0, dir);
    }

    /** ioctl(2) with a number as argument. */
    public Call ioctl(String name, FdSource fd, String object, long request, long argument) {
        return add(name, object, SystemCall.IOCTL, 0, request, argument).fd(0, fd);
    }

    /** ioctl(2) with a struct; what the kernel writes to it is lost. */
    public Call ioctl(String name, FdSource fd, String object, long request, byte[] struct) {
        return ioctl(name, fd, object, request, memory.bytes(struct));
    }

    /**
     * Makes the three descriptors the program's stdin, stdout and stderr; null stands for /dev/null, which the child opens where it
     * then is. They may be any of 0 to 2 themselves, in any order.
     */
    public void stdio(@Nullable FdSource in, @Nullable FdSource out, @Nullable FdSource err) {
        add("own descriptors for stdio", null, SystemCall.UNSHARE, org.jvz.runtime.linux.CloneFlag.FILES.bit());
        FdSource nothing = null;
        if (in == null || out == null || err == null) {
            nothing = openAt("open /dev/null", cwd, "/dev/null", Set.of(OpenFlag.RDWR), 0)
                    .result();
        }
        @Nullable FdSource[] wanted = {in, out, err};
        String[] labels = {"stdin", "stdout", "stderr"};
        FdSource[] high = new FdSource[3];
        // First out of the way of 0 to 2, all three; only then into place.
        for (int i = 0; i < 3; i++) {
            FdSource source = wanted[i] == null ? java.util.Objects.requireNonNull(nothing) : wanted[i];
            high[i] = add("keep " + labels[i], null, SystemCall.FCNTL, 0, F_DUPFD_CLOEXEC, 3)
                    .fd(0, source)
                    .result();
        }
        for (int i = 0; i < 3; i++) {
            add("place " + labels[i], null, SystemCall.DUP3, 0, i, 0).fd(0, high[i]);
        }
    }

    /** Closes every descriptor from {@code first} on, in a table of the child's own: the JVM's stay open. */
    public Call closeDescriptors(String name, int first) {
        return add(name, null, SystemCall.CLOSE_RANGE, first, 0xffffffffL, CLOSE_RANGE_UNSHARE);
    }
}
