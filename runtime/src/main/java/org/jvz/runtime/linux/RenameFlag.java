package org.jvz.runtime.linux;

/** Flags of renameat2(2), {@code RENAME_*} of {@code linux/fs.h}. */
public enum RenameFlag implements Flag {
    /** EEXIST when the new name exists. */
    NOREPLACE(1),
    /** Swaps the two, atomically. */
    EXCHANGE(2);

    private final long bit;

    RenameFlag(long bit) {
        this.bit = bit;
    }

    @Override
    public long bit() {
        return bit;
    }
}
