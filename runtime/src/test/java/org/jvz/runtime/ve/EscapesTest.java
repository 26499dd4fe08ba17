package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.testing.RootTest;

/**
 * Ways out of a VE that root inside tries, each in a VE with a user namespace and in a privileged one, whose root is the
 * host's.
 */
@Timeout(300)
@Tag("vm")
class EscapesTest {
    /** What is open for writing below /proc/sys is of a namespace of the VE's own. */
    private static final List<String> OWN_SETTINGS = List.of(
            "/proc/sys/net/",
            "/proc/sys/user/",
            "/proc/sys/fs/mqueue/",
            "/proc/sys/kernel/msg",
            "/proc/sys/kernel/sem",
            "/proc/sys/kernel/shm",
            "/proc/sys/kernel/auto_msgmni",
            "/proc/sys/kernel/ns_last_pid",
            "/proc/sys/kernel/pid_max",
            "/proc/sys/kernel/domainname",
            "/proc/sys/kernel/hostname",
            "/proc/sys/vm/memfd_noexec");

    /** Names of interface files, of either version, that say what a cgroup may have. */
    private static final Pattern LIMITS = Pattern.compile(
            "max|limit|low$|min$|high$|weight|shares|quota|period|burst|idle|cpus|mems|freez|devices\\.list|throttle.*_device|swappiness");

    private static final Pattern COUNTERS = Pattern.compile("usage|peak|failcnt|events|effective|pressure|stat$");

    @TempDir
    Path prefix;

    private TinyHost tiny;
    private Probe probe;

