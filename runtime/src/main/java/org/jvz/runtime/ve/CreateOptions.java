package org.jvz.runtime.ve;

import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.VeConf;

/**
 * What a new VE is to be.
 *
 * @param ostemplate name of the template; null for the one in the sample or vz.conf
 * @param sample name of the sample configuration; null for the one vz.conf names
 * @param edit every other setting, applied to the sample's
 */
public record CreateOptions(@Nullable String ostemplate, @Nullable String sample, Edit edit) {
    /** A change of a configuration. */
    @FunctionalInterface
    public interface Edit {
        /** The changed configuration. */
        VeConf apply(VeConf conf);
    }
}
