package org.jvz.runtime.linux;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Extended attributes, xattr(7). The calls with a name act on the name itself: {@code l*xattr} below the directory's /proc path. */
abstract class JffiXattrs extends JffiQuota {
    /** XATTR_SIZE_MAX and XATTR_LIST_MAX of {@code linux/limits.h}. */
    private static final int XATTR_MAX = 65536;

    private static String below(Fd dir, String name) {
        return dir == Fd.CWD ? name : dir.procPath() + "/" + name;
    }

    @Override
    public void setXattr(Fd fd, String attribute, byte[] value) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.FSETXATTR, fd.number(), memory.path(attribute), memory.bytes(value), value.length, 0);
            check(result, "fsetxattr", fd, attribute);
        }
    }

    @Override
    public void setXattrAt(Fd dir, String name, String attribute, byte[] value) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long result = Native.call(
                    SystemCall.LSETXATTR,
                    memory.path(below(dir, name)),
                    memory.path(attribute),
                    memory.bytes(value),
                    value.length,
                    0);
            check(result, "lsetxattr", dir, name, attribute);
        }
    }

    @Override
    public byte @Nullable [] getXattr(Fd fd, String attribute) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(XATTR_MAX);
            long n = Native.call(SystemCall.FGETXATTR, fd.number(), memory.path(attribute), buffer, XATTR_MAX);
            return value(n, buffer, "fgetxattr", fd, attribute);
        }
    }

    @Override
    public byte @Nullable [] getXattrAt(Fd dir, String name, String attribute) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(XATTR_MAX);
            long path = memory.path(below(dir, name));
            long n = Native.call(SystemCall.LGETXATTR, path, memory.path(attribute), buffer, XATTR_MAX);
            return value(n, buffer, "lgetxattr", dir, name, attribute);
        }
    }

    private static byte @Nullable [] value(long n, long buffer, String call, Object... arguments)
            throws SyscallException {
        // A file system without attributes has none of any name.
        if (failed(n, Errno.ENODATA) || failed(n, Errno.EOPNOTSUPP)) {
            return null;
        }
        check(n, call, arguments);
        byte[] value = new byte[(int) n];
        OffHeap.get(buffer, value, 0, value.length);
        return value;
    }

    @Override
    public List<String> listXattrs(Fd fd) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(XATTR_MAX);
            long n = Native.call(SystemCall.FLISTXATTR, fd.number(), buffer, XATTR_MAX);
            return names(n, buffer, "flistxattr", fd);
        }
    }

    @Override
    public List<String> listXattrsAt(Fd dir, String name) throws SyscallException {
        try (OffHeap memory = new OffHeap()) {
            long buffer = memory.allocate(XATTR_MAX);
            long n = Native.call(SystemCall.LLISTXATTR, memory.path(below(dir, name)), buffer, XATTR_MAX);
            return names(n, buffer, "llistxattr", dir, name);
        }
    }

    /** The kernel lists names one after the other, each with a terminating zero. */
    private static List<String> names(long n, long buffer, String call, Object... arguments) throws SyscallException {
        if (failed(n, Errno.EOPNOTSUPP)) {
            return List.of();
        }
        check(n, call, arguments);
        byte[] block = new byte[(int) n];
        OffHeap.get(buffer, block, 0, block.length);
        List<String> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < block.length; i++) {
            if (block[i] == 0) {
                names.add(PathBytes.decode(block, start, i - start));
                start = i + 1;
            }
        }
        return names;
    }
}
