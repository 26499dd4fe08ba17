package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.ProjectQuota;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.rootfs.AreaProject;
import org.jvz.runtime.rootfs.ProjectId;
import org.jvz.testing.LoopDisk;
import org.jvz.testing.VmTest;

/** Disk limits of VEs on real file systems with project quota. */
final class DiskQuotaVmTest {
    private static final long SPACE_KIB = 20 * 1024;
    private static final long INODES = 150;
    private static final Percentage TWO_PERCENT = Percentage.withPercentage(2);

    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private TinyHost host(String type) throws IOException {
        Path prefix = Files.createDirectories(dir.resolve(type));
        LoopDisk.mountWithQuota(type, dir.resolve(type + ".img"), prefix.resolve("vz/private"));
        Files.setAttribute(prefix.resolve("vz/private"), "unix:mode", 0700);
        return new TinyHost(prefix);
    }

    private void create(TinyHost tiny, String layout, String... settings) throws IOException {
        CreateOptions options = new CreateOptions("tiny", null, conf -> {
            VeConf made = conf.withText("VE_LAYOUT", layout)
                    .withText("DISKSPACE", SPACE_KIB + ":" + (SPACE_KIB + 2048))
                    .withText("DISKINODES", INODES + ":" + (INODES + 20))
                    .withText("QUOTATIME", "0");
            for (int i = 0; i < settings.length; i += 2) {
                made = made.withText(settings[i], settings[i + 1]);
            }
            return made;
        });
        new CreateVe(tiny.host()).run(TinyHost.ID, options, tiny.listener());
    }

    private ProjectQuota quota(TinyHost tiny) throws IOException {
        return quota(tiny, "101");
    }

    private ProjectQuota quota(TinyHost tiny, String place) throws IOException {
        long id = ProjectId.of(tiny.paths, TinyHost.ID);
        Path area = tiny.paths.prefix().resolve("vz/private").resolve(place);
        return Objects.requireNonNull(new AreaProject(linux, area, id).quota());
    }

    private static void fill(TinyHost tiny) throws IOException {
        assertThat(tiny.sh("dd if=/dev/zero of=/big bs=64k count=2000"))
                .containsAnyOf("No space left on device", "Disk quota exceeded");
    }

    private static long fillInodes(TinyHost tiny) throws IOException {
        return Long.parseLong(
                tiny.sh("mkdir /many; i=0; while echo >/many/$i; do i=$((i+1)); done 2>/dev/null; echo $i")
                        .strip());
    }

    private static String df(TinyHost tiny, String option) throws IOException {
        String[] lines = tiny.sh("busybox df -P " + option + " /").split("\n");
        return lines[lines.length - 1].strip().split("\\s+")[1];
    }

