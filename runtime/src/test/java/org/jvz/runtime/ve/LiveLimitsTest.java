package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;
import org.jvz.testing.RootTest;

/** Limits of a running VE that change while it runs: all of them or none, for what runs and for what is executed later. */
@Tag("vm")
class LiveLimitsTest {
    /** Something of every kind: cgroups, file systems inside, the IPC namespace, processes. */
    private static final String[] ALL = {
        "NUMPROC", "200:200",
        "PHYSPAGES", "0:32768",
        "SWAPPAGES", "0:8192",
        "VMGUARPAGES", "16384:16384",
        "OOMGUARPAGES", "8192:8192",
        "CPUUNITS", "2000",
        "CPULIMIT", "50",
        "CPUMASK", "0",
        "NODEMASK", "0",
        "IOPRIO", "7",
        "IOLIMIT", "1048576",
        "IOPSLIMIT", "100",
        "SHMPAGES", "1024:1024",
        "NUMPTY", "7:7",
        "NUMFILE", "300:300",
        "LOCKEDPAGES", "16:16",
        "NUMSIGINFO", "99:99",
        "NUMFLOCK", "55:55"
    };

    /**
     * A limit that cgroups keep, and how it reads in the file that this host has for it.
     *
     * @param v2 name of an interface file, {@code =}, and a pattern for its content
     * @param v1 the same on v1; empty if v1 has none
     */
    private record Kept(String key, String v2, String v1) {
        private boolean in(Map<String, String> facts) {
            return in(facts, v2) || in(facts, v1);
        }

        private static boolean in(Map<String, String> facts, String file) {
            int sign = file.indexOf('=');
            return sign > 0
                    && facts.getOrDefault(file.substring(0, sign), "").matches("(?s)" + file.substring(sign + 1));
        }
    }

    private static final List<Kept> KEPT = List.of(
            new Kept("NUMPROC", "pids.max=200", ""),
            new Kept("PHYSPAGES", "memory.max=134217728", "memory.limit_in_bytes=134217728"),
            new Kept("SWAPPAGES", "memory.swap.max=33554432", "memory.memsw.limit_in_bytes=167772160"),
            new Kept("VMGUARPAGES", "memory.low=67108864", ""),
            new Kept("OOMGUARPAGES", "memory.min=33554432", ""),
            new Kept("CPUUNITS", "cpu.weight=200", "cpu.shares=2048"),
            new Kept("CPULIMIT", "cpu.max=50000 100000", "cpu.cfs_quota_us=50000"),
            new Kept("CPUMASK", "cpuset.cpus=0", "cpuset.cpus=0"),
            new Kept("NODEMASK", "cpuset.mems=0", "cpuset.mems=0"),
            new Kept("IOPRIO", "io.weight=default 160", "blkio.bfq.weight=160"),
            new Kept("IOPRIO", "io.bfq.weight=default 160", "blkio.weight=160"),
            new Kept(
                    "IOLIMIT",
                    "io.max=.* rbps=1048576 wbps=1048576 .*",
                    "blkio.throttle.write_bps_device=.*:\\d+ 1048576"),
            new Kept("IOPSLIMIT", "io.max=.* riops=100 wiops=100.*", "blkio.throttle.read_iops_device=.*:\\d+ 100"));

    private static final List<String> FILES = List.of(
            "memory.soft_limit_in_bytes",
            "memory.kmem.tcp.limit_in_bytes",
            "blkio.throttle.read_bps_device",
            "blkio.throttle.write_iops_device");

    @TempDir
    Path prefix;

    private TinyHost tiny;

