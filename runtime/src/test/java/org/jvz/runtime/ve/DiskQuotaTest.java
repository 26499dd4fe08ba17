package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.ProjectQuota.Limits;
import org.jvz.testing.RootTest;

/** What is asked of the file system, and what is told where it does not do it; {@link DiskQuotaVmTest} has the rest. */
final class DiskQuotaTest {
    @TempDir
    Path dir;

    private VeConf conf(String... settings) {
        HostPaths paths = HostPaths.under(dir);
        VeConf conf = VeConf.empty(VzConf.of(paths, ConfFile.empty(paths.vzConf())), new CtId(101));
        for (int i = 0; i < settings.length; i += 2) {
            conf = conf.withText(settings[i], settings[i + 1]);
        }
        return conf;
    }

    @ParameterizedTest
    @CsvSource({
        "1000:1200, 50:60, 0, 1000, 1000, 50, 50",
        "1000:1200, 50:60, 600, 1000, 1200, 50, 60",
        "2G:2.2G, 131072:144179, 0, 2097152, 2097152, 131072, 131072",
        "1000, 50, 600, 1000, 1000, 50, 50",
        "0:1200, 0:60, 600, 0, 1200, 0, 60",
        "9999999999999T, 50, 600, 0, 0, 50, 50",
    })
    void limitsAreThoseOfTheConfiguration(
            String space, String inodes, String time, long soft, long hard, long softInodes, long hardInodes)
            throws IOException {
        assertThat(DiskLimits.of(conf("DISKSPACE", space, "DISKINODES", inodes, "QUOTATIME", time)))
                .isEqualTo(new Limits(soft, hard, softInodes, hardInodes));
    }

    @Test
    void whatIsNotSetIsNotLimited() throws IOException {
        assertThat(DiskLimits.of(conf())).isEqualTo(Limits.NONE);
        assertThat(DiskLimits.of(conf("DISKSPACE", "1000:1200"))).isEqualTo(new Limits(1000, 1200, 0, 0));
        assertThat(DiskLimits.of(conf("DISKSPACE", "1000", "DISK_QUOTA", "no"))).isEqualTo(Limits.NONE);
    }

    @RootTest
    void aHostWithoutQuotaIsToldOfOnce() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        TinyHost tiny = new TinyHost(dir);
        tiny.create(tiny.host());
        String obstacle = DiskQuota.obstacle(tiny.host(), Ve.load(tiny.host().conf(), TinyHost.ID));
        tiny.start(tiny.host());
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        List<String> told = tiny.events.stream()
                .filter(event -> event.contains("DISKSPACE"))
                .toList();
        if (obstacle == null) {
            assertThat(told).isEmpty();
        } else {
            assertThat(told).singleElement().asString().contains("DISKSPACE, DISKINODES (" + obstacle + ")");
        }
    }
}
