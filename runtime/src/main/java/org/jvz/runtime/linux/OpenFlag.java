package org.jvz.runtime.linux;

/**
 * Flags of openat(2), {@code O_*} of {@code asm-generic/fcntl.h}; aarch64 has other bits for three of them. {@code O_CLOEXEC} is set on every
 * descriptor, so it has no constant. None of WRONLY and RDWR means read only.
 */
public enum OpenFlag implements Flag {
    WRONLY(01),
    RDWR(02),
    CREAT(0100),
    EXCL(0200),
    NOCTTY(0400),
    TRUNC(01000),
    APPEND(02000),
    NONBLOCK(04000),
    DIRECTORY(0200000, 040000),
    NOFOLLOW(0400000, 0100000),
    NOATIME(01000000),
    /** A handle for the *at calls and fstat only: opening runs no driver's code and needs no right to read. */
    PATH(010000000),
    /** A file without a name in the given directory; includes O_DIRECTORY. */
    TMPFILE(020200000, 020040000);

    static final long CLOEXEC = 02000000;

    private final long bit;

    OpenFlag(long bit) {
        this(bit, bit);
    }

    OpenFlag(long x86_64, long aarch64) {
        this.bit = switch (Arch.host()) {
            case X86_64 -> x86_64;
            case AARCH64 -> aarch64;
        };
    }

    @Override
    public long bit() {
        return bit;
    }
}