    @BeforeEach
    void makeHost() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        assumeTrue(Probe.possible(), "no /usr/bin/perl, or not x86-64");
        tiny = new TinyHost(prefix);
        probe = Probe.install(tiny);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"));
    }

    private void start(boolean privileged, String... settings) throws IOException {
        tiny.create(tiny.host(), conf -> {
            var made = privileged ? conf.withText("LOCAL_UID", "0").withText("LOCAL_GID", "0") : conf;
            for (int i = 0; i < settings.length; i += 2) {
                made = made.withText(settings[i], settings[i + 1]);
            }
            return made;
        });
        new StartVe(tiny.host()).run(TinyHost.ID, new StartOptions(false, true, false, false), tiny.listener());
        VeState state = Objects.requireNonNull(VeState.read(tiny.paths.state(TinyHost.ID)));
        assertThat(state.idBase() == 0).isEqualTo(privileged);
    }

    private List<String> writable(String directories) throws IOException {
        String output = probe.run("writable " + directories);
        List<String> files = new ArrayList<>();
        for (String line : output.split("\n", -1)) {
            if (!line.isEmpty()) {
                files.add(line);
            }
        }
        return files;
    }

    private void systemCallsAreRefused() throws IOException {
        Map<String, String> results = probe.tries("calls");
        assertThat(results).hasSizeGreaterThan(28);
        for (Map.Entry<String, String> each : results.entrySet()) {
            String expected =
                    switch (each.getKey()) {
                        case "keyctl", "add_key", "request_key" -> "ENOSYS";
                        case "setpriority" -> "EACCES";
                        default -> "EPERM";
                    };
            assertThat(each.getValue()).as(each.getKey()).isEqualTo(expected);
        }
    }

    @RootTest
    void systemCallsThatReachTheHost() throws IOException {
        start(false);
        systemCallsAreRefused();
    }

    @RootTest
    void systemCallsThatReachTheHostOfAPrivilegedVe() throws IOException {
        start(true);
        systemCallsAreRefused();
    }

    @RootTest
    void userNamespacesAreForVesThatHaveOne() throws IOException {
        start(false);
        Map<String, String> results = probe.tries("namespaces");
        assertThat(results).containsEntry("unshare user namespace", "done");
        assertThat(results).containsEntry("clone user namespace", "done");
        assertThat(results).containsEntry("unshare cgroup namespace", "done");
        // Its /proc has covers that a namespace of less rights could take away with a /proc of its own.
        assertThat(results).containsEntry("mount proc", "EPERM");
        assertThat(results).containsEntry("mount sysfs", "EPERM");
        assertThat(results).containsEntry("uncover /proc/kallsyms", "EINVAL");
    }

    @RootTest
    void aPrivilegedVeMountsNothingAndHasNoUserNamespace() throws IOException {
        start(true);
        Map<String, String> results = probe.tries("namespaces");
        assertThat(results).hasSizeGreaterThan(15);
        for (Map.Entry<String, String> each : results.entrySet()) {
            assertThat(each.getValue())
                    .as(each.getKey())
                    .isEqualTo(each.getKey().equals("clone3") ? "ENOSYS" : "EPERM");
        }
    }

    @RootTest
    void settingsOfTheHostsKernel() throws IOException {
        start(false);
        String pattern = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
        assertThat(tiny.sh("echo '|/tmp/x' >/proc/sys/kernel/core_pattern")).contains("Permission denied");
        for (String file : writable("/proc/sys")) {
            assertThat(OWN_SETTINGS).as(file).anyMatch(file::startsWith);
        }
        // Its mounts are its own to change, and that opens nothing.
        tiny.sh("mount -o remount,rw,bind /sys; mount -o remount,rw,bind /proc; umount /proc/sysrq-trigger");
        for (String file : writable("/proc/sys")) {
            assertThat(OWN_SETTINGS).as(file).anyMatch(file::startsWith);
        }
        assertThat(tiny.sh("echo h >/proc/sysrq-trigger")).isNotEmpty();
        assertThat(writable("/proc/irq /proc/bus /proc/fs /proc/acpi")).isEmpty();
        assertThat(writable("/sys/kernel /sys/module /sys/bus /sys/devices/system /sys/power /sys/class/net/lo/.."))
                .isEmpty();
        assertThat(Files.readString(Path.of("/proc/sys/kernel/core_pattern"))).isEqualTo(pattern);
    }

    @RootTest
    void settingsOfTheHostsKernelInAPrivilegedVe() throws IOException {
        start(true);
        String pattern = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
        assertThat(tiny.sh("echo '|/tmp/x' >/proc/sys/kernel/core_pattern")).contains("Read-only file system");
        assertThat(tiny.sh("mount -o remount,rw,bind /proc/sys")).isNotEmpty();
        assertThat(tiny.sh("mount -o remount,rw,bind /sys")).isNotEmpty();
        assertThat(tiny.sh("umount /proc/sys")).isNotEmpty();
        assertThat(writable("/proc/sys")).allMatch(file -> file.startsWith("/proc/sys/net/"));
        assertThat(writable("/proc/sys/net")).isNotEmpty();
        assertThat(writable("/proc/irq /proc/bus /proc/fs /proc/acpi /proc/driver /proc/scsi"))
                .isEmpty();
        assertThat(writable("/sys")).allMatch(file -> file.startsWith("/sys/fs/cgroup/"));
        tiny.sh("echo h >/proc/sysrq-trigger");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/core_pattern"))).isEqualTo(pattern);
    }

    /** The values of the interface files of the VE's cgroups that say what it may have, seen from the host. */
    private Map<String, String> limits() throws IOException {
        Map<String, String> values = new TreeMap<>();
        for (Path dir : tiny.host().cgroup(TinyHost.ID).directories()) {
            try (var files = Files.newDirectoryStream(dir, Files::isRegularFile)) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    if (LIMITS.matcher(name).find() && !COUNTERS.matcher(name).find()) {
                        values.put(file.toString(), text(file));
                    }
                }
            }
        }
        for (String kind : List.of("pids.max", "cpu.(shares|weight)", "cpuset.cpus", "memory.(limit_in_bytes|max)")) {
            assertThat(values.keySet()).as("%s", values).anyMatch(file -> file.matches(".*/" + kind));
        }
        return values;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return "";
        }
    }

    /**
     * Whatever it writes to what it sees of cgroups, its own limits stay.
     *
     * @param also names of files of the cgroup to write to, besides those of limits
     * @return what became of each try: {@code wrote} or {@code refused}, the file and the value
     */
    private List<String> keepsItsLimits(String also) throws IOException {
        Map<String, String> before = limits();
        String output = tiny.sh(
                """
                mount -o remount,rw /sys/fs/cgroup
                cd /sys/fs/cgroup || exit
                for f in *max* *limit* *weight* *shares* *quota* *cpus* *mems* *low *min *high cgroup.type %s; do
                    [ -f $f ] || continue
                    case $f in
                        *weight*|*shares*) values='1 10000';;
                        *cpus*|*mems*) values='0 0-1';;
                        memory.*) values='8589934592 max';;
                        *.type) values=threaded;;
                        *) values='1 max';;
                    esac
                    for v in $values; do
                        if echo $v >$f; then echo wrote $f $v; else echo refused $f $v; fi
                    done
                done
                ls .. | grep vz
                ls ../..
                """
                        .formatted(also));
        assertThat(output).doesNotContain("vz-");
        assertThat(limits()).isEqualTo(before);
        List<String> tries = output.lines()
                .filter(line -> line.matches("(wrote|refused) .*"))
                .toList();
        // On a hybrid host the unified hierarchy has few files.
        assertThat(tries).as(output).hasSizeGreaterThan(4);
        return tries;
    }

    @RootTest
    void cgroups() throws IOException {
        start(false);
        assertThat(keepsItsLimits("cgroup.freeze cgroup.kill")).allMatch(line -> line.startsWith("refused "));
        assertAllInside();
    }

    /**
     * From a user, a cgroup and a mount namespace of its own making the VE mounts every hierarchy and sees its own part again. It owns no more
     * of it than before: on v2 what is delegated to it, on v1 nothing.
     */
    @RootTest
    void cgroupsFromNestedNamespaces() throws IOException {
        start(false, "PHYSPAGES", "0:16384", "NUMPROC", "100:100", "CPULIMIT", "50", "CPUUNITS", "500");
        Map<String, String> limits = limits();
        Map<String, String> surroundings = surroundings();
        Map<String, String> results = probe.triesOfOneThatStays("cgroups");

        assertThat(results)
                .containsEntry("unshare", "done")
                .containsEntry("uid_map", "done")
                .containsEntry("mount new name=probe", "EPERM");
        List<String> delegated = delegated();
        Map<String, Integer> refusals = new TreeMap<>();
        for (Map.Entry<String, String> each : results.entrySet()) {
            String what = each.getKey();
            String hierarchy = what.substring(0, Math.max(0, what.indexOf(' ')));
            String file = what.substring(what.lastIndexOf(' ') + 1);
            boolean own = hierarchy.equals("v2") && delegated.contains(file);
            // World writable in some kernels: where one asks for events, with files that one may open.
            boolean forAll = hierarchy.equals("memory") && file.equals("cgroup.event_control");
            if (what.startsWith("mount new ")) {
                assertThat(each.getValue()).as(what).isIn("EPERM", "EINVAL");
            }
            if (hierarchy.isEmpty() || hierarchy.equals("mount") || file.equals("umount") || own || forAll) {
                continue;
            }
            // Nothing that is said of a value: whoever may not write does not come that far.
            assertThat(each.getValue()).as(what).isIn("EPERM", "EACCES", "EROFS", "ENOENT");
            refusals.merge(hierarchy, 1, Integer::sum);
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
            String controllers = line.split(":", -1)[1];
            String hierarchy = controllers.isEmpty() ? "v2" : controllers;
            assertThat(results).containsEntry("mount " + hierarchy, "done");
            assertThat(refusals.get(hierarchy)).as(results::toString).isGreaterThan(40);
        }

        assertAllInside();
        assertThat(limits()).isEqualTo(limits);
        assertThat(surroundings()).isEqualTo(surroundings);
    }

    /** What root in the VE may write of the cgroup that it is in, and where it may make others: its subtree is its own. */
    private static List<String> delegated() throws IOException {
        List<String> files = new ArrayList<>(Files.readAllLines(Path.of("/sys/kernel/cgroup/delegate")));
        files.add("mkdir");
        return files;
    }

    /** What is above the VE's cgroups and beside them: the cgroups there, and the programs that hierarchies start. */
    private Map<String, String> surroundings() throws IOException {
        Map<String, String> facts = new TreeMap<>();
        for (Path dir : tiny.host().cgroup(TinyHost.ID).directories()) {
            Path parent = Objects.requireNonNull(dir.getParent());
            Path mount = Objects.requireNonNull(parent.getParent());
            for (Path above : List.of(parent, mount)) {
                try (var entries = Files.newDirectoryStream(above, Files::isDirectory)) {
                    for (Path entry : entries) {
                        // Those of other tests come and go.
                        if (above.equals(parent)
                                || String.valueOf(entry.getFileName()).matches("probe|above")) {
                            facts.put(entry.toString(), "");
                        }
                    }
                }
            }
            for (String name : List.of("release_agent", "notify_on_release")) {
                for (Path at : List.of(mount, parent, dir)) {
                    facts.put(at.resolve(name).toString(), text(at.resolve(name)));
                }
            }
        }
        return facts;
    }

    @RootTest
    void cgroupsOfAPrivilegedVe() throws IOException {
        start(true);
        // Below the cgroup of its limits it has one of its own on v2, whose files are its own where cgroup2 is mounted
        // without nsdelegate.
        keepsItsLimits("");
        assertThat(tiny.sh("mkdir /tmp/m; mount -t cgroup -o memory none /tmp/m"))
                .isNotEmpty();
        assertThat(tiny.sh("mount -t cgroup2 none /tmp/m")).isNotEmpty();
        assertAllInside();
    }

    /** Every process of the VE is in its cgroups, in each hierarchy in which it has one. */
    private void assertAllInside() throws IOException {
        var cgroup = tiny.host().cgroup(TinyHost.ID);
        for (int pid : cgroup.pids(tiny.host().linux())) {
            Path file = Path.of("/proc/" + pid + "/cgroup");
            if (!Files.exists(file)) {
                continue;
            }
            for (String line : Files.readAllLines(file)) {
                String hierarchy = line.split(":", -1)[1];
                if (!hierarchy.startsWith("name=")) {
                    assertThat(line.split(":", -1)[2]).as(line).startsWith("/" + cgroup.name());
                }
            }
        }
    }

    /** memory, port and kmsg, a loop device and its control, the disk that the root of this host lies on. */
    private static String hostNodes() throws IOException {
        StringBuilder nodes = new StringBuilder("c:1:1 c:1:4 c:1:11 b:7:0 c:10:237 c:10:229 c:10:200");
        try (var disks = Files.list(Path.of("/sys/dev/block"))) {
            disks.limit(5).forEach(disk -> nodes.append(" b:").append(disk.getFileName()));
        }
        return nodes.toString();
    }

    @RootTest
    void nodes() throws IOException {
        start(false);
        for (Map.Entry<String, String> each :
                probe.tries("nodes " + hostNodes()).entrySet()) {
            assertThat(each.getValue())
                    .as(each.getKey())
                    .isEqualTo(each.getKey().startsWith("mknod") ? "EPERM" : "ENOENT");
        }
        assertThat(tiny.sh("mount -t ext4 /dev/vda /tmp")).isNotEmpty();
    }

    /** It may make them, as on OpenVZ, and open none. */
    @RootTest
    void nodesOfAPrivilegedVe() throws IOException {
        start(true);
        for (Map.Entry<String, String> each :
                probe.tries("nodes " + hostNodes()).entrySet()) {
            assertThat(each.getValue())
                    .as(each.getKey())
                    .isEqualTo(each.getKey().startsWith("mknod") ? "done" : "EPERM");
        }
        assertThat(probe.tries("nodes c:1:3 c:1:5 c:5:2").values()).containsOnly("done");
    }

    @RootTest
    void theRoot() throws IOException {
        for (boolean privileged : new boolean[] {false, true}) {
            start(privileged);
            assertThat(probe.run("root")).contains("probe.pl", "proc").doesNotContain("vz ");
            assertThat(tiny.sh("ls /proc/1/root/")).contains("probe.pl");
            assertThat(tiny.sh("kill -0 " + ProcessHandle.current().pid())).contains("No such process");
            // 3 is ls's own.
            assertThat(tiny.sh("ls /proc/self/fd").split("\\s+")).containsExactly("0", "1", "2", "3");
            tiny.stop(tiny.host());
            tiny.destroy(tiny.host());
        }
        start(false);
    }

    @RootTest
    void theProjectThatAFileIsCountedIn() throws IOException {
        start(true);
        // ENOSYS from kernels older than the call; there, too, the filter answers first.
        assertThat(probe.tries("project").values()).containsOnly("EPERM");
    }

    @RootTest
    void aVeForContainerEnginesShowsThemAWholeProc() throws IOException {
        start(false, "FEATURES", "nesting:on");
        String nested = "unshare -U -r -p -f -m sh -c 'mount -t proc proc /tmp && ls /tmp/1/status'";
        assertThat(tiny.sh(nested)).contains("/tmp/1/status");
        assertThat(tiny.events).noneMatch(event -> event.contains("FEATURES"));
        settingsAreItsOwn();
    }

    private void settingsAreItsOwn() throws IOException {
        for (String file : writable("/dev/.jvz/proc/sys")) {
            assertThat(OWN_SETTINGS).as(file).anyMatch(own -> file.startsWith("/dev/.jvz" + own));
        }
    }
}
