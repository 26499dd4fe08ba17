package org.jvz.runtime.linux;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Mounts and namespaces. */
abstract class JffiMounts extends JffiXattrs {
    private static final long MOUNT_ATTR_IDMAP = 0x100000;
    private static final long MOUNT_ATTR_ATIME = 0x70;
    private static final int MOUNT_ATTR_SIZE = 32;
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;

    @Override
    public void mount(
            @Nullable String source, String target, @Nullable String type, Set<MountFlag> flags, @Nullable String data)
            throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.MOUNT,
                    source == null ? 0 : memory.path(source),
                    memory.path(target),
                    type == null ? 0 : memory.path(type),
                    Flag.mask(flags),
                    data == null ? 0 : memory.path(data));
            check(result, "mount", source, target, type, flags, data);
        }
    }

    @Override
    public void unmount(String target, Set<UmountFlag> flags) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            check(Native.call(SystemCall.UMOUNT2, memory.path(target), Flag.mask(flags)), "umount2", target, flags);
        }
    }

    @Override
    public Fd newFileSystem(String type, Map<String, String> options, Set<MountAttr> attributes)
            throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long context = Native.call(SystemCall.FSOPEN, memory.path(type), FSOPEN_CLOEXEC);
            check(context, "fsopen", type);
            try (Fd fs = owned(context, type)) {
                for (Map.Entry<String, String> option : options.entrySet()) {
                    long key = memory.path(option.getKey());
                    long value = memory.path(option.getValue());
                    long set = Native.call(SystemCall.FSCONFIG, context, FSCONFIG_SET_STRING, key, value, 0);
                    check(set, "fsconfig", fs, option.getKey(), option.getValue());
                }
                check(
                        Native.call(SystemCall.FSCONFIG, context, FSCONFIG_CMD_CREATE, 0, 0, 0),
                        "fsconfig",
                        fs,
                        "create");
                long mount = Native.call(SystemCall.FSMOUNT, context, FSMOUNT_CLOEXEC, Flag.mask(attributes));
                check(mount, "fsmount", fs, attributes);
                return owned(mount, type);
            }
        }
    }

    @Override
    public Fd openTree(Fd dir, String path, Set<OpenTreeFlag> flags) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long bits = Flag.mask(flags) | OpenFlag.CLOEXEC;
            long tree = Native.call(SystemCall.OPEN_TREE, dir.number(), memory.path(path), bits);
            check(tree, "open_tree", dir, path, flags);
            return owned(tree, label(dir, path));
        }
    }

    @Override
    public void moveMount(Fd from, String fromPath, Fd to, String toPath, Set<MoveMountFlag> flags)
            throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.MOVE_MOUNT,
                    from.number(),
                    memory.path(fromPath),
                    to.number(),
                    memory.path(toPath),
                    Flag.mask(flags));
            check(result, "move_mount", from, fromPath, to, toPath, flags);
        }
    }

    @Override
    public void setMountAttributes(
            Fd mount, boolean recursive, Set<MountAttr> set, Set<MountAttr> clear, @Nullable Propagation propagation)
            throws SyscallException {
        long bits = propagation == null ? 0 : propagation.bit();
        // The kernel wants the one about times of access that is set to be cleared first, all of them.
        boolean times = set.contains(MountAttr.NOATIME) || set.contains(MountAttr.STRICTATIME);
        long cleared = Flag.mask(clear) | (times ? MOUNT_ATTR_ATIME : 0);
        long result = setAttr(mount, recursive, Flag.mask(set), cleared, bits, 0);
        check(result, "mount_setattr", mount, set, clear, propagation);
    }

    @Override
    public void idmap(Fd tree, boolean recursive, Fd userNamespace) throws SyscallException {
        long result = setAttr(tree, recursive, MOUNT_ATTR_IDMAP, 0, 0, userNamespace.number());
        check(result, "mount_setattr", tree, "IDMAP", userNamespace);
    }

    private static long setAttr(
            Fd mount, boolean recursive, long set, long clear, long propagation, long userNamespace) {
        try (OffHeap memory = new OffHeap()) {
            long attr = memory.zeroed(MOUNT_ATTR_SIZE);
            OffHeap.putLong(attr, set);
            OffHeap.putLong(attr + 8, clear);
            OffHeap.putLong(attr + 16, propagation);
            OffHeap.putLong(attr + 24, userNamespace);
            long flags = AtFlag.EMPTY_PATH.bit() | (recursive ? OpenTreeFlag.RECURSIVE.bit() : 0);
            return Native.call(SystemCall.MOUNT_SETATTR, mount.number(), memory.path(""), flags, attr, MOUNT_ATTR_SIZE);
        }
    }

    @Override
    public void unshare(Set<CloneFlag> namespaces) throws SyscallException {
        check(Native.call(SystemCall.UNSHARE, Flag.mask(namespaces)), "unshare", namespaces);
    }

    @Override
    public void setNamespace(Fd fd, Set<CloneFlag> kinds) throws SyscallException {
        check(Native.call(SystemCall.SETNS, fd.number(), Flag.mask(kinds)), "setns", fd, kinds);
    }
}
