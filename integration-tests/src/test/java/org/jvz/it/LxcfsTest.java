package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code free}, {@code nproc}, {@code top} and {@code uptime} say inside, by the installed commands and the real lxcfs,
 * which lives in mount namespaces of the test's own.
 */
@EndToEnd
final class LxcfsTest {
    private static final String DEBIAN = "debian-12-standard";

    private final TestHost host = TestHost.get();
    private final int id = host.newId();

    @TempDir
    Path dir;

    @AfterEach
    void forget() throws Exception {
        Files.deleteIfExists(host.path("etc/vz/conf", id + ".conf.destroyed"));
        Files.deleteIfExists(host.path("run/jvz/lxcfs"));
        Files.deleteIfExists(host.path("var/lib/lxcfs"));
    }

    /** Runs a script with {@code lxcfs_start} and {@code lxcfs_kill}; it prints sections headed by {@code == NAME}. */
    private Map<String, String> sections(String script) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/lxcfs")), "no lxcfs (package lxcfs)");
        Path lxcfs = host.path("var/lib/lxcfs");
        Path out = dir.resolve("out");
        String prelude =
                """
                set -eu
                mount -t tmpfs tmpfs /run
                mkdir -p %1$s
                lxcfs_start() {
                    lxcfs --enable-loadavg --enable-pidfd %1$s >/run/log 2>&1 3>&- &
                    lxcfs=$!
                    tries=0
                    until [ -e %1$s/proc/uptime ]; do
                        tries=$((tries + 1))
                        [ $tries -lt 300 ] || { cat /run/log; exit 1; }
                        sleep 0.1
                    done
                }
                lxcfs_kill() {
                    kill -9 $lxcfs
                    # The shell tells of it.
                    { wait $lxcfs || :; } 2>/dev/null
                }
                end() {
                    [ -z "$lxcfs" ] || lxcfs_kill
                    umount -l %1$s || :
                }
                lxcfs=
                trap end EXIT
                section() { echo "== $1"; shift; "$@" 2>&1 || echo "status $?"; }
                inside() { section "$1" vzctl exec %2$s "$2"; }
                PATH=%3$s:$PATH
                """
                        .formatted(lxcfs, id, host.path("usr/local/sbin"));
        Process process = new ProcessBuilder(
                        "unshare", "--mount", "--propagation", "private", "sh", "-c", prelude + script)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        String text = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(ended).as(text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        Map<String, String> sections = new LinkedHashMap<>();
        String name = "";
        for (String line : text.split("\n")) {
            if (line.startsWith("== ")) {
                name = line.substring(3);
                sections.put(name, "");
            } else {
                sections.merge(name, line + "\n", String::concat);
            }
        }
        return sections;
    }

    @Test
    void debiansOwnToolsShowTheVe() throws Exception {
        assumeTrue(host.hasTemplate(DEBIAN), "no template " + DEBIAN + "; ./verify builds it");
        Map<String, String> seen = sections(
                """
                lxcfs_start
                vzctl create %1$s --ostemplate debian-12-standard
                vzctl set %1$s --ram 200M --swap 64M --cpus 1 --save
                section start vzctl start %1$s --wait
                inside free 'LC_ALL=C free -b'
                inside nproc 'nproc; getconf _NPROCESSORS_ONLN; grep -c ^processor /proc/cpuinfo; grep -c "^cpu[0-9]" /proc/stat'
                inside uptime 'LC_ALL=C uptime'
                inside top 'LC_ALL=C top -b -n1'
                inside w 'LC_ALL=C w -h; vmstat; ps aux >/dev/null; df >/dev/null && echo fine'
                inside service 'systemd-run --quiet --wait --pipe -p MemoryMax=32M -p AllowedCPUs=0 free -b'
                inside swap 'cat /proc/swaps /proc/diskstats'
                section set vzctl set %1$s --ram 100M --save
                inside after 'free -b'
                inside state 'systemctl is-system-running'
                echo == end
                vzctl stop %1$s
                vzctl destroy %1$s
                """
                        .formatted(id));
        assertThat(seen.getOrDefault("start", "")).doesNotContain("lxcfs").contains("Container started successfully");
        assertThat(memory(seen.getOrDefault("free", ""))).isEqualTo(200L << 20);
        assertThat(seen.getOrDefault("nproc", "").lines()).containsOnly("1").hasSize(4);
        assertThat(seen.getOrDefault("uptime", "")).contains(" up 0 min").containsPattern("load average: 0\\.");
        assertThat(seen.getOrDefault("top", ""))
                .containsPattern("(?m)^MiB Mem : +200\\.0 total")
                .contains(" up 0 min")
                .contains("systemd");
        assertThat(seen.getOrDefault("w", "")).contains("fine").doesNotContain("status");
        // A unit's own limits are its own; what it sees is the machine.
        assertThat(memory(seen.getOrDefault("service", ""))).isEqualTo(200L << 20);
        assertThat(seen.getOrDefault("swap", ""))
                .startsWith("Filename")
                .doesNotContain("vda")
                .doesNotContain("loop");
        assertThat(memory(seen.getOrDefault("after", ""))).isEqualTo(100L << 20);
        assertThat(seen.getOrDefault("state", "")).isEqualTo("running\n");
    }

