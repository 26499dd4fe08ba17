package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;

final class ProjectIdTest {
    private static final HostPaths MACHINE = HostPaths.under(Path.of("/"));

    @Test
    void followsFromTheCtid() {
        assertThat(ProjectId.of(MACHINE, new CtId(101))).isEqualTo(2147483749L);
        assertThat(ProjectId.of(MACHINE, new CtId(CtId.MAX))).isEqualTo(4294967292L);
    }

    /** 2^32-1 is no project, and what is below 2^31 the administrator's. */
    @Test
    void noTwoVesOfAHostShareOne() {
        for (String prefix : new String[] {"/", "/tmp/a", "/tmp/b", "/home/x/target/host"}) {
            HostPaths paths = HostPaths.under(Path.of(prefix));
            Set<Long> ids = new HashSet<>();
            for (int i = 0; i < 5000; i++) {
                for (int ctid : new int[] {i, CtId.MAX - i}) {
                    long id = ProjectId.of(paths, new CtId(ctid));
                    assertThat(id).isBetween(1L << 31, 4294967292L);
                    ids.add(id);
                }
            }
            assertThat(ids).as(prefix).hasSize(10_000);
        }
    }

    @Test
    void hostsBelowOtherPrefixesHaveOthers() {
        CtId id = new CtId(101);
        assertThat(Set.of(
                        ProjectId.of(MACHINE, id),
                        ProjectId.of(HostPaths.under(Path.of("/tmp/a")), id),
                        ProjectId.of(HostPaths.under(Path.of("/tmp/b")), id)))
                .hasSize(3);
    }

    @Test
    void theAdministratorsAreFoundInBothFiles(@TempDir Path dir) throws IOException {
        Path projects = Files.writeString(dir.resolve("projects"), "# mine\n12:/srv/a\n2147483749:/srv/b\n");
        Path projid = Files.writeString(dir.resolve("projid"), "web:13\nvm:2147483750\n");
        List<Path> files = List.of(projects, projid, dir.resolve("absent"));
        assertThat(ProjectId.isHosts(2147483749L, files)).isTrue();
        assertThat(ProjectId.isHosts(2147483750L, files)).isTrue();
        assertThat(ProjectId.isHosts(2147483751L, files)).isFalse();
        assertThat(ProjectId.isHosts(2147483L, files)).isFalse();
    }
}
