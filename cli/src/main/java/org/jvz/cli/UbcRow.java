package org.jvz.cli;

/**
 * A line of a file of beancounters.
 *
 * @param id the VE; {@link #NO_ID} in a file of one VE, which does not say whose it is
 * @param name of the resource
 */
record UbcRow(long id, String name, long held, long maxHeld, long barrier, long limit, long failures) {
    static final long NO_ID = -1;

    /** Whether a value stands for "no limit": the largest number of a machine of 64 or 32 bits. */
    static boolean isUnlimited(long value) {
        return value == Long.MAX_VALUE || value == Integer.MAX_VALUE;
    }

    /** What a held value is measured by. */
    private long bound() {
        return barrier == 0 ? limit : barrier;
    }

    /** How much the line deserves a look: 2 for failures or more held than the barrier, 1 for close to it, else 0. */
    int importance(double heldRatio, double maxHeldRatio, long failuresShown) {
        if (failuresShown > 0 || held > bound()) {
            return 2;
        }
        return held > bound() * heldRatio || maxHeld > bound() * maxHeldRatio ? 1 : 0;
    }
}
