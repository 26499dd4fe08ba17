package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Samples;
import org.jvz.runtime.config.VzConf;

class VeLockTest {
    private static final CtId ID = new CtId(101);
    /** Above every pid_max the kernel allows (4,194,304). */
    private static final String NO_PID = "99999999";

    @TempDir
    Path prefix;

    private final List<String> events = new ArrayList<>();
    private VeHost host =
            new VeHost(VzConf.of(HostPaths.of(java.util.Map.of()), ConfFile.empty(Path.of("/vz.conf"))), null, false);
    private Path file = Path.of("/");

    @BeforeEach
    void makeHost() throws IOException {
        HostPaths paths = HostPaths.under(prefix);
        Samples.install(paths);
        host = new VeHost(VzConf.read(paths), null, false);
        file = host.lockDir().resolve("101.lck");
        Files.createDirectories(host.lockDir());
    }

    private VeLock take() throws IOException {
        return VeLock.take(
                host, ID, "starting", event -> events.add(event.kind().name()));
    }

    private List<String> files() throws IOException {
        try (var list = Files.list(host.lockDir())) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void holdsPidAndStatusWordAndGoesAway() throws IOException {
        try (VeLock lock = take()) {
            assertThat(lock).isNotNull();
            assertThat(file).hasContent(ProcessHandle.current().pid() + "\nstarting\n");
            assertThat(files()).containsExactly("101.lck");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aSecondTakerIsRefusedEvenInOneProcess() throws IOException {
        try (VeLock lock = take()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(this::take).isInstanceOfSatisfying(VeException.class, e -> assertThat(e.error())
                    .isEqualTo(VzError.LOCKED));
            assertThat(events).containsExactly("LOCKED_BY");
            assertThat(files()).containsExactly("101.lck");
        }
    }

    @Test
    void anOutsidersLockWithOnlyAPidHolds() throws IOException {
        Files.writeString(file, "1\n");
        assertThatThrownBy(this::take).isInstanceOf(VeException.class);
        assertThat(file).hasContent("1\n");
    }

    @Test
    void aLockWhosePidIsGoneIsRemoved() throws IOException {
        Files.writeString(file, NO_PID + "\n");
        try (VeLock lock = take()) {
            assertThat(lock).isNotNull();
            assertThat(events).containsExactly("STALE_LOCK");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aLockOlderThanTheProcessOfItsPidIsRemoved() throws IOException {
        Files.writeString(file, ProcessHandle.current().pid() + "\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() - 86_400_000L * 3650));
        take().close();
        assertThat(events).containsExactly("STALE_LOCK");
    }

    @Test
    void partsThatKilledCommandsLeftAreSwept() throws IOException {
        Files.createFile(host.lockDir().resolve("101.lck." + NO_PID + ".1.2"));
        Files.writeString(host.lockDir().resolve("101.lck." + NO_PID + ".1.3"), NO_PID + "\nstarting\n");
        String alive = "101.lck." + ProcessHandle.current().pid() + ".1.4";
        Files.createFile(host.lockDir().resolve(alive));
        String others = "1010.lck." + NO_PID + ".1.5";
        Files.createFile(host.lockDir().resolve(others));
        assertThat(VeLock.isLeftBehind(host.lockDir(), ID)).isTrue();
        take().close();
        assertThat(files()).containsExactly(alive, others);
        assertThat(VeLock.isLeftBehind(host.lockDir(), ID)).isFalse();
    }
}