    private void life(String type, String layout) throws IOException {
        TinyHost tiny = host(type);
        create(tiny, layout);
        tiny.start(tiny.host());
        assertThat(tiny.events).noneMatch(event -> event.startsWith("NOT_ENFORCED") && event.contains("DISK"));
        assertThat(df(tiny, "-k")).as("size that df shows").isEqualTo(Long.toString(SPACE_KIB));
        assertThat(df(tiny, "-i")).as("inodes that df shows").isEqualTo(Long.toString(INODES));

        fill(tiny);
        assertThat(quota(tiny).kib()).isCloseTo(SPACE_KIB, TWO_PERCENT);
        tiny.setKeys(tiny.host(), true, "DISKSPACE", "30720:30720");
        assertThat(df(tiny, "-k")).as("after a live raise").isEqualTo("30720");
        fill(tiny);
        assertThat(quota(tiny).kib()).isCloseTo(30720, TWO_PERCENT);

        // A limit below the use: what is there stays, nothing comes on top.
        tiny.setKeys(tiny.host(), true, "DISKSPACE", SPACE_KIB + ":" + SPACE_KIB);
        assertThat(tiny.events).anyMatch(event -> event.startsWith("WARNING the container uses"));
        assertThat(tiny.sh("dd if=/dev/zero of=/more bs=64k count=1; busybox sync; busybox stat -c %s /more"))
                .containsAnyOf("No space left", "quota exceeded");
        tiny.sh("busybox rm /big /more; busybox sync");
        assertThat(tiny.sh("dd if=/dev/zero of=/some bs=64k count=16; busybox rm /some"))
                .contains("16+0 records out");

        long before = quota(tiny).inodes();
        long made = fillInodes(tiny);
        assertThat(quota(tiny).inodes()).isCloseTo(INODES, TWO_PERCENT);
        assertThat(made).isCloseTo(INODES - before, within(8L));
        tiny.sh("busybox rm -r /many");

        tiny.stop(tiny.host());
        assertThat(quota(tiny).limits()).isEqualTo(new ProjectQuota.Limits(SPACE_KIB, SPACE_KIB, INODES, INODES));
        tiny.start(tiny.host());
        assertThat(df(tiny, "-k")).as("after a restart").isEqualTo(Long.toString(SPACE_KIB));
        fill(tiny);
        assertThat(quota(tiny).kib()).isCloseTo(SPACE_KIB, TWO_PERCENT);
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        assertThat(quota(tiny, ".").limits()).as("after destroy").isEqualTo(ProjectQuota.Limits.NONE);
    }

    @VmTest
    void anExt4OverlayIsAsLargeAsItIsSold() throws IOException {
        life("ext4", "overlay");
    }

    @VmTest
    void anExt4TreeIsAsLargeAsItIsSold() throws IOException {
        life("ext4", "simfs");
    }

    @VmTest
    void anXfsOverlayIsAsLargeAsItIsSold() throws IOException {
        life("xfs", "overlay");
    }

    @VmTest
    void anXfsTreeIsAsLargeAsItIsSold() throws IOException {
        life("xfs", "simfs");
    }

    @VmTest
    void everyFileOfANewAreaIsInTheProject() throws IOException {
        for (String layout : List.of("overlay", "simfs")) {
            TinyHost tiny = host(layout.equals("simfs") ? "xfs" : "ext4");
            create(tiny, layout);
            Path area = tiny.paths.prefix().resolve("vz/private/101");
            long files = Long.parseLong(LoopDisk.run(List.of("sh", "-c", "find " + area + " | wc -l"))
                    .strip());
            assertThat(quota(tiny).inodes()).isEqualTo(files);
            DiskUse use = DiskUse.of(Ve.load(tiny.host().conf(), TinyHost.ID).conf());
            assertThat(use).isEqualTo(new DiskUse(quota(tiny).kib(), files));
        }
    }

    /** An area from elsewhere: whiteouts, links and pipes too have to be of the project, or the VE cannot replace them. */
    @VmTest
    void anAreaFromElsewhereIsCounted() throws IOException {
        TinyHost tiny = host("ext4");
        create(tiny, "overlay");
        tiny.start(tiny.host());
        tiny.sh("busybox rm /etc/passwd; ln -s x /root/link; busybox mkfifo /root/pipe; echo hello >/root/file; "
                + "busybox mkdir -p /root/a/b/c; echo x >/root/a/b/c/d");
        tiny.stop(tiny.host());
        Path area = tiny.paths.prefix().resolve("vz/private/101");
        LoopDisk.run(List.of("sh", "-c", "cp -a " + area + " " + area + ".copy && rm -rf " + area));
        LoopDisk.run(List.of("mv", area + ".copy", area.toString()));
        assertThat(quota(tiny).inodes()).isZero();

        tiny.start(tiny.host());
        long files = Long.parseLong(
                LoopDisk.run(List.of("sh", "-c", "find " + area + " | wc -l")).strip());
        assertThat(quota(tiny).inodes()).isCloseTo(files, within(2L));
        assertThat(area.resolve(".jvz-project")).doesNotExist();
        assertThat(tiny.sh("cat /root/file; busybox readlink /root/link; test -p /root/pipe && echo pipe; ls /etc"))
                .startsWith("hello\nx\npipe\n")
                .doesNotContain("passwd");
        assertThat(
                        tiny.sh(
                                "echo new >/etc/passwd && busybox mv /root/link /etc/ && busybox mv /root/pipe /etc && cat /etc/passwd"))
                .isEqualTo("new\n");
        tiny.stop(tiny.host());

        // Mixed: the top is right, something below is not.
        LoopDisk.run(
                List.of("chattr", "-p", "5", area.resolve("upper/root/file").toString()));
        long all = quota(tiny).inodes();
        new QuotaVe(tiny.host()).init(TinyHost.ID, tiny.listener());
        assertThat(quota(tiny).inodes()).isEqualTo(all + 1);
        tiny.destroy(tiny.host());
    }

