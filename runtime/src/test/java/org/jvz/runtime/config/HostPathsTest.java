package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostPathsTest {

    private static final CtId ID = new CtId(101);

    @Test
    void standAtTheirUsualPlacesWithoutAPrefix() {
        HostPaths paths = HostPaths.of(Map.of());
        assertThat(paths.isPrefixed()).isFalse();
        assertThat(paths.vzConf()).hasToString("/etc/vz/vz.conf");
        assertThat(paths.conf(ID)).hasToString("/etc/vz/conf/101.conf");
        assertThat(paths.confSibling(ID, "mount")).hasToString("/etc/vz/conf/101.mount");
        assertThat(paths.namesDir()).hasToString("/etc/vz/names");
        assertThat(paths.distsDir()).hasToString("/etc/vz/dists");
        assertThat(paths.state(ID)).hasToString("/run/jvz/101.json");
        assertThat(paths.stage(ID)).hasToString("/run/jvz/stage/101");
        assertThat(paths.stateDir()).hasToString("/var/lib/jvz");
        assertThat(paths.veipDir()).hasToString("/var/lib/vzctl/veip");
        assertThat(paths.vepidDir()).hasToString("/var/lib/vzctl/vepid");
        assertThat(paths.vzrebootDir()).hasToString("/var/lib/vzctl/vzreboot");
        assertThat(paths.vzDir()).hasToString("/vz");
        assertThat(paths.logFile()).hasToString("/var/log/vzctl.log");
    }

    @Test
    void moveBelowThePrefix() {
        HostPaths paths = HostPaths.of(Map.of("JVZ_PREFIX", "/tmp/x/../p"));
        assertThat(paths.isPrefixed()).isTrue();
        assertThat(paths.conf(ID)).hasToString("/tmp/p/etc/vz/conf/101.conf");
        assertThat(paths.vzDir()).hasToString("/tmp/p/vz");
        assertThat(paths.runDir()).hasToString("/tmp/p/run/jvz");
    }

    @Test
    void anEmptyPrefixIsNoneAndARelativeOneIsRefused() {
        assertThat(HostPaths.of(Map.of("JVZ_PREFIX", "")).prefix()).isEqualTo(Path.of("/"));
        assertThatThrownBy(() -> HostPaths.of(Map.of("JVZ_PREFIX", "p")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("JVZ_PREFIX is not an absolute path: p");
    }
}
