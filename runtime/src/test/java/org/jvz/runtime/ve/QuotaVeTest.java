package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.testing.LoopDisk;
import org.jvz.testing.RootTest;

/** The commands of disk quota on a file system that has none: they say so and are no failure. With quota: DiskQuotaVmTest. */
class QuotaVeTest {
    @TempDir
    Path prefix;

    private TinyHost tiny;
    private Path areas;

    @BeforeEach
    void createVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        areas = Files.createDirectories(prefix.resolve("vz/private"));
        LoopDisk.run(List.of("mount", "-t", "tmpfs", "-o", "mode=700", "areas", areas.toString()));
        tiny.create(tiny.host(), conf -> conf.withText("VE_LAYOUT", "simfs")
                .withText("DISKSPACE", "20480:20480")
                .withText("DISKINODES", "150:150"));
        tiny.events.clear();
    }

    @AfterEach
    void unmount() throws IOException {
        tiny.destroy(tiny.host());
        LoopDisk.run(List.of("umount", areas.toString()));
    }

    @RootTest
    @Tag("vm")
    void noneOfThemFails() throws IOException {
        QuotaVe quota = new QuotaVe(tiny.host());
        quota.init(TinyHost.ID, tiny.listener());
        quota.on(TinyHost.ID, tiny.listener());
        quota.off(TinyHost.ID, tiny.listener());
        assertThat(tiny.events).hasSize(3).allSatisfy(event -> assertThat(event)
                .startsWith("NOT_ENFORCED disk quota of container 101 (tmpfs on areas"));
    }
}
