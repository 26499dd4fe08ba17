package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of limits when the VE is restarted, when they change while it runs, and when it has more than they would leave it. */
@EndToEnd
final class LimitsLifeTest {
    private static final long MIB = 1 << 20;

    private final TestHost host = TestHost.get();

    @TempDir
    Path dir;

    @Test
    void aSavedLimitSurvivesARestartAndAnUnsavedOneDoesNot() throws Exception {
        TestVe ve = TestVe.started(host, "--ram", "64M", "--swap", "0", "--numproc", "70", "--cpulimit", "50");
        assertThat(ve.cgroups().memoryLimit()).isEqualTo(64 * MIB);
        ve.set("--ram", "96M", "--numproc", "80", "--shmpages", "20M", "--save").exits(0);
        ve.set("--ram", "128M").exits(0);
        assertThat(ve.cgroups().memoryLimit()).isEqualTo(128 * MIB);

        ve.restart();
        assertThat(ve.cgroups().memoryLimit()).isEqualTo(96 * MIB);
        assertThat(ve.cgroups().tasksLimit()).isEqualTo("80");
        ve.run("cat /proc/sys/kernel/shmall").prints("5120");
        // They do not only stand there.
        ve.leaveRunning("for n in $(seq 200); do sleep 1000 & done; wait");
        for (int tries = 0; tries < 100 && ve.cgroups().tasksRefused() == 0; tries++) {
            Thread.sleep(100);
        }
        assertThat(ve.cgroups().tasksPeak()).isEqualTo(80);
        ve.end();
    }

    /** The watcher runs from before: no process needs to be started anew to live under the new limits. */
    @Test
    void aChangeIsSeenInsideWithinASecond() throws Exception {
        TestVe ve = TestVe.started(host, "--ram", "64M", "--swap", "0", "--cpumask", "0");
        Path seen = dir.resolve("seen");
        Process watcher = new ProcessBuilder(
                        host.path("usr/local/sbin/vzctl").toString(),
                        "exec",
                        String.valueOf(ve.id()),
                        "while :; do echo cpus $(nproc) shm $(df -k /dev/shm | awk 'END { print $2 }') files $(ulimit -n); usleep 100000; done")
                .redirectOutput(seen.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String cpus = Runtime.getRuntime().availableProcessors() > 1 ? "2" : "1";
        shows(seen, "cpus 1 shm 32768 ", 30);
        ve.set("--cpumask", "all", "--ram", "128M", "--shmpages", "48M", "--numfile", "333")
                .exits(0);
        shows(seen, "cpus " + cpus + " shm 49152 files 333\n", 1);
        ve.set("--cpumask", "0", "--numfile", "222").exits(0);
        shows(seen, "cpus 1 shm 49152 files 222\n", 1);
        watcher.destroy();
        watcher.waitFor();
        ve.end();
    }

    private static void shows(Path file, String start, int seconds) throws Exception {
        // And half a second for the watcher's own pace.
        long end = System.nanoTime() + seconds * 1_000_000_000L + 500_000_000L;
        String last = "";
        while (System.nanoTime() < end) {
            String text = Files.readString(file);
            last = text.substring(text.lastIndexOf('\n', text.length() - 2) + 1);
            if (last.startsWith(start)) {
                return;
            }
            Thread.sleep(50);
        }
        assertThat(last).startsWith(start);
    }

    @Test
    @Tag("vm")
    void loweringMemoryBelowWhatIsInUseIsRefused() throws Exception {
        TestVe ve = TestVe.started(host, "--ram", "96M", "--swap", "0");
        // Nothing that could be taken back: there is no swap.
        ve.run("mount -t tmpfs -o size=64m none /mnt && dd if=/dev/zero of=/mnt/big bs=1M count=48")
                .exits(0);
        String conf = ve.conf();
        Outcome refused = ve.set("--ram", "24M", "--numproc", "50", "--save");
        assertThat(refused.exit()).as("%s", refused).isNotZero();
        assertThat(refused.stderr()).contains("in use");
        assertThat(ve.conf()).isEqualTo(conf);
        assertThat(ve.cgroups().memoryLimit()).isEqualTo(96 * MIB);
        assertThat(ve.cgroups().tasksLimit()).isEqualTo("max");
        assertThat(ve.cgroups().oomKills()).isZero();

        // The same size is no matter when it is page cache.
        ve.run("umount /mnt; dd if=/dev/zero of=/root/big bs=1M count=48").exits(0);
        ve.set("--ram", "24M", "--save").exits(0);
        assertThat(ve.cgroups().memoryLimit()).isEqualTo(24 * MIB);
        assertThat(ve.cgroups().memory()).isLessThanOrEqualTo(24 * MIB);
        assertThat(ve.cgroups().oomKills()).isZero();
        ve.run("echo alive").succeeds().prints("alive");
        ve.end();
    }
}
