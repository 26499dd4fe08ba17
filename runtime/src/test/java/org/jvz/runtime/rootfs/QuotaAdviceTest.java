package org.jvz.runtime.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvz.runtime.linux.QuotaCalls.ProjectAccounting;

final class QuotaAdviceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ext4  | /vz | NONE   | ext4 on /dev/vdb has no project quota; to enable it: umount /vz && tune2fs -O project,quota -Q prjquota /dev/vdb && mount -o prjquota /dev/vdb /vz (and prjquota in /etc/fstab)
            ext4  | /vz | COUNTS | ext4 on /dev/vdb does not enforce its project quota; to enable it: quotaon -P /vz (and prjquota among its options in /etc/fstab)
            ext4  | /   | NONE   | ext4 on /dev/vdb has no project quota; to enable it: tune2fs -O project,quota -Q prjquota /dev/vdb from a rescue system, rootflags=prjquota among the kernel's parameters
            xfs   | /vz | NONE   | xfs on /dev/vdb has no project quota; to enable it: umount /vz && mount -o prjquota /dev/vdb /vz (and prjquota in /etc/fstab)
            xfs   | /vz | COUNTS | xfs on /dev/vdb does not enforce its project quota; to enable it: xfs_quota -x -c 'enable -p' /vz (and prjquota among its options in /etc/fstab)
            xfs   | /   | NONE   | xfs on /dev/vdb has no project quota; to enable it: rootflags=prjquota among the kernel's parameters, and restart the host
            btrfs | /vz | NONE   | btrfs on /dev/vdb has no project quota, as ext4 and xfs have
            """,
            quoteCharacter = '"')
    void namesTheCommandForTheStateOfTheFileSystem(
            String type, String point, ProjectAccounting accounting, String advice) {
        MountEntry entry = new MountEntry(1, 0, "8:1", "/", point, "rw", type, "/dev/vdb", "rw");
        assertThat(QuotaAdvice.of(entry, accounting)).isEqualTo(advice);
    }
}
