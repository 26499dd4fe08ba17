package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.JffiLinux;

class HostDevicesTest {
    private static final Path AREA = Path.of("/vz/private");

    @TempDir
    private Path temp;

    private HostDevices devices() {
        return new HostDevices(new JffiLinux(), temp.resolve("sys"), temp.resolve("mountinfo"));
    }

    private Path disk(String name, String id, String scheduler) throws IOException {
        Path dir = Files.createDirectories(temp.resolve("sys/devices").resolve(name));
        Files.writeString(dir.resolve("dev"), id + "\n");
        if (!scheduler.isEmpty()) {
            Files.createDirectory(dir.resolve("queue"));
            Files.writeString(dir.resolve("queue/scheduler"), scheduler + "\n");
        }
        return link(dir, id);
    }

    private Path partition(String disk, String name, String id) throws IOException {
        Path dir = Files.createDirectories(
                temp.resolve("sys/devices").resolve(disk).resolve(name));
        Files.writeString(dir.resolve("dev"), id + "\n");
        Files.writeString(dir.resolve("partition"), "1\n");
        return link(dir, id);
    }

    private Path link(Path dir, String id) throws IOException {
        Files.createDirectories(temp.resolve("sys/dev/block"));
        Files.createSymbolicLink(temp.resolve("sys/dev/block").resolve(id), dir);
        return dir;
    }

    @Test
    void findsADiskAndTheDiskOfAPartition() throws IOException {
        disk("sda", "8:0", "mq-deadline kyber [bfq] none");
        partition("sda", "sda2", "8:2");
        HostDevices.Disk sda = new HostDevices.Disk("8:0", "sda", "bfq");
        assertThat(devices().below(AREA, 8, 0, 1).disks()).containsExactly(sda);
        assertThat(devices().below(AREA, 8, 2, 1).disks()).containsExactly(sda);
    }

    @Test
    void takesAMapperDeviceWithoutASchedulerForADisk() throws IOException {
        disk("dm-0", "252:0", "");
        assertThat(devices().below(AREA, 252, 0, 1).disks())
                .containsExactly(new HostDevices.Disk("252:0", "dm-0", "none"));
    }

    @Test
    void findsAllDisksOfABtrfs() throws IOException {
        disk("sda", "8:0", "[none]");
        Path sda2 = partition("sda", "sda2", "8:2");
        Path sda3 = partition("sda", "sda3", "8:3");
        Path sdb = disk("sdb", "8:16", "[none]");
        disk("sdc", "8:32", "[none]");
        Path members = Files.createDirectories(temp.resolve("sys/fs/btrfs/uuid-1/devices"));
        for (Path member : new Path[] {sda2, sda3, sdb}) {
            Files.createSymbolicLink(members.resolve(member.getFileName()), member);
        }
        Files.createDirectories(temp.resolve("sys/fs/btrfs/features"));
        Files.writeString(
                temp.resolve("mountinfo"),
                """
                30 1 0:25 / / rw - ext4 /dev/vda rw
                45 30 0:40 /@vz /vz rw shared:9 - btrfs /dev/sda2 rw,subvol=/@vz
                """);
        assertThat(devices().below(AREA, 0, 40, 45).disks())
                .containsExactly(
                        new HostDevices.Disk("8:0", "sda", "none"), new HostDevices.Disk("8:16", "sdb", "none"));
    }

    @Test
    void saysWhatAnAreaLiesOnThatIsNoDisk() throws IOException {
        Files.writeString(temp.resolve("mountinfo"), "45 30 0:40 / /vz rw - overlay overlay rw,lowerdir=/a - b\n");
        assertThat(devices().below(AREA, 0, 40, 45))
                .isEqualTo(HostDevices.Backing.none("/vz/private lies on no disk but on overlay"));
        assertThat(devices().below(AREA, 0, 40, 46)).isEqualTo(HostDevices.Backing.none("/vz/private lies on no disk"));
    }
}
