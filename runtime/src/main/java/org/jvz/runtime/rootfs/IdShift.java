package org.jvz.runtime.rootfs;

/**
 * Where the ids 0 to 65,535 of a VE lie on the host: id 0 inside is {@code uid} and {@code gid} outside.
 *
 * @param uid host user id of the VE's root, or 0 for a privileged VE, whose ids are the host's
 * @param gid host group id of the VE's group 0, or 0 for a privileged VE
 */
public record IdShift(long uid, long gid) {
    /** Ids of one VE. */
    public static final long COUNT = 65_536;

    /** A privileged VE: no shift. */
    public static final IdShift NONE = new IdShift(0, 0);

    private static final long MAX_ID = 0xffff_fffeL;

    public IdShift {
        boolean none = uid == 0 && gid == 0;
        if (!none && (bad(uid) || bad(gid))) {
            throw new IllegalArgumentException("not the base of an id range: uid " + uid + ", gid " + gid);
        }
    }

    /** The first range holds the host's own ids and is nobody's; the last has to end before (uid_t) -1. */
    private static boolean bad(long base) {
        return base < COUNT || base > MAX_ID - COUNT + 1;
    }

    /** Whether ids are shifted at all. */
    public boolean shifts() {
        return uid != 0;
    }
}
