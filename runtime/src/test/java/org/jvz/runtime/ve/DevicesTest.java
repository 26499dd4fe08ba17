package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.RootTest;

/** Devices, capabilities and features: what a VE is given works inside, for what it was given and no more, now or live. */
@Timeout(300)
class DevicesTest {
    private static final String TUN = "c:10:200";

    /** Everything of the nodes but their times: a node that a failed change removed is made anew. */
    private static final String NODES = "find /dev/fuse /dev/net -exec stat -c '%n %A %u:%g %t:%T' {} +";

    @TempDir
    Path prefix;

    private TinyHost tiny;
    private Probe probe;

    @BeforeEach
    void makeHost() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        assumeTrue(Probe.possible(), "no /usr/bin/perl, or not x86-64");
        assumeTrue(
                Files.exists(Path.of("/dev/net/tun")) && Files.exists(Path.of("/dev/fuse")),
                "no /dev/net/tun or /dev/fuse (modprobe tun fuse)");
        tiny = new TinyHost(prefix);
        probe = Probe.install(tiny);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"));
    }

    private void start(String... settings) throws IOException {
        tiny.create(tiny.host(), conf -> {
            VeConf made = conf;
            for (int i = 0; i < settings.length; i += 2) {
                made = made.withText(settings[i], settings[i + 1]);
            }
            return made;
        });
        tiny.start(tiny.host());
    }

    private String told() {
        return tiny.events.stream()
                .filter(event -> event.startsWith("NOT_ENFORCED") || event.startsWith("WARNING"))
                .reduce("", (all, one) -> all + one);
    }

    private void rights(String name, String read, String write) throws IOException {
        assertThat(probe.tries("opens /dev/" + name))
                .as(name)
                .containsEntry("read /dev/" + name, read)
                .containsEntry("write /dev/" + name, write);
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void everyVeHasTheUsualOnesAndTheyAreItsRoots() throws IOException {
        start();
        for (String name : List.of("null", "zero", "full", "random", "urandom", "ptmx")) {
            rights(name, "done", "done");
        }
        assertThat(tiny.sh("stat -c %u:%g:%a:%F /dev/null /dev/tty"))
                .isEqualTo("0:0:666:character special file\n0:5:666:character special file\n");
        assertThat(tiny.sh("chmod 600 /dev/zero && stat -c %a /dev/zero")).isEqualTo("600\n");
        assertThat(tiny.sh("ls -A /dev")).doesNotContain(".jvz");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aDeviceByNameOrNumberIsThereWithItsRights() throws IOException {
        start("DEVNODES", "net/tun:r fuse:rw", "DEVICES", "c:1:9:r c:1:8:none");
        rights("net/tun", "done", "EPERM");
        rights("fuse", "done", "done");
        rights("urandom", "done", "EPERM");
        rights("random", "EPERM", "EPERM");
        assertThat(tiny.sh("stat -c %u:%g:%a /dev/net/tun /dev/net")).isEqualTo("0:0:666\n0:0:755\n");
        assertThat(told()).doesNotContain("DEV");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aNumberBringsTheNodeOfItsNameOnTheHost() throws IOException {
        start("DEVICES", TUN + ":rw");
        rights("net/tun", "done", "done");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aPrivilegedVeHasThemToo() throws IOException {
        start("LOCAL_UID", "0", "LOCAL_GID", "0", "DEVNODES", "net/tun:w");
        rights("net/tun", "EPERM", "done");
        rights("null", "done", "done");
        assertThat(tiny.sh("mknod /dev/disk b 254 0; head -c 1 /dev/disk")).contains("Operation not permitted");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void whatTheHostLacksIsTold() throws IOException {
        start(
                "DEVNODES",
                "no/such:rw loop0:rw null:rwq",
                "FEATURES",
                "nfs:on",
                "CAPABILITY",
                "SYS_MODULE:on VE_ADMIN:on",
                "NETFILTER",
                "stateless",
                "IPTABLES",
                "iptable_filter");
        assertThat(told())
                .contains("DEVNODES (Incorrect device name /dev/no/such")
                .contains("/dev/loop0: block devices of major number 7")
                .contains("the right q")
                .contains("FEATURES (nfs: the kernel mounts NFS in the host's user namespace only")
                .contains("sys_module counts in the host's user namespace only")
                .contains("ve_admin is one of OpenVZ's kernel")
                .contains("NETFILTER (stateless: the container's root may use all of netfilter")
                .contains("IPTABLES (modules are not told apart");
        assertThat(tiny.sh("ls /dev")).doesNotContain("loop0", "no");
    }

    /** No kernel but OpenVZ's has them: docs/adr/0037. */
    @RootTest
    void levelsOfFilteringBetweenNoneAndAllAreTold() throws IOException {
        start("NETFILTER", "stateless");
        assertThat(told()).contains("NETFILTER (stateless: the container's root may use all of netfilter");
        tiny.stop(tiny.host());
        tiny.set(tiny.host(), true, "netfilter", "stateful");
        tiny.start(tiny.host());
        assertThat(told()).contains("NETFILTER (stateful: the container's root may use all of netfilter");
    }

    @RootTest
    void filteringThatTheVeHasOrCannotHaveNeedsNoWord() throws IOException {
        start("NETFILTER", "full");
        assertThat(told()).doesNotContain("NETFILTER");
        tiny.stop(tiny.host());
        tiny.set(tiny.host(), true, "netfilter", "stateless", "capability", "net_admin:off");
        tiny.start(tiny.host());
        assertThat(told()).doesNotContain("NETFILTER");
        tiny.stop(tiny.host());
        tiny.set(tiny.host(), true, "netfilter", "disabled", "iptables", "iptable_filter");
        tiny.start(tiny.host());
        assertThat(told()).doesNotContain("NETFILTER", "IPTABLES");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aRunningVeTakesThemAtOnce() throws IOException {
        start();
        rights("net/tun", "ENOENT", "ENOENT");
        tiny.set(tiny.host(), true, "devnodes", "net/tun:r");
        rights("net/tun", "done", "EPERM");
        tiny.set(tiny.host(), false, "devices", TUN + ":rw", "devnodes", "fuse:r");
        tiny.set(tiny.host(), true, "devnodes", "net/tun:rw");
        rights("net/tun", "done", "done");
        // What was not saved is there until the next start.
        rights("fuse", "done", "EPERM");
        tiny.set(tiny.host(), true, "devnodes", "net/tun:none", "devices", TUN + ":none");
        rights("net/tun", "ENOENT", "ENOENT");
        assertThat(Files.readString(tiny.paths.conf(TinyHost.ID)))
                .contains("DEVNODES=\"net/tun:none\"")
                .doesNotContain("fuse");
        assertThat(tiny.sh("ls -A /dev")).doesNotContain(".jvz");
        tiny.stop(tiny.host());
        tiny.start(tiny.host());
        rights("fuse", "ENOENT", "ENOENT");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aWrongNameChangesNothing() throws IOException {
        start("DEVNODES", "fuse:rw");
        String conf = Files.readString(tiny.paths.conf(TinyHost.ID));
        Throwable failure = catchThrowable(
                () -> tiny.set(tiny.host(), true, "devnodes", "net/tun:rw", "devnodes", "no/such:rw", "ram", "64M"));
        assertThat(failure).isInstanceOf(VeException.class).hasMessageContaining("/dev/no/such");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.SET_DEVICES);
        assertThat(catchThrowable(() -> tiny.set(tiny.host(), true, "devnodes", "loop0:rw")))
                .hasMessageContaining("major number 7");
        assertThat(catchThrowable(() -> tiny.set(tiny.host(), true, "devices", "b:7:all:r")))
                .hasMessageContaining("major number 7");
        rights("net/tun", "ENOENT", "ENOENT");
        assertThat(Files.readString(tiny.paths.conf(TinyHost.ID))).isEqualTo(conf);
    }

    @RootTest
    void eachFailedStepOfALiveChangeLeavesTheVeAsItWas() throws IOException {
        start("DEVNODES", "fuse:rw");
        Set<String> steps = new LinkedHashSet<>();
        tiny.set(tiny.host((name, object) -> steps.add(name), Faults.NONE), false, "devnodes", "net/tun:rw");
        tiny.set(tiny.host(), false, "devnodes", "net/tun:none");
        assertThat(steps).contains("set device policy", "make device nodes", "write state");
        tiny.awaitBooted();
        Set<String> before = tiny.traces();
        VeState state = VeState.read(tiny.paths.state(TinyHost.ID));
        String list = tiny.sh(NODES);
        for (String step : steps) {
            StepObserver failing = (name, object) -> {
                if (name.equals(step)) {
                    throw new IOException("injected");
                }
            };
            Throwable failure = catchThrowable(() ->
                    tiny.set(tiny.host(failing, Faults.NONE), true, "devnodes", "net/tun:rw", "devnodes", "fuse:none"));
            assertThat(TinyHost.messages(failure)).as(step).contains(step);
            if (!step.equals("write state")) {
                assertThat(((VeException) failure).error()).as(step).isEqualTo(VzError.SET_DEVICES);
            }
            rights("fuse", "done", "done");
            rights("net/tun", "ENOENT", "ENOENT");
            assertThat(tiny.sh(NODES)).as(step).isEqualTo(list);
            assertThat(VeState.read(tiny.paths.state(TinyHost.ID))).as(step).isEqualTo(state);
            assertThat(tiny.traces()).as(step).isEqualTo(before);
        }
    }

    /** What a start does for devices, features and privileged VEs beyond that of every VE; {@link VeFaultsTest} has the rest. */
    @RootTest
    void eachFailedStepOrRecordOfTheirsLeavesNoStart() throws IOException {
        start(
                "LOCAL_UID",
                "0",
                "LOCAL_GID",
                "0",
                "DEVNODES",
                "net/tun:r",
                "CAPABILITY",
                "SYS_ADMIN:on",
                "FEATURES",
                "nesting:on");
        tiny.stop(tiny.host());
        Set<String> steps = new LinkedHashSet<>();
        Set<String> records = new LinkedHashSet<>();
        tiny.start(tiny.host((name, object) -> steps.add(name), record -> {
            records.add(record);
            return null;
        }));
        tiny.stop(tiny.host());
        steps.retainAll(List.of("make /dev", "set device policy", "make device nodes"));
        records.removeIf(name -> !name.startsWith("bind /proc")
                && !name.endsWith("read-only")
                && !name.contains("whole")
                && !name.contains("/dev/.jvz")
                && !name.endsWith("lock")
                && !name.equals("mount dev"));
        assertThat(steps).hasSize(3);
        assertThat(records).hasSizeGreaterThan(18);
        Set<String> before = tiny.traces();
        for (String step : steps) {
            StepObserver failing = (name, object) -> {
                if (name.equals(step)) {
                    throw new IOException("injected");
                }
            };
            failedStart(tiny.host(failing, Faults.NONE), step, before);
        }
        for (String record : records) {
            failedStart(tiny.host(StepObserver.NONE, Faults.failing(record, Errno.EIO)), record, before);
        }
    }

    private void failedStart(VeHost host, String name, Set<String> before) throws IOException {
        Throwable failure = catchThrowable(() -> tiny.start(host));
        assertThat(TinyHost.messages(failure)).as(name).contains(name);
        assertThat(((VeException) failure).error()).as(name).isEqualTo(VzError.ENV_CREATE);
        assertThat(tiny.traces()).as(name).isEqualTo(before);
    }

    /** Traps that its root sets where the host is to make a node. */
    @RootTest
    @Tag("vm")
    @Tag("long")
    void aHostileDevLeadsNowhere() throws IOException {
        start();
        Path canary = Files.createDirectory(prefix.resolve("canary"));
        // A link in the place of a directory.
        tiny.sh("ln -s /proc/1/root" + canary + " /dev/net");
        assertThat(catchThrowable(() -> tiny.set(tiny.host(), false, "devnodes", "net/tun:rw")))
                .isInstanceOf(VeException.class);
        tiny.sh("rm /dev/net");
        // Something of the host's kernel mounted where the node is to be.
        tiny.sh(": >/dev/fuse; mount -o bind /proc/sys/kernel/core_pattern /dev/fuse");
        String owner = Files.getOwner(Path.of("/proc/sys/kernel/core_pattern")).getName();
        // The new node takes the place of what it lies on, and it goes: nothing is done to the file that was mounted.
        tiny.set(tiny.host(), false, "devnodes", "fuse:rw");
        rights("fuse", "done", "done");
        assertThat(Files.getOwner(Path.of("/proc/sys/kernel/core_pattern")).getName())
                .isEqualTo(owner);
        tiny.set(tiny.host(), false, "devnodes", "fuse:none");
        // A file of its own under the name: it is replaced, as it can be by anybody who may write there.
        tiny.sh(": >/dev/fuse; mkdir /dev/.jvz-new");
        assertThat(catchThrowable(() -> tiny.set(tiny.host(), false, "devnodes", "fuse:rw")))
                .isNull();
        rights("fuse", "done", "done");
        // Another /dev altogether.
        tiny.sh("mkdir /tmp/d; mount -t tmpfs none /tmp/d; : >/tmp/d/null; mount -o bind /dev/null /tmp/d/null;"
                + " mount -o move /tmp/d /dev");
        assertThat(catchThrowable(() -> tiny.set(tiny.host(), false, "devnodes", "net/tun:rw")))
                .hasStackTraceContaining("mounted something else on its /dev");
        assertThat(tiny.sh("ls -A /dev")).isEqualTo("null\n");
        assertThat(canary).isEmptyDirectory();
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void capabilitiesHoldForEveryProcess() throws IOException {
        start("CAPABILITY", "NET_ADMIN:off SYS_TIME:on");
        VeState state = Objects.requireNonNull(VeState.read(tiny.paths.state(TinyHost.ID)));
        String init = bounding(Files.readString(Path.of("/proc/" + state.initPid() + "/status")));
        assertThat(bounding(tiny.sh("cat /proc/self/status"))).isEqualTo(init);
        long mask = Long.parseLong(init, 16);
        assertThat(mask >> 12 & 1).as("net_admin").isZero();
        assertThat(mask >> 25 & 1).as("sys_time").isOne();
        assertThat(tiny.sh("ip link set lo down")).contains("Operation not permitted");
        // A change waits for the next start, also for what enters meanwhile.
        tiny.set(tiny.host(), true, "capability", "net_admin:on");
        assertThat(tiny.events).contains("NOT_APPLIED capability");
        assertThat(bounding(tiny.sh("cat /proc/self/status"))).isEqualTo(init);
        tiny.stop(tiny.host());
        tiny.start(tiny.host());
        assertThat(tiny.sh("ip link set lo down")).isEmpty();
    }

    private static String bounding(String status) {
        return status.lines()
                .filter(line -> line.startsWith("CapBnd:"))
                .findFirst()
                .orElseThrow()
                .substring("CapBnd:".length())
                .strip();
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aPrivilegedVeIsConfinedUnlessItsAdministratorSaysOtherwise() throws IOException {
        start("LOCAL_UID", "0", "LOCAL_GID", "0");
        assertThat(told()).doesNotContain("LOCAL_UID");
        assertThat(tiny.sh("mount -t tmpfs none /tmp")).isNotEmpty();
        tiny.stop(tiny.host());
        tiny.set(tiny.host(), true, "capability", "sys_admin:on");
        tiny.start(tiny.host());
        assertThat(told()).contains("WARNING Container runs as the host's root (LOCAL_UID 0) with sys_admin");
        assertThat(tiny.sh("mount -t tmpfs none /tmp")).isEmpty();
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void fuseAndTunWork() throws IOException {
        start("FEATURES", "fuse:on tun:on");
        assertThat(probe.tries("fuse")).containsEntry("mount fuse", "done");
        assertThat(probe.tries("tun")).containsEntry("TUNSETIFF", "done");
        assertThat(told()).doesNotContain("FEATURES");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void withoutThemTheyDoNot() throws IOException {
        start();
        assertThat(probe.tries("fuse")).containsEntry("open /dev/fuse", "ENOENT");
        assertThat(probe.tries("tun")).containsEntry("open /dev/net/tun", "ENOENT");
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aVeWithoutSysfsCannotMountIt() throws IOException {
        start("FEATURES", "sysfs:off");
        assertThat(tiny.sh("ls /sys").strip()).isEqualTo("fs");
        assertThat(tiny.sh("mount -t sysfs none /tmp; ls /tmp")).doesNotContain("kernel");
        assertThat(tiny.sh("unshare -U -r -n -m mount -t sysfs none /tmp")).isNotEmpty();
    }
}
