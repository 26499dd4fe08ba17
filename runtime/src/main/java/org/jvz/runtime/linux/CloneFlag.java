package org.jvz.runtime.linux;

/** What a thread or child gets of its own, or shares: {@code CLONE_*} of {@code linux/sched.h}, for clone3(2), unshare(2) and setns(2). */
public enum CloneFlag implements Flag {
    VM(0x100),
    /** Root, working directory and umask. */
    FS(0x200),
    /** The descriptor table. */
    FILES(0x400),
    PIDFD(0x1000),
    /** The parent waits until the child has left its memory; the kernel never picks such a child when memory runs out. */
    VFORK(0x4000),
    PARENT(0x8000),
    NEWNS(0x20000),
    PARENT_SETTID(0x100000),
    CHILD_CLEARTID(0x200000),
    NEWCGROUP(0x2000000),
    NEWUTS(0x4000000),
    NEWIPC(0x8000000),
    NEWUSER(0x10000000),
    NEWPID(0x20000000),
    NEWNET(0x40000000),
    CLEAR_SIGHAND(0x100000000L),
    INTO_CGROUP(0x200000000L);

    private final long bit;

    CloneFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
