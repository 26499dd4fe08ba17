package org.jvz.runtime.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.UmountFlag;
import org.jvz.runtime.rootfs.MountTable;
import org.jvz.testing.RootTest;

/** lxcfs as jvz starts it on a host without systemd. */
@Tag("vm")
@Tag("long")
final class LxcfsDaemonTest {
    private static final Path LXCFS = Path.of("/usr/bin/lxcfs");

    private final Linux linux = new JffiLinux();

    @TempDir
    Path temp;

    private Path dir = Path.of("");
    private Path pidFile = Path.of("");

    @BeforeEach
    void privateRun() throws IOException {
        assumeTrue(Files.isExecutable(LXCFS), "no lxcfs (package lxcfs)");
        dir = temp.resolve("lxcfs");
        pidFile = temp.resolve("lxcfs.pid");
        linux.mount("tmpfs", "/run", "tmpfs", Set.of(), null);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        kill();
        if (MountTable.isMounted(dir)) {
            linux.unmount(dir, UmountFlag.DETACH);
        }
    }

    private LxcfsDaemon daemon(Path program) {
        return new LxcfsDaemon(linux, dir, program, pidFile, false);
    }

    private ProcessHandle process() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                .orElseThrow();
    }

    private void kill() throws Exception {
        if (Files.exists(pidFile)) {
            ProcessHandle process = process();
            process.destroyForcibly();
            Path status = Path.of("/proc/" + process.pid() + "/stat");
            long end = System.nanoTime() + 10_000_000_000L;
            // Nobody may be there to reap it.
            while (Files.exists(status) && !Files.readString(status).contains(") Z ")) {
                assertThat(System.nanoTime()).isLessThan(end);
                Thread.sleep(10);
            }
            Files.delete(pidFile);
        }
    }

    @RootTest
    void servesAndHasNothingOfItsStarter() throws Exception {
        String score = Files.readString(Path.of("/proc/self/oom_score_adj"));
        daemon(LXCFS).start(List.of());
        assertThat(Path.of("/proc/self/oom_score_adj")).content().as("ours").isEqualTo(score);
        assertThat(dir.resolve("proc/uptime")).content().isNotBlank();
        Path proc = Path.of("/proc/" + process().pid());
        String[] stat =
                Files.readString(proc.resolve("stat")).split("\\) ", 2)[1].split(" ");
        assertThat(stat[3]).as("session").isNotEqualTo(session("self"));
        assertThat(stat[4]).as("terminal").isEqualTo("0");
        assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).isEqualTo(Path.of("/"));
    }

    private static String session(String process) throws IOException {
        return Files.readString(Path.of("/proc", process, "stat"))
                .split("\\) ", 2)[1]
                .split(" ")[3];
    }

    @RootTest
    void takesThePlaceOfOneThatDied() throws Exception {
        daemon(LXCFS).start(List.of());
        kill();
        assertThatThrownBy(() -> Files.readString(dir.resolve("proc/uptime"))).isInstanceOf(IOException.class);
        daemon(LXCFS).start(List.of());
        assertThat(dir.resolve("proc/uptime")).content().isNotBlank();
        assertThat(MountTable.isMounted(dir)).isTrue();
    }

    @RootTest
    void saysWhichOneDoesNotComeUp() {
        assertThatThrownBy(() -> daemon(Path.of("/bin/true")).start(List.of()))
                .isInstanceOf(IOException.class)
                .hasMessage("lxcfs did not come up at " + dir + " within 10 s");
    }
}
