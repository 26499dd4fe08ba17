package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.CtId;
import org.jvz.testing.RootTest;

/** What root in a VE can see and reach of the host, of other VEs, and of the helpers that enter it: nothing. */
class VeIsolationTest {
    private static final CtId OTHER = new CtId(102);

    @TempDir
    Path prefix;

    private TinyHost tiny;

    @BeforeEach
    void startVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        VeHost host = tiny.host();
        tiny.create(host);
        new StartVe(host).run(TinyHost.ID, new StartOptions(false, true, false, false), tiny.listener());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"));
    }

    @RootTest
    @Tag("vm")
    void seesItsOwnProcessesOnly() throws IOException {
        String list = tiny.sh("ls -d /proc/[0-9]*");
        assertThat(list.lines().count()).isLessThan(10);
        assertThat(tiny.sh("cat /proc/1/cmdline | head -c 4")).isEqualTo("init");
        assertThat(tiny.sh("kill -0 " + ProcessHandle.current().pid())).contains("No such process");
    }

    @RootTest
    @Tag("vm")
    void seesNoMountOfTheHostsTree() throws IOException {
        List<String> points = tiny.sh("cat /proc/self/mountinfo")
                .lines()
                .map(line -> line.split(" ")[4])
                .toList();
        assertThat(points).contains("/", "/proc", "/sys", "/dev", "/dev/pts", "/run");
        assertThat(points).noneMatch(point -> point.contains(prefix.toString()) || point.startsWith("/vz"));
    }

    @RootTest
    @Tag("vm")
    void isSomebodyWithoutRightsOutside() throws IOException {
        VeState state = VeState.read(tiny.paths.state(TinyHost.ID));
        assertThat(state).isNotNull();
        List<String> status = Files.readAllLines(Path.of("/proc/" + state.initPid() + "/status"));
        String uids = status.stream()
                .filter(line -> line.startsWith("Uid:"))
                .findFirst()
                .orElseThrow();
        assertThat(uids.split("\t")).containsOnly("Uid:", Long.toString(state.idBase()));
        assertThat(state.idBase()).isGreaterThanOrEqualTo(65_536);
        assertThat(tiny.sh("cat /proc/self/uid_map").trim().split(" +"))
                .containsExactly("0", Long.toString(state.idBase()), "65536");
    }

    @RootTest
    @Tag("vm")
    void hasNoDeviceOfTheHostAndCanMakeNone() throws IOException {
        String devices = tiny.sh("ls /dev");
        assertThat(devices.split("\\s+"))
                .containsExactlyInAnyOrder(
                        "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                        "tty", "urandom", "zero");
        assertThat(tiny.sh("mknod /tmp/disk b 254 0")).contains("Operation not permitted");
        assertThat(tiny.sh("mknod /tmp/mem c 1 1")).contains("Operation not permitted");
        assertThat(tiny.sh("ls /sys/block /sys/class/block; cat /proc/partitions"))
                .doesNotContain("vda", "loop");
    }

    @RootTest
    @Tag("vm")
    void cannotReadTheKernelLogOrMemory() throws IOException {
        assertThat(tiny.sh("dmesg")).contains("Operation not permitted");
        assertThat(tiny.sh("cat /proc/kcore | head -c 1 | wc -c")).contains("0");
        assertThat(tiny.sh("cat /proc/kmsg")).containsAnyOf("Operation not permitted", "Permission denied");
        assertThat(tiny.sh("head -c 5 /proc/kallsyms | wc -c")).contains("0");
    }

    @RootTest
    @Tag("vm")
    void cannotChangeTheHostsKernel() throws IOException {
        assertThat(tiny.sh("echo x >/proc/sys/kernel/core_pattern")).isNotEmpty();
        assertThat(tiny.sh("echo h >/proc/sysrq-trigger; echo done")).contains("done");
        assertThat(tiny.sh("echo 1 >/proc/sys/vm/drop_caches")).isNotEmpty();
        assertThat(tiny.sh("mount -o remount,rw /sys; echo 0 >/sys/kernel/profiling"))
                .isNotEmpty();
        assertThat(tiny.sh("echo -17 >/proc/self/oom_score_adj; cat /proc/self/oom_score_adj"))
                .doesNotContain("\n-17");
    }

    @RootTest
    @Tag("vm")
    void hasANetworkOfItsOwn() throws IOException {
        List<String> devices = tiny.sh("cat /proc/net/dev")
                .lines()
                .skip(2)
                .map(line -> line.substring(0, line.indexOf(':')).strip())
                .toList();
        assertThat(devices).contains("lo").doesNotContain("eth0");
        // The loopback device is up: its address is there.
        assertThat(tiny.sh("cat /proc/net/fib_trie")).contains("127.0.0.1");
    }

    @RootTest
    @Tag("vm")
    void hasNamesOfItsOwn() throws IOException {
        assertThat(tiny.sh("hostname").strip()).isEqualTo("tiny.example");
        assertThat(tiny.sh("cat /proc/self/cgroup")).contains("0::/\n").doesNotContain("101");
        for (String kind : List.of("mnt", "pid", "net", "uts", "ipc", "cgroup", "user")) {
            String host = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/" + kind))
                    .toString();
            assertThat(tiny.sh("ls -l /proc/self/ns/" + kind)).as(kind).doesNotContain(host);
        }
    }

    @RootTest
    @Tag("vm")
    void twoVesShareNoIdAndCannotReachEachOther() throws IOException {
        VeHost host = tiny.host();
        new CreateVe(host).run(OTHER, new CreateOptions("tiny", null, conf -> conf), tiny.listener());
        new StartVe(host).run(OTHER, new StartOptions(false, false, false, false), tiny.listener());
        try {
            VeState one = VeState.read(tiny.paths.state(TinyHost.ID));
            VeState two = VeState.read(tiny.paths.state(OTHER));
            assertThat(one).isNotNull();
            assertThat(two).isNotNull();
            assertThat(Math.abs(one.idBase() - two.idBase())).isGreaterThanOrEqualTo(65_536);
            tiny.sh("echo mine >/root/secret");
            assertThat(tiny.sh(OTHER, "cat /root/secret")).contains("No such file");
            assertThat(tiny.sh(OTHER, "ls -d /proc/[0-9]*").lines().count()).isLessThan(10);
            assertThat(tiny.sh("ls -l /proc/1/ns/net")).isNotEqualTo(tiny.sh(OTHER, "ls -l /proc/1/ns/net"));
        } finally {
            new StopVe(host).run(OTHER, new StopOptions(true, false), tiny.listener());
            new DestroyVe(host).run(OTHER, tiny.listener());
        }
    }

    @RootTest
    void aHelperThatEntersCannotBeReadOrTracedFromInside() throws Exception {
        // The VE's root lies in wait for every process that appears and tries to read its memory and environment.
        String watcher = "while [ -e /tmp/watch ]; do for p in /proc/[0-9]*; do"
                + " head -c 1 $p/environ >>/tmp/got 2>/dev/null && cat $p/environ >>/tmp/environs 2>/dev/null;"
                + " ls -l $p/exe $p/cwd $p/fd >>/tmp/links 2>/dev/null; cat $p/maps >>/tmp/maps 2>/dev/null;"
                + " done; done; : >/tmp/watched";
        tiny.sh(": >/tmp/watch");
        tiny.sh("setsid sh -c '" + watcher + "' >/dev/null 2>&1 </dev/null &");
        for (int i = 0; i < 100; i++) {
            tiny.sh("true");
        }
        tiny.sh("rm /tmp/watch");
        for (int i = 0; i < 600 && tiny.sh("ls /tmp/watched").contains("No such"); i++) {
            Thread.sleep(50);
        }
        assertThat(tiny.sh("wc -c </tmp/links").strip()).isNotEqualTo("0");
        assertThat(tiny.sh("grep -c java /tmp/links /tmp/maps /tmp/environs"))
                .contains("/tmp/links:0", "/tmp/maps:0", "/tmp/environs:0");
        assertThat(tiny.sh("grep -l " + prefix + " /tmp/links /tmp/maps /tmp/environs"))
                .isEmpty();
    }

    @RootTest
    @Tag("vm")
    void hostUsersCannotEnterThePrivateArea() throws IOException {
        Path area = prefix.resolve("vz/private/101");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(area)))
                .isEqualTo("rwx------");
    }
}