    @BeforeEach
    void startVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host());
        tiny.start(tiny.host());
    }

    @AfterEach
    void endVe() throws IOException {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }

    private VeState state() throws IOException {
        return Objects.requireNonNull(VeState.read(tiny.paths.state(TinyHost.ID)));
    }

    /** What the VE has of everything that the tests change, read from the kernel, and what the files say. */
    private Map<String, String> facts() throws IOException {
        TreeMap<String, String> facts = new TreeMap<>();
        int init = state().initPid();
        for (String line : Files.readAllLines(Path.of("/proc/" + init + "/limits"))) {
            facts.put(
                    "init's " + line.substring(0, 25).strip(),
                    line.substring(25).strip());
        }
        for (String line : Files.readAllLines(Path.of("/proc/" + init + "/mountinfo"))) {
            String[] words = line.split(" ");
            if (words[4].equals("/dev/shm") || words[4].equals("/dev/pts")) {
                facts.put(words[4], line.substring(line.indexOf(" - ")));
            }
        }
        facts.put("inside", tiny.sh("cat /proc/sys/kernel/shmall; ulimit -Hn; ulimit -Sn; ulimit -l"));
        Set<String> names = new LinkedHashSet<>(FILES);
        for (Kept limit : KEPT) {
            names.add(limit.v1().replaceFirst("=.*", ""));
            names.add(limit.v2().replaceFirst("=.*", ""));
        }
        names.remove("");
        for (Path dir : tiny.host().cgroup(TinyHost.ID).directories()) {
            for (String name : names) {
                if (Files.exists(dir.resolve(name))) {
                    facts.put(name, value(dir, name));
                }
            }
        }
        facts.put("configuration", Files.readString(tiny.paths.conf(TinyHost.ID)));
        facts.put("state", Files.readString(tiny.paths.state(TinyHost.ID)));
        return facts;
    }

    /** An empty cpuset of v2 is all of its parent's, and on Linux 6.1 undone to just that by name. */
    private static String value(Path dir, String name) throws IOException {
        String value = Files.readString(dir.resolve(name)).strip();
        Path above = dir.resolveSibling(name + ".effective");
        return value.isEmpty() && Files.exists(above) ? Files.readString(above).strip() : value;
    }

    private void assertHasAll(Map<String, String> facts) {
        assertThat(facts.get("init's Max open files")).startsWith("300 ").contains(" 300 ");
        assertThat(facts.get("init's Max locked memory")).startsWith("65536 ");
        assertThat(facts.get("init's Max pending signals")).startsWith("99 ");
        assertThat(facts.get("init's Max file locks")).startsWith("55 ");
        assertThat(facts.get("/dev/shm")).contains("size=4096k");
        assertThat(facts.get("/dev/pts")).contains("max=7");
        assertThat(facts.get("inside")).isEqualTo("1024\n300\n300\n64\n");
        int kept = 0;
        for (String key : KEPT.stream().map(Kept::key).distinct().toList()) {
            if (KEPT.stream().anyMatch(limit -> limit.key().equals(key) && limit.in(facts))) {
                kept++;
            } else {
                assertThat(tiny.events)
                        .as(() -> key + " in " + facts)
                        .anyMatch(event -> event.startsWith("NOT_ENFORCED") && event.contains(key));
            }
        }
        assertThat(kept).isGreaterThanOrEqualTo(8);
    }

    @RootTest
    void whatRunsAndWhatIsExecutedLaterHasTheNewLimits() throws IOException {
        tiny.setKeys(tiny.host(), false, ALL);
        assertHasAll(facts());
        assertThat(Files.readString(tiny.paths.conf(TinyHost.ID))).doesNotContain("NUMPTY");
    }

    /** What is limited by something else than a cgroup is refused, and there is as much of it as was said. */
    @RootTest
    void whatIsTooMuchIsRefused() throws IOException {
        assumeTrue(Probe.possible(), "no /usr/bin/perl, or not x86-64");
        endVe();
        Probe probe = Probe.install(tiny);
        tiny.create(tiny.host());
        tiny.start(tiny.host());
        tiny.setKeys(tiny.host(), false, ALL);
        Map<String, String> met = probe.tries("limits");
        assertThat(met)
                .containsEntry("/dev/ptmx", "7 ENOSPC")
                .containsEntry("/dev/null", "300 EMFILE")
                .containsEntry("lock 12 pages", "done")
                .containsEntry("lock 32 pages", "ENOMEM")
                .containsEntry("signals", "99 EAGAIN");
    }

    @RootTest
    void savedLimitsHoldAfterARestart() throws IOException {
        tiny.setKeys(tiny.host(), true, ALL);
        Map<String, String> before = facts();
        tiny.stop(tiny.host());
        tiny.start(tiny.host());
        Map<String, String> after = facts();
        assertHasAll(after);
        before.remove("state");
        after.remove("state");
        assertThat(after).isEqualTo(before);
    }

    /** Without --save the configuration does not know what the VE has. */
    @RootTest
    void whatIsSavedCanBeAskedForAnew() throws IOException {
        tiny.setKeys(tiny.host(), true, "NUMPROC", "200:200", "SHMPAGES", "1024:1024", "NUMFLOCK", "55:55");
        Map<String, String> saved = facts();
        tiny.setKeys(tiny.host(), false, "NUMPROC", "100:100", "SHMPAGES", "2048:2048", "NUMFLOCK", "44:44");
        assertThat(facts().get("pids.max")).isEqualTo("100");
        assertThat(facts().get("/dev/shm")).contains("size=8192k");
        tiny.setKeys(tiny.host(), false, "NUMPROC", "200:200", "SHMPAGES", "1024:1024", "NUMFLOCK", "33:33");
        Map<String, String> again = facts();
        assertThat(again.get("pids.max")).isEqualTo("200");
        assertThat(again.get("/dev/shm")).isEqualTo(saved.get("/dev/shm"));
        assertThat(again.get("init's Max file locks")).startsWith("33 ");
    }

    /** Memory that may be locked follows the RAM; a caller without CAP_SYS_RESOURCE can raise the one and not the other. */
    @RootTest
    void ramGrowsWhateverMayBeLocked() throws IOException {
        tiny.setKeys(tiny.host(), false, "PHYSPAGES", "8192:8192", "LOCKEDPAGES", "16:16");
        tiny.setKeys(tiny.host(), false, "PHYSPAGES", "16384:16384");
        assertThat(facts())
                .containsAnyOf(
                        java.util.Map.entry("memory.limit_in_bytes", "67108864"),
                        java.util.Map.entry("memory.max", "67108864"));
    }

    /** Makes the step of one name fail. */
    private record FailAt(String step) implements StepObserver {
        @Override
        public void before(String name, String object) throws IOException {
            if (name.equals(step)) {
                throw new IOException("injected");
            }
        }
    }

    @RootTest
    void aChangeThatFailsAtAnyStepChangesNothing() throws IOException {
        Map<String, String> before = facts();
        Set<String> steps = new LinkedHashSet<>();
        // Nothing is applied: the last step fails when all the others have been made.
        VeHost last = tiny.host(
                (name, object) -> {
                    steps.add(name);
                    new FailAt("write state").before(name, object);
                },
                Faults.NONE);
        assertThat(catchThrowable(() -> tiny.setKeys(last, true, ALL))).hasStackTraceContaining("injected");
        assertThat(steps).contains("set limits", "set limits inside", "set resource limits", "write state");
        assertThat(withoutRaised(facts())).isEqualTo(withoutRaised(before));
        for (String step : steps) {
            if (step.equals("set resource limits")) {
                // Behind it nothing is undone that a caller without CAP_SYS_RESOURCE could not undo.
                before = facts();
            }
            VeHost failing = tiny.host(new FailAt(step), Faults.NONE);
            assertThat(TinyHost.messages(catchThrowable(() -> tiny.setKeys(failing, true, ALL))))
                    .as(step)
                    .contains("injected");
            assertThat(withoutRaised(facts())).as("after " + step).isEqualTo(withoutRaised(before));
            assertThat(Files.exists(tiny.host().journal(TinyHost.ID))).as(step).isFalse();
        }
    }

    /** The limits of processes, which a caller without CAP_SYS_RESOURCE (as on a test machine) can lower and not raise again. */
    private static Map<String, String> withoutRaised(Map<String, String> facts) throws IOException {
        if (mayRaiseLimits()) {
            return facts;
        }
        TreeMap<String, String> rest = new TreeMap<>(facts);
        rest.keySet().removeIf(key -> key.startsWith("init's ") || key.equals("inside"));
        return rest;
    }

    private static boolean mayRaiseLimits() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapEff:")) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> 24 & 1) == 1;
            }
        }
        return false;
    }

    @RootTest
    void aSystemCallThatFailsInsideChangesNothing() throws IOException {
        String[] inside = {"NUMPROC", "200:200", "SHMPAGES", "1024:1024", "NUMPTY", "7:7"};
        List<String> records = new ArrayList<>();
        tiny.setKeys(
                tiny.host(StepObserver.NONE, record -> {
                    records.add(record);
                    return null;
                }),
                false,
                inside);
        assertThat(records).contains("enter namespaces", "resize shm", "limit devpts");
        new SetVe(tiny.host()).resetLimits(TinyHost.ID, tiny.listener());
        Map<String, String> before = facts();
        for (String record : records) {
            Faults fault = new Faults() {
                private boolean done;

                /** Fails once: what is undone passes the same records again. */
                @Override
                public @Nullable Errno of(String name) {
                    boolean hit = !done && name.equals(record);
                    done |= hit;
                    return hit ? Errno.EIO : null;
                }
            };
            Throwable failure = catchThrowable(() -> tiny.setKeys(tiny.host(StepObserver.NONE, fault), false, inside));
            assertThat(TinyHost.messages(failure)).as(record).contains(record);
            assertThat(facts()).as(record).isEqualTo(before);
        }
    }

    @RootTest
    void whatIsInUseIsNotTakenAway() throws IOException {
        tiny.sh("dd if=/dev/zero of=/dev/shm/full bs=1024 count=3000 2>/dev/null");
        Map<String, String> before = facts();
        Throwable refused =
                catchThrowable(() -> tiny.setKeys(tiny.host(), true, "NUMPROC", "150:150", "SHMPAGES", "512:512"));
        assertThat(TinyHost.messages(refused)).contains("SHMPAGES").contains("resize shm");
        assertThat(((VeException) refused).error()).isEqualTo(VzError.SET_UBC);
        assertThat(facts()).isEqualTo(before);
    }

    @RootTest
    void aProcessThatIsTheThirdToForkIsReachedToo() throws IOException {
        // A shell that runs, one that it forked, and one that is forked while limits are set.
        tiny.sh("setsid sh -c 'while :; do sleep 0.01; done' </dev/null >/dev/null 2>&1 &");
        tiny.setKeys(tiny.host(), false, "NUMFILE", "123:123");
        for (int pid : tiny.host().cgroup(TinyHost.ID).pids(tiny.host().linux())) {
            Path limits = Path.of("/proc/" + pid + "/limits");
            try {
                assertThat(Files.readString(limits)).containsPattern("Max open files +123 +123 ");
            } catch (IOException gone) {
                // The short-lived one.
            }
        }
    }

    @RootTest
    void resetPutsBackWhatWasSetWithoutSaving() throws IOException {
        tiny.setKeys(tiny.host(), true, "NUMPROC", "300:300", "NUMPTY", "9:9");
        Map<String, String> saved = facts();
        tiny.setKeys(tiny.host(), false, "NUMPROC", "100:100", "NUMPTY", "3:3");
        assertThat(facts().get("/dev/pts")).contains("max=3");
        new SetVe(tiny.host()).resetLimits(TinyHost.ID, tiny.listener());
        assertThat(facts()).isEqualTo(saved);
    }

    @RootTest
    void theCallersOwnOomScoreIsNotInherited() throws IOException {
        Path own = Path.of("/proc/self/oom_score_adj");
        String before = Files.readString(own);
        Files.writeString(own, "300");
        try {
            assertThat(tiny.sh("cat /proc/self/oom_score_adj")).isEqualTo("0\n");
            assertThat(Files.readString(own)).isEqualTo("300\n");
        } finally {
            Files.writeString(own, before);
        }
    }
}
