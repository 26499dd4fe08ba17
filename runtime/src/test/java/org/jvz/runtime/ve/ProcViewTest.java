package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.UmountFlag;
import org.jvz.runtime.linux.spawn.HostCommand;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.linux.spawn.Spawner;
import org.jvz.runtime.rootfs.MountTable;
import org.jvz.testing.RootTest;

/** What programs in a VE see of its memory, CPUs and time: with lxcfs, without, and while it dies. */
@Tag("vm")
@Tag("long")
class ProcViewTest {
    private static final Path LXCFS = Path.of("/usr/bin/lxcfs");

    private final Linux linux = new JffiLinux();

    @TempDir
    Path prefix;

    private TinyHost tiny;
    private @Nullable Spawned daemon;

    @BeforeEach
    void makeVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host());
        configure("PHYSPAGES", "0:16384", "CPUS", "1", "SWAPPAGES", "0:4096");
        // lxcfs keeps its pid and its view of cgroups there.
        linux.mount("tmpfs", "/run", "tmpfs", Set.of(), null);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        kill();
        Path dir = prefix.resolve("var/lib/lxcfs");
        if (MountTable.isMounted(dir)) {
            linux.unmount(dir, UmountFlag.DETACH);
        }
        Set<String> before = tiny.traces();
        if (VeState.read(tiny.paths.state(TinyHost.ID)) != null) {
            tiny.stop(tiny.host());
        }
        tiny.destroy(tiny.host());
        assertThat(before).noneMatch(trace -> trace.contains("/stage/"));
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("mount ") || trace.startsWith("process "));
    }

    private void configure(String... keysAndValues) throws IOException {
        StringBuilder lines = new StringBuilder();
        Path conf = tiny.paths.conf(TinyHost.ID);
        String text = Files.readString(conf);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            text = text.replaceAll("(?m)^" + keysAndValues[i] + "=.*\n", "");
            lines.append(keysAndValues[i])
                    .append("=\"")
                    .append(keysAndValues[i + 1])
                    .append("\"\n");
        }
        Files.writeString(conf, text + lines);
    }

    private void startLxcfs() throws IOException {
        assumeTrue(Files.isExecutable(LXCFS), "no lxcfs (package lxcfs)");
        Path dir = Files.createDirectories(prefix.resolve("var/lib/lxcfs"));
        HostCommand command = new HostCommand(
                List.of(LXCFS.toString(), "--enable-loadavg", "--enable-pidfd", dir.toString()),
                List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
                "/",
                null,
                null,
                null,
                true);
        daemon = new Spawner(linux).run(command);
        long end = System.nanoTime() + 20_000_000_000L;
        while (!Files.exists(dir.resolve("proc/uptime"))) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    private void kill() throws IOException {
        Spawned running = daemon;
        if (running != null) {
            daemon = null;
            linux.signal(running.pidfd(), Signal.KILL);
            running.waitExit();
            running.close();
        }
    }

    private void set(String key, String value) throws IOException {
        tiny.setKeys(tiny.host(), true, key, value);
    }

    /** The first number in the line of /proc/meminfo, kB. */
    private long meminfo(String name) throws IOException {
        for (String line : tiny.sh("cat /proc/meminfo").split("\n")) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError(name);
    }

    private static long hostMeminfo(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError(name);
    }

    private double uptime() throws IOException {
        return Double.parseDouble(tiny.sh("cat /proc/uptime").split(" ")[0]);
    }

    private void assertSeesItsOwnSize(int cpus) throws IOException {
        assertThat(tiny.sh("grep -c ^processor /proc/cpuinfo")).isEqualTo(cpus + "\n");
        assertThat(tiny.sh("grep -c '^cpu[0-9]' /proc/stat")).isEqualTo(cpus + "\n");
        assertThat(tiny.sh("cat /sys/devices/system/cpu/online").strip()).matches(cpus == 1 ? "\\d+" : "\\d+[-,]\\d+");
        assertThat(tiny.sh("cat /proc/diskstats")).isEmpty();
        assertThat(tiny.sh("cat /proc/loadavg")).startsWith("0.0");
        assertThat(tiny.sh("cat /proc/swaps")).startsWith("Filename").doesNotContain("/dev/");
        assertThat(meminfo("SwapTotal")).isLessThanOrEqualTo(Math.min(hostMeminfo("SwapTotal"), 5 * 16384));
        // Programs must find what they compute with.
        assertThat(tiny.sh("cat /proc/stat")).contains("btime ").contains("ctxt ");
    }

    @RootTest
    void withLxcfsEverythingIsTheVesOwnAndFollowsItsLimits() throws IOException {
        startLxcfs();
        tiny.start(tiny.host());
        assertThat(tiny.events).noneMatch(event -> event.contains("lxcfs"));
        assertThat(meminfo("MemTotal")).isEqualTo(65536);
        assertThat(meminfo("MemFree")).isBetween(1L, 65535L);
        assertThat(uptime()).isBetween(0.0, 60.0);
        assertSeesItsOwnSize(1);

        set("PHYSPAGES", "0:8192");
        assertThat(meminfo("MemTotal")).isEqualTo(32768);
        int all = Runtime.getRuntime().availableProcessors();
        set("CPUS", "0");
        assertThat(tiny.sh("grep -c ^processor /proc/cpuinfo")).isEqualTo(all + "\n");
        assertThat(tiny.sh("cat /proc/self/mountinfo")).contains("/proc/uptime ro,nosuid,nodev,noexec");
    }

    @RootTest
    void withoutLxcfsSizesAreTheVesAndTheRestIsTold() throws IOException {
        tiny.start(tiny.host());
        assertThat(tiny.events)
                .anyMatch(event -> event.startsWith("NOT_ENFORCED")
                        && event.contains("LXCFS (lxcfs is not running, so programs in the container see its size"));
        assertThat(meminfo("MemTotal")).isEqualTo(65536);
        assertThat(meminfo("MemFree")).isEqualTo(65536);
        assertSeesItsOwnSize(1);

        set("PHYSPAGES", "0:8192");
        assertThat(meminfo("MemTotal")).isEqualTo(32768);
        if (Runtime.getRuntime().availableProcessors() == 2) {
            set("CPUS", "2");
            assertSeesItsOwnSize(2);
        }
        // Nobody in the VE can change what it is shown, not even by way of another mount.
        assertThat(tiny.sh("mount -o remount,bind,rw /proc/meminfo; echo x >/proc/meminfo; chmod 666 /proc/meminfo"))
                .contains("can't");
        assertThat(meminfo("MemTotal")).isEqualTo(32768);
        // A mount of the VE's own stays when the VE's size changes.
        tiny.sh("mount --bind /etc/passwd /proc/meminfo");
        set("PHYSPAGES", "0:7000");
        assertThat(tiny.sh("cat /proc/meminfo")).startsWith("root:");
    }

    @RootTest
    void whoWantsNoLxcfsIsNotToldOfIt() throws IOException {
        startLxcfs();
        Files.writeString(tiny.paths.vzConf(), "\nLXCFS=\"no\"\n", StandardOpenOption.APPEND);
        tiny.start(tiny.host());
        assertThat(tiny.events).noneMatch(event -> event.contains("lxcfs"));
        assertThat(meminfo("MemTotal")).isEqualTo(65536);
        assertSeesItsOwnSize(1);
        assertThat(tiny.sh("cat /proc/self/mountinfo")).doesNotContain("fuse");
    }

    @RootTest
    void meminfoShowsWhatItIsTold() throws IOException {
        startLxcfs();
        configure("MEMINFO", "pages:2048", "PRIVVMPAGES", "1000:2000");
        tiny.start(tiny.host());
        assertThat(meminfo("MemTotal")).isEqualTo(8192);
        set("MEMINFO", "privvmpages:3");
        assertThat(meminfo("MemTotal")).isEqualTo(12000);
        set("MEMINFO", "none");
        assertThat(meminfo("MemTotal")).isEqualTo(hostMeminfo("MemTotal"));
        set("MEMINFO", "pages:16384");
        assertThat(meminfo("MemTotal")).isEqualTo(65536);
        assertThat(meminfo("MemFree")).isLessThan(65536);
    }

    @RootTest
    void aVeOutlivesItsLxcfsAndGetsTheNextOne() throws IOException {
        startLxcfs();
        tiny.start(tiny.host());
        kill();
        // Dead files fail at once and harm nobody else.
        assertThat(tiny.sh("cat /proc/meminfo")).contains("not connected");
        assertThat(tiny.sh("echo alive; ls /proc/self >/dev/null && echo too")).isEqualTo("alive\ntoo\n");

        // Without a new one there are plain files, as at a start.
        List<String> told = new ArrayList<>();
        VeEvents listener = event -> told.add(event.text());
        assertThat(new RefreshViews(tiny.host()).run(listener)).isEqualTo(1);
        assertThat(meminfo("MemTotal")).isEqualTo(65536);
        assertThat(meminfo("MemFree")).isEqualTo(65536);

        linux.unmount(prefix.resolve("var/lib/lxcfs"), UmountFlag.DETACH);
        startLxcfs();
        assertThat(new RefreshViews(tiny.host()).run(listener)).isEqualTo(1);
        assertThat(meminfo("MemFree")).isLessThan(65536);
        assertThat(uptime()).isLessThan(60);
        assertSeesItsOwnSize(1);
        assertThat(new RefreshViews(tiny.host()).run(listener)).isZero();
        assertThat(told).isEmpty();
        // One over the other, not two.
        String mounts = tiny.sh("cat /proc/self/mountinfo");
        assertThat(mounts.split(" /proc/meminfo ", -1)).hasSize(2);

        kill();
        tiny.stop(tiny.host());
        tiny.start(tiny.host());
        assertThat(meminfo("MemTotal")).isEqualTo(65536);
    }

    @RootTest
    void aStoppedLxcfsHoldsNoStartUp() throws IOException {
        startLxcfs();
        Fd running = Objects.requireNonNull(daemon).pidfd();
        linux.signal(running, Signal.STOP);
        tiny.start(tiny.host());
        assertThat(tiny.events).anyMatch(event -> event.contains("lxcfs does not answer"));
        assertThat(meminfo("MemTotal")).isEqualTo(65536);
    }
}