    @VmTest
    void quotainitTellsHowManyFilesItHasComeTo() throws IOException {
        TinyHost tiny = host("ext4");
        create(tiny, "simfs", "DISKINODES", "2000:2000");
        Path many = Files.createDirectory(tiny.paths.prefix().resolve("vz/private/101/many"));
        LoopDisk.run(List.of("sh", "-c", "cd " + many + " && seq 600 | xargs touch"));
        List<String> shown = new java.util.ArrayList<>();
        VeEvents events = new VeEvents() {
            @Override
            public void event(VeEvent event) {
                // Not what is asked.
            }

            @Override
            public void progress(String line) {
                shown.add(line);
            }
        };
        new QuotaVe(tiny.host()).init(TinyHost.ID, events);
        assertThat(shown)
                .containsExactly(
                        "Putting its files into its disk quota ... 256",
                        "Putting its files into its disk quota ... 512");
        tiny.destroy(tiny.host());
    }

    @VmTest
    void nobodyInAUserNamespaceLeavesTheProject() throws IOException {
        for (String type : List.of("ext4", "xfs")) {
            TinyHost tiny = host(type);
            create(tiny, "simfs");
            String etc = tiny.paths.prefix().resolve("vz/private/101/etc").toString();
            for (List<String> change : List.of(List.of("-p", "5"), List.of("-P"))) {
                List<String> command =
                        new java.util.ArrayList<>(List.of("unshare", "--user", "--map-root-user", "chattr"));
                command.addAll(change);
                command.add(etc);
                assertThatThrownBy(() -> LoopDisk.run(command)).hasMessageContaining("Invalid argument");
            }
            LoopDisk.run(List.of("chattr", "-p", "5", etc));
        }
    }

    @VmTest
    void quotaIsSwitchedOffAndOn() throws IOException {
        TinyHost tiny = host("ext4");
        create(tiny, "overlay");
        tiny.start(tiny.host());
        QuotaVe quota = new QuotaVe(tiny.host());
        quota.off(TinyHost.ID, tiny.listener());
        assertThat(quota(tiny).limits()).isEqualTo(ProjectQuota.Limits.NONE);
        quota.on(TinyHost.ID, tiny.listener());
        assertThat(quota(tiny).limits().softKib()).isEqualTo(SPACE_KIB);
        assertThat(errorOf(() -> quota.init(TinyHost.ID, tiny.listener()))).isEqualTo(VzError.QUOTA_INIT);
        tiny.stop(tiny.host());
        quota.init(TinyHost.ID, tiny.listener());

        tiny.setKeys(tiny.host(), true, "DISK_QUOTA", "no");
        assertThat(errorOf(() -> quota.on(TinyHost.ID, tiny.listener()))).isEqualTo(VzError.QUOTA_ON);
        assertThat(errorOf(() -> quota.off(TinyHost.ID, tiny.listener()))).isEqualTo(VzError.QUOTA_OFF);
        assertThat(errorOf(() -> quota.init(TinyHost.ID, tiny.listener()))).isEqualTo(VzError.QUOTA_INIT);
        tiny.start(tiny.host());
        assertThat(quota(tiny).limits()).as("DISK_QUOTA=no").isEqualTo(ProjectQuota.Limits.NONE);
        tiny.stop(tiny.host());
    }

