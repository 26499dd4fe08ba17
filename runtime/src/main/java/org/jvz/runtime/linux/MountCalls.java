package org.jvz.runtime.linux;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** System calls on mounts and namespaces. Namespace changes are the calling thread's own. */
public interface MountCalls {

    /** mount(2). {@code data} is limited to a page, 4,095 bytes. */
    void mount(
            @Nullable String source, String target, @Nullable String type, Set<MountFlag> flags, @Nullable String data)
            throws SyscallException;

    default void mount(
            @Nullable String source, Path target, @Nullable String type, Set<MountFlag> flags, @Nullable String data)
            throws SyscallException {
        mount(source, target.toString(), type, flags, data);
    }

    /** umount2(2) of the topmost mount at {@code target}. */
    void unmount(String target, Set<UmountFlag> flags) throws SyscallException;

    default void unmount(Path target, UmountFlag... flags) throws SyscallException {
        unmount(target.toString(), Set.of(flags));
    }

    /**
     * fsopen(2), fsconfig(2) and fsmount(2): a new file system of the caller's user namespace that is mounted nowhere yet,
     * and vanishes with its descriptor unless it is attached.
     *
     * @param options as after {@code mount -o}, in the order in which they are given to the file system
     * @throws SyscallException also if an option is refused, naming it
     */
    Fd newFileSystem(String type, Map<String, String> options, Set<MountAttr> attributes) throws SyscallException;

    /** open_tree(2). */
    Fd openTree(Fd dir, String path, Set<OpenTreeFlag> flags) throws SyscallException;

    /** move_mount(2): attaches a detached tree, or moves a mount. */
    void moveMount(Fd from, String fromPath, Fd to, String toPath, Set<MoveMountFlag> flags) throws SyscallException;

    /** Attaches the detached tree {@code tree} at {@code target}. */
    default void attach(Fd tree, String target) throws SyscallException {
        moveMount(tree, "", Fd.CWD, target, Set.of(MoveMountFlag.F_EMPTY_PATH));
    }

    /** mount_setattr(2) on the mount that {@code mount} is the root of; with {@code recursive} on all mounts below, too. */
    void setMountAttributes(
            Fd mount, boolean recursive, Set<MountAttr> set, Set<MountAttr> clear, @Nullable Propagation propagation)
            throws SyscallException;

    /** mount_setattr(2): maps the owners on a detached tree through {@code userNamespace}; user_namespaces(7). */
    void idmap(Fd tree, boolean recursive, Fd userNamespace) throws SyscallException;

    /** unshare(2). In a JVM, for the calling thread, with FS, NEWNS (after FS), NEWNET, NEWUTS, NEWIPC, NEWCGROUP; NEWUSER fails with EINVAL. */
    void unshare(Set<CloneFlag> namespaces) throws SyscallException;

    /** setns(2) of the calling thread: {@code fd} is a namespace file, or a pidfd with all the kinds to enter. */
    void setNamespace(Fd fd, Set<CloneFlag> kinds) throws SyscallException;
}