    /** The first number behind {@code Mem:}. */
    private static long memory(String free) {
        for (String line : free.split("\n")) {
            if (line.startsWith("Mem:")) {
                return Long.parseLong(line.substring(4).strip().split(" +")[0]);
            }
        }
        throw new AssertionError(free);
    }

    @Test
    void aDyingLxcfsHarmsNobodyAndTheNextStartBringsTheViewBack() throws Exception {
        int other = host.newId();
        Map<String, String> seen = sections(
                """
                lxcfs_start
                vzctl create %1$s --ostemplate tiny
                vzctl create %2$s --ostemplate tiny
                vzctl set %1$s --ram 64M --swap 0 --save
                vzctl start %1$s
                inside alive 'head -1 /proc/meminfo'
                lxcfs_kill
                inside dead 'head -1 /proc/meminfo; echo still here'
                umount -l %3$s
                lxcfs_start
                section start vzctl start %2$s
                inside again 'head -1 /proc/meminfo; cut -d. -f1 /proc/uptime; grep -c " /proc/meminfo " /proc/self/mountinfo'
                lxcfs_kill
                umount -l %3$s
                lxcfs_start
                section up %4$s/lib/jvz/lxcfs-up
                inside third 'head -1 /proc/meminfo'
                lxcfs_kill
                lxcfs=
                section stop vzctl stop %1$s
                vzctl stop %2$s --fast
                section without vzctl start %1$s
                inside plain 'head -2 /proc/meminfo'
                echo == end
                vzctl stop %1$s --fast
                section destroy vzctl destroy %1$s
                vzctl destroy %2$s
                """
                        .formatted(id, other, host.path("var/lib/lxcfs"), host.path("usr/local")));
        Files.deleteIfExists(host.path("etc/vz/conf", other + ".conf.destroyed"));
        assertThat(seen.getOrDefault("alive", "")).matches("MemTotal: +65536 kB\n");
        assertThat(seen.getOrDefault("dead", "")).contains("not connected").contains("still here");
        assertThat(seen.getOrDefault("start", ""))
                .contains("Container start in progress")
                .doesNotContain("Unable");
        assertThat(seen.getOrDefault("again", "")).matches("MemTotal: +65536 kB\n\\d{1,2}\n1\n");
        assertThat(seen.getOrDefault("up", "")).isEqualTo("Containers that see lxcfs again: 2\n");
        assertThat(seen.getOrDefault("third", "")).matches("MemTotal: +65536 kB\n");
        assertThat(seen.getOrDefault("stop", "")).contains("Container was stopped");
        assertThat(seen.getOrDefault("without", "")).contains("LXCFS (lxcfs is not running");
        assertThat(seen.getOrDefault("plain", "")).matches("MemTotal: +65536 kB\nMemFree: +65536 kB\n");
        assertThat(seen.getOrDefault("destroy", "")).contains("Container private area was destroyed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LXCFS=\"no\""})
    void withoutLxcfsSizesAreTheVesAllTheSame(String setting) throws Exception {
        Path conf = host.path("etc/vz/vz.conf");
        String before = Files.readString(conf);
        try {
            Files.writeString(conf, before + setting + "\n");
            host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
            host.vzctl("set", id, "--ram", "64M", "--swap", "0", "--cpus", "1", "--save")
                    .run()
                    .succeeds();
            Outcome start = host.vzctl("start", id).run().succeeds();
            assertThat(start.stdout().contains("LXCFS (lxcfs is not running")).isEqualTo(setting.isEmpty());
            host.vzctl("exec", id, "nproc; grep -c ^processor /proc/cpuinfo; cat /proc/loadavg")
                    .run()
                    .succeeds()
                    .prints("1", "1", "0.00 0.00 0.00 1/1 1");
            // Busybox's own free asks sysinfo(2), which tells of the host whatever is mounted.
            Outcome memory =
                    host.vzctl("exec", id, "head -1 /proc/meminfo").run().succeeds();
            assertThat(memory.stdout()).matches("MemTotal: +65536 kB\n");
            Outcome top = host.vzctl("exec", id, "top -b -n1").run().succeeds();
            assertThat(top.stdout()).contains("Load average: 0.00");
            host.vzctl("stop", id, "--fast").run().succeeds();
            host.vzctl("destroy", id).run().succeeds();
        } finally {
            Files.writeString(conf, before);
        }
    }
}