    private static VzError errorOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return ((VeException) Objects.requireNonNull(catchThrowable(call))).error();
    }

    @VmTest
    void theGraceTimeIsTheFileSystems() throws IOException {
        TinyHost tiny = host("ext4");
        create(tiny, "overlay", "QUOTATIME", "3600");
        tiny.start(tiny.host());
        assertThat(tiny.events)
                .anyMatch(event -> event.startsWith("NOT_ENFORCED")
                        && event.contains("QUOTATIME (")
                        && event.contains("604800 s; setquota -P -t 3600 3600"));
        assertThat(quota(tiny).limits().hardKib()).isEqualTo(SPACE_KIB + 2048);
        tiny.stop(tiny.host());
        LoopDisk.run(List.of(
                "setquota",
                "-P",
                "-t",
                "3600",
                "3600",
                tiny.paths.prefix().resolve("vz/private").toString()));
        tiny.events.clear();
        tiny.start(tiny.host());
        assertThat(tiny.events).noneMatch(event -> event.contains("QUOTATIME"));
        tiny.stop(tiny.host());
    }

    /** Three seconds of it, after which the soft limits are as hard as the others. */
    private void grace(String type) throws IOException {
        TinyHost tiny = host(type);
        LoopDisk.run(List.of(
                "setquota",
                "-P",
                "-t",
                "3",
                "3",
                tiny.paths.prefix().resolve("vz/private").toString()));
        create(tiny, "overlay", "QUOTATIME", "3");
        tiny.start(tiny.host());
        assertThat(tiny.events).noneMatch(event -> event.contains("QUOTATIME"));
        String told = tiny.sh(
                """
                space() { dd if=/dev/zero of=/$1 bs=64k count=$2 conv=fsync 2>/dev/null; echo $1 $?; }
                files() { i=0; while [ $i -lt $2 ] && echo >/many/$1.$i; do i=$((i+1)); done 2>/dev/null; echo $i $1; }
                mkdir /many
                : >/below; : >/above; : >/more; : >/late; : >/again
                space below 304; files below %d
                space above 24; space more 1; files above 20
                sleep 4
                space late 1; files late 1
                busybox rm -r /below /many; mkdir /many
                space again 24; files again 20
                """
                        .formatted(INODES - 30));
        // A block of 64 KiB and twenty files are far from the hard limits, 2 MiB and 20 files above.
        assertThat(told.lines())
                .containsExactly(
                        "below 0",
                        "120 below",
                        "above 0",
                        "more 0",
                        "20 above",
                        "late 1",
                        "0 late",
                        "again 0",
                        "20 again");
        tiny.stop(tiny.host());
    }

    @VmTest
    void graceEndsOnExt4() throws IOException {
        grace("ext4");
    }

    @VmTest
    void graceEndsOnXfs() throws IOException {
        grace("xfs");
    }

    @VmTest
    void tellsTheCommandThatEnablesQuota() throws IOException {
        for (String type : List.of("ext4", "xfs")) {
            Path prefix = Files.createDirectories(dir.resolve("plain-" + type));
            Path areas = prefix.resolve("vz/private");
            Path image = dir.resolve("plain-" + type + ".img");
            LoopDisk.mountPlain(type, image, areas);
            Files.setAttribute(areas, "unix:mode", 0700);
            TinyHost tiny = new TinyHost(prefix);
            create(tiny, "overlay");
            tiny.start(tiny.host());
            List<String> told = tiny.events.stream()
                    .filter(event -> event.startsWith("NOT_ENFORCED"))
                    .toList();
            assertThat(told).hasSize(1);
            assertThat(told.get(0)).contains("DISKSPACE, DISKINODES (" + type + " on /dev/loop");
            new QuotaVe(tiny.host()).on(TinyHost.ID, tiny.listener());
            String now = "NOT_ENFORCED disk quota of container 101 (" + type + " on /dev/loop";
            assertThat(tiny.events).anyMatch(event -> event.startsWith(now));
            tiny.stop(tiny.host());

            // The command does what it says: umount DIR && ... mount -o prjquota DEVICE DIR.
            String command = told.get(0);
            command = command.substring(command.indexOf("umount "), command.indexOf(" (and prjquota"));
            String device =
                    command.substring(command.lastIndexOf("prjquota ") + 9).split(" ")[0];
            LoopDisk.run(List.of(
                    "sh",
                    "-c",
                    command.replace(
                            "umount " + areas,
                            "umount " + areas + " && { losetup " + device + " >/dev/null 2>&1 || losetup " + device
                                    + " " + image + "; }")));
            tiny.events.clear();
            tiny.start(tiny.host());
            assertThat(tiny.events).noneMatch(event -> event.contains("DISKSPACE"));
            assertThat(df(tiny, "-k")).isEqualTo(Long.toString(SPACE_KIB));
            tiny.stop(tiny.host());
            LoopDisk.unmount(areas);
            LoopDisk.run(List.of("losetup", "-d", device));
        }
    }

    @VmTest
    void leavesTheHostsOwnProjectsAlone() throws IOException {
        TinyHost tiny = host("ext4");
        Path areas = tiny.paths.prefix().resolve("vz/private");
        LoopDisk.run(List.of("chattr", "-p", "5", "+P", areas.toString()));
        create(tiny, "overlay");
        tiny.start(tiny.host());
        assertThat(tiny.events)
                .anyMatch(event -> event.startsWith("NOT_ENFORCED") && event.contains("of the host's own"));
        assertThat(quota(tiny).inodes()).isZero();
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }

    @VmTest
    void aFailedStepLeavesTheLimitsAsTheyWere() throws IOException {
        TinyHost tiny = host("ext4");
        create(tiny, "overlay");
        Set<String> steps = new LinkedHashSet<>();
        tiny.start(tiny.host((name, object) -> steps.add(name), Faults.NONE));
        assertThat(steps).contains("set disk quota");
        tiny.stop(tiny.host());
        new QuotaVe(tiny.host()).off(TinyHost.ID, tiny.listener());
        for (String step : List.of("set disk quota", "map users", "write state")) {
            assertThat(catchThrowable(() -> tiny.start(failing(tiny, step))))
                    .as(step)
                    .isInstanceOf(VeException.class);
            assertThat(quota(tiny).limits()).as(step).isEqualTo(ProjectQuota.Limits.NONE);
        }
        tiny.start(tiny.host());
        tiny.stop(tiny.host());
        assertThat(catchThrowable(() -> tiny.destroy(failing(tiny, "discard private area"))))
                .isInstanceOf(VeException.class);
        assertThat(quota(tiny).limits().softKib()).isEqualTo(SPACE_KIB);
        tiny.destroy(tiny.host());
    }

    private static VeHost failing(TinyHost tiny, String step) throws IOException {
        return tiny.host(
                (name, object) -> {
                    if (name.equals(step)) {
                        throw new IOException("injected");
                    }
                },
                Faults.NONE);
    }

    @VmTest
    void neighboursDoNotShareLimits() throws IOException {
        TinyHost tiny = host("ext4");
        create(tiny, "overlay");
        assertThat(ProjectId.of(tiny.paths, new CtId(102))).isNotEqualTo(ProjectId.of(tiny.paths, TinyHost.ID));
        tiny.start(tiny.host());
        fill(tiny);
        Path other = tiny.paths.prefix().resolve("vz/private/other");
        Files.write(other, new byte[8 << 20]);
        assertThat(quota(tiny).kib()).isCloseTo(SPACE_KIB, TWO_PERCENT);
        tiny.stop(tiny.host());
    }
}
