package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.linux.spawn.SpawnException;
import org.jvz.runtime.linux.spawn.Spawner;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

@PrivateHost
final class IdmapUsernsTest {
    private static final IdShift SHIFT = new IdShift(6_553_600, 6_619_136);

    private final Linux linux = new JffiLinux();

    @RootTest
    void theNamespaceOutlivesItsOnlyProcess() throws Exception {
        String before = processesAndDescriptors();
        try (Fd userns = new IdmapUserns(linux).forShift(SHIFT)) {
            assertThat(Files.readSymbolicLink(Path.of(userns.procPath())).toString())
                    .startsWith("user:[")
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user"))
                            .toString());
        }
        assertThat(processesAndDescriptors()).isEqualTo(before);
    }

    @RootTest
    void everyFailureLeavesNothing() throws Exception {
        String before = processesAndDescriptors();
        for (int failing = 0; ; failing++) {
            FailingLinux failingLinux = new FailingLinux(failing);
            Linux port = failingLinux.port();
            // The engine's own calls to end the child are not to fail: nothing could be promised then.
            IdmapUserns users = new IdmapUserns(port, new Spawner(linux), Faults.NONE);
            try (Fd userns = users.forShift(SHIFT)) {
                assertThat(userns.isOpen()).isTrue();
                break;
            } catch (IOException e) {
                assertThat(e).as("call %d of %s", failing, failingLinux.calls()).hasMessageContaining("made to fail");
            }
            assertThat(processesAndDescriptors())
                    .as("call %d of %s", failing, failingLinux.calls())
                    .isEqualTo(before);
        }
    }

    @RootTest
    void aChildThatFailsLeavesNothing() throws Exception {
        String before = processesAndDescriptors();
        for (String record : List.of("clone", "die with parent")) {
            IdmapUserns users =
                    new IdmapUserns(linux, new Spawner(linux), name -> name.equals(record) ? Errno.ENOSPC : null);
            // A child that is gone early may still have let the parent finish.
            try (Fd userns = users.forShift(SHIFT)) {
                assertThat(record).isNotEqualTo("clone");
                assertThat(userns.isOpen()).isTrue();
            } catch (SpawnException e) {
                assertThat(e).hasMessageContaining(record).hasMessageContaining("ENOSPC");
            }
            assertThat(processesAndDescriptors()).as(record).isEqualTo(before);
        }
    }

    @RootTest
    void aPrivilegedVeHasNone() {
        IdmapUserns users = new IdmapUserns(linux);
        assertThatThrownBy(() -> users.forShift(IdShift.NONE)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String processesAndDescriptors() throws IOException {
        String children = Files.readString(Path.of("/proc/thread-self/children"));
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            // Those of the JVM itself (class path, sockets to the build) come and go, but are none of these.
            String namespaces = descriptors
                    .map(IdmapUsernsTest::target)
                    .filter(target ->
                            target.startsWith("user:[") || target.contains("pidfd") || target.startsWith("/proc/"))
                    .filter(target -> !target.endsWith("/fd"))
                    .sorted()
                    .collect(Collectors.joining("\n"));
            return children + namespaces;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "";
        }
    }
}
