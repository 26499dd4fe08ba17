package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountAttr;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.RenameFlag;
import org.jvz.runtime.linux.ResolveFlag;
import org.jvz.runtime.linux.SyscallException;

/**
 * The {@code /dev} of a VE: a tmpfs that the host makes and the VE mounts. Only so can a VE with a user namespace have
 * device nodes of its own: it can make none, and a node of the host shown inside belongs to nobody there. The VE's root
 * owns them and may do with them what the VE's {@code DevicePolicy} lets it.
 *
 * <p>The nodes of a running VE are made and removed from outside. Its root may meanwhile rename, link and mount what it
 * likes there; so nothing is done by a name that it could have given to something else.
 */
public final class DeviceFiles {
    /** Where a node waits, out of the VE's reach, until it is complete. */
    private static final String ASIDE = ".jvz-new";

    private static final Set<ResolveFlag> STRICT =
            Set.of(ResolveFlag.BENEATH, ResolveFlag.NO_SYMLINKS, ResolveFlag.NO_XDEV);

    private final Linux linux;
    private final Fd dev;
    private final IdShift shift;

    private DeviceFiles(Linux linux, Fd dev, IdShift shift) {
        this.linux = linux;
        this.dev = dev;
        this.shift = shift;
    }

    /** A new one, with the nodes every VE has. It is mounted nowhere; the caller closes it once it is. */
    public static Fd make(Linux linux, IdShift shift) throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("source", "dev");
        options.put("mode", "755");
        options.put("size", "1m");
        options.put("nr_inodes", "64k");
        options.put("uid", Long.toString(shift.uid()));
        options.put("gid", Long.toString(shift.gid()));
        Fd dev = linux.newFileSystem("tmpfs", options, Set.of(MountAttr.NOSUID));
        try {
            DeviceFiles files = new DeviceFiles(linux, dev, shift);
            for (DeviceFile node : DeviceFile.DEFAULTS) {
                files.makeNode(dev, node.name(), node);
            }
            return dev;
        } catch (IOException e) {
            dev.close();
            throw e;
        }
    }

    /** The files in a new {@code /dev}. */
    public static DeviceFiles in(Linux linux, Fd dev, IdShift shift) {
        return new DeviceFiles(linux, dev, shift);
    }

    /** What tells this file system from every other while it is mounted: the minor number of its device. */
    public static int identity(Linux linux, Fd dev) throws IOException {
        return linux.stat(dev).devMinor();
    }

    /**
     * Opens the {@code /dev} of a running VE.
     *
     * @param init the VE's init, which the caller holds by a pidfd
     * @param identity see {@link #identity}
     * @throws IOException if something else is mounted there by now
     */
    public static Fd open(Linux linux, int init, int identity) throws IOException {
        try (Fd root = linux.open(Path.of("/proc/" + init + "/root"), OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            Fd dev = linux.openAt2(
                    root, "dev", Set.of(OpenFlag.DIRECTORY), 0, Set.of(ResolveFlag.BENEATH, ResolveFlag.NO_SYMLINKS));
            FileStat stat = linux.stat(dev);
            if (stat.devMajor() != 0 || stat.devMinor() != identity) {
                dev.close();
                throw new IOException("the container has mounted something else on its /dev");
            }
            return dev;
        }
    }

    /** Shows a node, in the place of a file of its name. */
    public void show(DeviceFile node) throws IOException {
        try (Fd aside = makeAside()) {
            Path name = Path.of(node.name());
            try (Fd dir = directory(aside, name, true)) {
                if (dir != null) {
                    makeNode(aside, "node", node);
                    linux.renameAt(aside, "node", dir, fileName(name), Set.of());
                }
            }
        } finally {
            removeAside();
        }
    }

    /** Removes a node. Something else that the VE has put in its place stays, and what the VE has mounted over it. */
    public void hide(DeviceFile node) throws IOException {
        Path name = Path.of(node.name());
        try (Fd dir = directory(null, name, false)) {
            if (dir == null) {
                return;
            }
            @Nullable FileStat stat = linux.statOrNull(dir, fileName(name));
            if (stat != null && isOf(stat, node)) {
                linux.unlinkAt(dir, fileName(name));
            }
        } catch (SyscallException e) {
            if (!e.is(Errno.EBUSY) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static boolean isOf(FileStat stat, DeviceFile node) {
        return stat.type() == (node.block() ? FileStat.S_IFBLK : FileStat.S_IFCHR)
                && stat.rdevMajor() == node.major()
                && stat.rdevMinor() == node.minor();
    }

    private static String fileName(Path name) {
        return String.valueOf(name.getFileName());
    }

    /** A directory that is the host's root's alone: in a user namespace not even the VE's root can look into it. */
    private Fd makeAside() throws IOException {
        removeAside();
        linux.mkdirAt(dev, ASIDE, 0700);
        return linux.openAt2(dev, ASIDE, Set.of(OpenFlag.DIRECTORY), 0, STRICT);
    }

    private void removeAside() throws IOException {
        try (Fd aside = linux.openAt2(dev, ASIDE, Set.of(OpenFlag.DIRECTORY), 0, STRICT)) {
            for (String name : new String[] {"node", "dir"}) {
                @Nullable FileStat stat = linux.statOrNull(aside, name);
                if (stat != null && stat.isDirectory()) {
                    linux.rmdirAt(aside, name);
                } else if (stat != null) {
                    linux.unlinkAt(aside, name);
                }
            }
            linux.rmdirAt(dev, ASIDE);
        } catch (SyscallException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /** The directory that a node belongs in, made where it is absent if there is a place to make it in; else null. */
    private @Nullable Fd directory(@Nullable Fd aside, Path name, boolean make) throws IOException {
        Fd here = linux.openAt2(dev, ".", Set.of(OpenFlag.DIRECTORY), 0, STRICT);
        Path parent = name.getParent();
        if (parent == null) {
            return here;
        }
        for (Path part : parent) {
            try (Fd above = here) {
                here = make && aside != null ? made(aside, above, part.toString()) : below(above, part.toString());
            } catch (SyscallException e) {
                if (e.is(Errno.ENOENT) && !make) {
                    return null;
                }
                throw e;
            }
        }
        return here;
    }

    private Fd below(Fd above, String part) throws SyscallException {
        return linux.openAt2(above, part, Set.of(OpenFlag.DIRECTORY), 0, STRICT);
    }

    private Fd made(Fd aside, Fd above, String part) throws SyscallException {
        if (linux.statOrNull(above, part) == null) {
            linux.mkdirAt(aside, "dir", 0755);
            linux.chmodAt(aside, "dir", 0755);
            linux.chownAt(aside, "dir", shift.uid(), shift.gid());
            linux.renameAt(aside, "dir", above, part, Set.of(RenameFlag.NOREPLACE));
        }
        return below(above, part);
    }

    private void makeNode(Fd dir, String name, DeviceFile node) throws SyscallException {
        int type = node.block() ? FileStat.S_IFBLK : FileStat.S_IFCHR;
        linux.mknodAt(dir, name, type | node.permissions(), node.major(), node.minor());
        linux.chmodAt(dir, name, node.permissions());
        linux.chownAt(dir, name, shift.uid() + inside(node.uid()), shift.gid() + inside(node.gid()));
    }

    /** The id inside of an owner on the host: the same number, or root if the VE has none so high. */
    private static long inside(long id) {
        return id < IdShift.COUNT ? id : 0;
    }
}
