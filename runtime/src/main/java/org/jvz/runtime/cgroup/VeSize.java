package org.jvz.runtime.cgroup;

import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.VeConf;

/**
 * How much memory a VE may use, as its configuration says.
 *
 * @param ram bytes, {@link #NONE} without a limit
 * @param swap bytes on top of it, likewise
 */
public record VeSize(long ram, long swap) {
    /** No limit. */
    public static final long NONE = LimitValues.NONE;

    /**
     * The size of a VE; see {@link LimitValues#of} for the keys that decide.
     *
     * @throws BadConfException if a value is none
     */
    public static VeSize of(VeConf conf) throws BadConfException {
        LimitValues values = LimitValues.of(conf);
        return new VeSize(values.ram(), values.swap());
    }
}
