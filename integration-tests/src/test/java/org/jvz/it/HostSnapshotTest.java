package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.testing.RootTest;

/** A snapshot that overlooked something would make every other test pass. */
final class HostSnapshotTest {
    @TempDir
    Path host;

    @BeforeEach
    void makeHost() throws IOException {
        for (String dir : new String[] {"etc/vz/conf", "vz/private", "vz/root", "vz/template", "run/jvz"}) {
            Files.createDirectories(host.resolve(dir));
        }
        Files.writeString(host.resolve("etc/vz/vz.conf"), "A=\"1\"\n");
    }

    @Test
    void nothingChangedIsNoChange() throws Exception {
        HostSnapshot before = look();
        Files.writeString(host.resolve("vz/template/shared"), "");

        assertThat(look().changesSince(before)).isEmpty();
    }

    @Test
    void filesAndDirectoriesAreSeen() throws Exception {
        HostSnapshot before = look();
        Files.writeString(host.resolve("run/jvz/101.json"), "{}");
        Files.createDirectory(host.resolve("vz/root/101"));
        Files.writeString(host.resolve("etc/vz/vz.conf"), "A=\"12\"\n");
        Files.delete(host.resolve("etc/vz/conf"));

        List<String> changes = look().changesSince(before);

        assertThat(changes)
                .contains(
                        "+ file " + host + "/run/jvz/101.json",
                        "+ directory " + host + "/vz/root/101",
                        "+ file " + host + "/etc/vz/vz.conf of 7 bytes",
                        "- file " + host + "/etc/vz/vz.conf of 6 bytes")
                .anyMatch(change -> change.startsWith("- directory " + host + "/etc/vz/conf"));
    }

    @Test
    void processesOfOurCommandsAreSeen() throws Exception {
        HostSnapshot before = look();
        Process process = new ProcessBuilder("sh", "-c", "read line", host + "/usr/local/sbin/vzctl").start();
        try {
            assertThat(look().changesSince(before)).anyMatch(change -> change.startsWith("+ process " + process.pid()));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(look().changesSince(before)).isEmpty();
    }

    @RootTest
    void mountsAreSeen() throws Exception {
        HostSnapshot before = look();
        new JffiLinux().mount("tmpfs", host.resolve("vz/root"), "tmpfs", EnumSet.of(MountFlag.NOSUID), "size=64k");

        assertThat(look().changesSince(before)).anyMatch(change -> change.startsWith("+ mount " + host + "/vz/root "));
    }

    @RootTest
    void cgroupsAndTheirProcessesAreSeen() throws Exception {
        // Any hierarchy of this host will do.
        Path hierarchy = Path.of("/sys/fs/cgroup/pids");
        if (!Files.isDirectory(hierarchy)) {
            hierarchy = Path.of("/sys/fs/cgroup");
        }
        Path own = Files.createDirectories(hierarchy.resolve("vz-snapshot-test"));
        HostSnapshot before = look();
        Path cgroup = Files.createDirectory(own.resolve("101"));
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(cgroup.resolve("cgroup.procs"), Long.toString(process.pid()));

            assertThat(look().changesSince(before))
                    .contains("+ cgroup " + cgroup)
                    .anyMatch(change -> change.startsWith("+ process " + process.pid() + " sleep"));
        } finally {
            process.destroyForcibly().waitFor();
            Files.delete(cgroup);
            Files.delete(own);
        }
    }

    private HostSnapshot look() throws IOException {
        return HostSnapshot.of(host, "vz-snapshot-test");
    }
}
