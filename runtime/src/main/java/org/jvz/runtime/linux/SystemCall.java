package org.jvz.runtime.linux;

import java.util.Locale;

/**
 * Numbers of the system calls in use: x86-64 from {@code asm/unistd_64.h}, aarch64 from {@code asm-generic/unistd.h}. aarch64 has
 * no open, mkdir, mknod and their like, so only the calls that take a directory descriptor are used anywhere.
 */
public enum SystemCall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    IOCTL(16, 29),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    FCNTL(72, 25),
    FLOCK(73, 32),
    FSYNC(74, 82),
    SYNCFS(306, 267),
    FTRUNCATE(77, 46),
    FCHMOD(91, 52),
    FCHMODAT(268, 53),
    FCHMODAT2(452, 452),
    FCHOWN(93, 55),
    FCHOWNAT(260, 54),
    UTIMENSAT(280, 88),
    FSETXATTR(190, 7),
    FGETXATTR(193, 10),
    FLISTXATTR(196, 13),
    FREMOVEXATTR(199, 16),
    LSETXATTR(189, 6),
    LGETXATTR(192, 9),
    LLISTXATTR(195, 12),
    LREMOVEXATTR(198, 15),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    STATX(332, 291),
    FSTATFS(138, 44),
    QUOTACTL(179, 60),
    QUOTACTL_FD(443, 443),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    SYMLINKAT(266, 36),
    LINKAT(265, 37),
    UNLINKAT(263, 35),
    RENAMEAT2(316, 276),
    READLINKAT(267, 78),
    GETDENTS64(217, 61),
    COPY_FILE_RANGE(326, 285),
    PIPE2(293, 59),
    DUP3(292, 24),
    PPOLL(271, 73),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    INOTIFY_INIT1(294, 26),
    INOTIFY_ADD_WATCH(254, 27),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    OPEN_TREE(428, 428),
    MOVE_MOUNT(429, 429),
    MOUNT_SETATTR(442, 442),
    FSOPEN(430, 430),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    PIVOT_ROOT(155, 41),
    CHDIR(80, 49),
    FCHDIR(81, 50),
    UNSHARE(272, 97),
    SETNS(308, 268),
    CLONE3(435, 435),
    WAITID(247, 95),
    MEMFD_CREATE(319, 279),
    KILL(62, 129),
    PIDFD_OPEN(434, 434),
    PIDFD_SEND_SIGNAL(424, 424),
    PIDFD_GETFD(438, 438),
    GETPID(39, 172),
    GETPPID(110, 173),
    GETTID(186, 178),
    GETEUID(107, 175),
    PRCTL(157, 167),
    FUTEX(202, 98),
    EXIT_GROUP(231, 94),
    EXECVE(59, 221),
    EXECVEAT(322, 281),
    SETSID(112, 157),
    SETRESUID(117, 147),
    SETRESGID(119, 149),
    SETGROUPS(116, 159),
    CAPSET(126, 91),
    UMASK(95, 166),
    SETHOSTNAME(170, 161),
    PRLIMIT64(302, 261),
    SECCOMP(317, 277),
    KEYCTL(250, 219),
    CLOSE_RANGE(436, 436),
    RT_SIGACTION(13, 134),
    RT_SIGPROCMASK(14, 135),
    SOCKET(41, 198),
    MMAP(9, 222),
    MPROTECT(10, 226),
    CONNECT(42, 203),
    SENDTO(44, 206),
    SETSOCKOPT(54, 208),
    RECVFROM(45, 207),
    BPF(321, 280);

    private final int x86_64;
    private final int aarch64;

    SystemCall(int x86_64, int aarch64) {
        this.x86_64 = x86_64;
        this.aarch64 = aarch64;
    }

    /** The call's number on {@code arch}. */
    public int number(Arch arch) {
        return switch (arch) {
            case X86_64 -> x86_64;
            case AARCH64 -> aarch64;
        };
    }

    /** The kernel's 32-bit encoding of a device number; {@code new_encode_dev} of {@code linux/kdev_t.h}. */
    public static int deviceNumber(int major, int minor) {
        return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
    }

    /** The kernel's name of the call, e.g. {@code pivot_root}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
