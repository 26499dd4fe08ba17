package org.jvz.runtime.ve;

import java.io.IOException;
import org.jvz.runtime.config.IdRanges;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.rootfs.IdShift;

/**
 * A VE with its range of ids.
 *
 * @param ve the VE, its configuration naming the range
 * @param shift the range
 */
record IdClaim(Ve ve, IdShift shift) {
    /**
     * The range the configuration names. A configuration without one (restored, migrated, written by hand) gets one that no
     * other VE has, and is saved with it.
     */
    static IdClaim of(VeSession session, Ve ve) throws IOException {
        IdShift shift = ve.shift();
        if (shift != null) {
            return new IdClaim(ve, shift);
        }
        try (IdRanges.Reservation range =
                new IdRanges(session.host().paths()).reserve(session.host().conf(), ve.id())) {
            VeConf conf = range.recordIn(ve.conf());
            conf.save();
            IdShift chosen = new IdShift(range.idMap().uid(), range.idMap().gid());
            return new IdClaim(new Ve(conf, ve.privateArea(), ve.root()), chosen);
        }
    }
}
