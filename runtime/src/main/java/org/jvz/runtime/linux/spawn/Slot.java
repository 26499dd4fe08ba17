package org.jvz.runtime.linux.spawn;

import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.OffHeap;

/** A descriptor that the parent makes and fills in while the child waits at the gate, e.g. an idmapped tree. Empty, it is -1: EBADF. */
public final class Slot {
    private final CallList list;
    private final long address;

    Slot(CallList list, long address) {
        this.list = list;
        this.address = address;
        OffHeap.putInt(address, -1);
    }

    /** The descriptor as an argument of records after the gate. */
    public FdSource fd() {
        return new FdSource(address, TableLayout.INT_AT, null);
    }

    /** Fills the slot; before {@link Spawning#release}. {@code fd} stays open until {@link Spawning#await} returns. */
    public void set(Fd fd) {
        list.requireOpen();
        OffHeap.putInt(address, fd.number());
    }
}
