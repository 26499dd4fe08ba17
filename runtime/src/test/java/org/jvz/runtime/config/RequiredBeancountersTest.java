package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RequiredBeancountersTest {

    private static final VeConf EMPTY =
            VeConf.empty(VzConf.of(HostPaths.under(Path.of("/")), ConfFile.empty(Path.of("/vz.conf"))), new CtId(101));

    @Test
    void ramAndSwapAreEnough() throws Exception {
        VeConf conf = EMPTY.withText("PHYSPAGES", "0:1G").withText("SWAPPAGES", "0:0");
        assertThat(RequiredBeancounters.isVswap(conf)).isTrue();
        assertThat(RequiredBeancounters.missing(conf)).isEmpty();
    }

    @Test
    void elseAllTwentyAreNeeded() throws Exception {
        assertThat(RequiredBeancounters.missing(EMPTY)).hasSize(20).startsWith("kmemsize", "lockedpages");
        VeConf conf = EMPTY;
        for (ConfKey<BarrierLimit> key : RequiredBeancounters.CLASSICAL) {
            conf = conf.with(key, BarrierLimit.of(100));
        }
        assertThat(RequiredBeancounters.missing(conf)).isEmpty();
        assertThat(RequiredBeancounters.isVswap(conf)).isFalse();
        assertThat(RequiredBeancounters.missing(conf.without("NUMFILE"))).containsExactly("numfile");
    }

    @Test
    void anOldNameCounts() throws Exception {
        assertThat(RequiredBeancounters.missing(EMPTY.withText("DCACHE", "1:1")))
                .hasSize(19);
    }
}
