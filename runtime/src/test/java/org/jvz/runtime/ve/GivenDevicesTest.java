package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Samples;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;

class GivenDevicesTest {
    @TempDir
    Path prefix;

    private VeConf conf(String... settings) throws IOException {
        HostPaths paths = HostPaths.under(prefix);
        Samples.install(paths);
        VeConf conf = VeConf.empty(VzConf.read(paths), new CtId(101));
        for (int i = 0; i < settings.length; i += 2) {
            conf = conf.withText(settings[i], settings[i + 1]);
        }
        return conf;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c:10:200:rw|", "|net/tun:r", "b:8:all:rwq c:1:3:none|a+b@c:none fuse:rw"})
    void theTextIsTheInverse(String text) {
        assertThat(GivenDevices.parse(text)).hasToString(text);
    }

    @Test
    void featuresAreDevicesUnlessTheirNodeIsGivenOtherwise() throws IOException {
        assertThat(GivenDevices.of(conf("FEATURES", "fuse:on tun:on ppp:off"))).hasToString("|fuse:rw net/tun:rw");
        assertThat(GivenDevices.of(conf("FEATURES", "tun:on", "DEVNODES", "net/tun:r")))
                .hasToString("|net/tun:r");
    }

    @Test
    void aChangeKeepsWhatItIsNotAbout() throws IOException {
        GivenDevices given = GivenDevices.parse("c:1:11:r c:10:229:rw|fuse:rw sda:r");
        VeConf before = conf("DEVICES", "c:1:11:r", "DEVNODES", "sda:r");
        VeConf after = conf("DEVICES", "c:1:11:rw c:4:all:r", "DEVNODES", "net/tun:rw");
        assertThat(given.after(new EditResult(before, after)))
                .hasToString("c:10:229:rw c:1:11:rw c:4:all:r|fuse:rw net/tun:rw");
        assertThat(given.rules()).hasSize(2);
        assertThat(GivenDevices.parse("").isEmpty()).isTrue();
        assertThat(List.of(given.isEmpty())).containsExactly(false);
    }
}
