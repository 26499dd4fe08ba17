package org.jvz.runtime.config;

/**
 * The ids of the host that the ids 0 to 65535 of a VE stand for: the LOCAL_UID and LOCAL_GID of CTID.conf. A privileged VE
 * has no user namespace and so the host's own ids; both are 0 then. user_namespaces(7), "User and group ID mappings".
 *
 * @param uid the host's id of user 0 of the VE: 0, or 65536 to {@value #MAX_BASE}
 * @param gid the host's id of group 0 of the VE, likewise
 */
public record IdMap(long uid, long gid) {

    /** How many ids a VE has. */
    public static final int SIZE = 65536;

    /** The largest base: 4294967295 is no id. */
    public static final long MAX_BASE = (1L << 32) - 1 - SIZE;

    /** No user namespace. */
    public static final IdMap PRIVILEGED = new IdMap(0, 0);

    /** Checks the ranges; ids below 65536 are the host's own users. */
    public IdMap {
        check(uid, "uid");
        check(gid, "gid");
        if ((uid == 0) != (gid == 0)) {
            throw new IllegalArgumentException("Only one of uid and gid is 0: " + uid + ", " + gid);
        }
    }

    private static void check(long base, String what) {
        if (!isBase(base)) {
            throw new IllegalArgumentException("Not a first " + what + " of a VE: " + base);
        }
    }

    /** Whether the number can be the first id of a VE, or is 0. */
    public static boolean isBase(long base) {
        return base == 0 || (base >= SIZE && base <= MAX_BASE);
    }

    /** Whether the VE has no user namespace. */
    public boolean isPrivileged() {
        return uid == 0;
    }

    /** The line for uid_map: {@code 0 BASE 65536}. */
    public String uidMapLine() {
        return "0 " + uid + " " + SIZE;
    }

    /** The line for gid_map: {@code 0 BASE 65536}. */
    public String gidMapLine() {
        return "0 " + gid + " " + SIZE;
    }

    /** Whether some user or some group of the host would belong to both; a privileged VE shares no range. */
    public boolean overlaps(IdMap other) {
        return !isPrivileged()
                && !other.isPrivileged()
                && (Math.abs(uid - other.uid) < SIZE || Math.abs(gid - other.gid) < SIZE);
    }
}
