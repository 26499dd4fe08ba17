package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.JffiLinux;

class LimitsTest {
    private static final String BASIC =
            """
            NUMPROC="240:240"
            NUMTCPSOCK="360:360"
            NUMOTHERSOCK="360:360"
            NUMFILE="9312:9312"
            NUMFLOCK="188:206"
            NUMPTY="16:16"
            NUMSIGINFO="256:256"
            NUMIPTENT="128:128"
            PRIVVMPAGES="65536:69632"
            VMGUARPAGES="33792:unlimited"
            OOMGUARPAGES="26112:unlimited"
            PHYSPAGES="0:unlimited"
            SHMPAGES="21504:21504"
            LOCKEDPAGES="2048:2048"
            KMEMSIZE="14372700:14790164"
            DCACHESIZE="3409920:3624960"
            TCPSNDBUF="1720320:2703360"
            TCPRCVBUF="1720320:2703360"
            OTHERSOCKBUF="1126080:2097152"
            DGRAMRCVBUF="262144:262144"
            CPUUNITS="1000"
            """;

    private final FakeKernel v2 = FakeKernel.v2();
    private final FakeKernel hybrid = FakeKernel.hybrid();
    private final VeCgroup onV2 = new VeCgroup(FakeKernel.v2Host(), "vz", "101");
    private final VeCgroup onHybrid = new VeCgroup(FakeKernel.hybridHost(), "vz", "101");

    @TempDir
    private Path temp;

    private HostDevices host = new HostDevices(new JffiLinux());

    /** A host with one disk below every directory, and two memory nodes. */
    @BeforeEach
    void hardware() throws IOException {
        Path disk = Files.createDirectories(temp.resolve("sys/devices/vda/queue"));
        Files.writeString(disk.resolve("scheduler"), "none [mq-deadline] bfq\n");
        Files.writeString(disk.resolveSibling("dev"), "254:0\n");
        Path block = Files.createDirectories(temp.resolve("sys/dev/block"));
        Object number = Files.getAttribute(temp, "unix:dev");
        long dev = ((Number) number).longValue();
        long major = (dev >> 8) & 0xfff;
        long minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
        Files.createSymbolicLink(block.resolve(major + ":" + minor), temp.resolve("sys/devices/vda"));
        Files.createDirectories(temp.resolve("sys/devices/system/node/node1"));
        Files.writeString(temp.resolve("sys/devices/system/node/node1/cpulist"), "2-3\n");
        Files.writeString(temp.resolve("mountinfo"), "");
        host = new HostDevices(new JffiLinux(), temp.resolve("sys"), temp.resolve("mountinfo"));
    }

    private VeConf conf(String text) throws IOException {
        HostPaths paths = HostPaths.under(temp);
        VzConf global = VzConf.of(paths, ConfFile.empty(paths.vzConf()));
        String whole = "VE_PRIVATE=\"" + temp + "\"\n" + text.replace("; ", "\n");
        CtId id = CtId.parse("101");
        return VeConf.of(global, id, ConfFile.parse(paths.conf(id), whole.getBytes(StandardCharsets.UTF_8)));
    }

    private LimitPlan planV2(String conf) throws IOException {
        return Limits.plan(conf(conf), onV2, host, v2);
    }

    private LimitPlan planHybrid(String conf) throws IOException {
        return Limits.plan(conf(conf), onHybrid, host, hybrid);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PHYSPAGES=0:65536                    | memory.max      | 268435456",
                "PHYSPAGES=0:256M                     | memory.max      | 268435456",
                "PHYSPAGES=0:unlimited                | memory.max      | max",
                "PHYSPAGES=0:9223372036854775806      | memory.max      | max",
                "PRIVVMPAGES=65536:69632              | memory.max      | 285212672",
                "PRIVVMPAGES=65536:69632              | memory.swap.max | 0",
                "PRIVVMPAGES=1:2; SWAPPAGES=0:3       | memory.swap.max | 12288",
                "PRIVVMPAGES=1:2; PHYSPAGES=0:4       | memory.max      | 16384",
                "SWAPPAGES=0:131072                   | memory.swap.max | 536870912",
                "SWAPPAGES=0:0                        | memory.swap.max | 0",
                "VMGUARPAGES=1024:unlimited           | memory.low      | 4194304",
                "VMGUARPAGES=1024:9; PHYSPAGES=0:10   | memory.low      | 40960",
                "VMGUARPAGES=unlimited; PHYSPAGES=0:9 | memory.low      | 36864",
                "OOMGUARPAGES=1024:unlimited          | memory.min      | 4194304",
                "NUMPROC=10:20                        | pids.max        | 20",
                "NUMPROC=unlimited                    | pids.max        | max",
                "NUMPROC=4194304                      | pids.max        | 4194304",
                "NUMPROC=4194305                      | pids.max        | max",
                "CPUUNITS=1000                        | cpu.weight      | 100",
                "CPUUNITS=8                           | cpu.weight      | 1",
                "CPUUNITS=500000                      | cpu.weight      | 10000",
                "CPULIMIT=50                          | cpu.max         | 50000 100000",
                "CPULIMIT=0                           | cpu.max         | max 100000",
                "CPUS=2                               | cpu.max         | 200000 100000",
                "CPUS=2; CPULIMIT=150                 | cpu.max         | 150000 100000",
                "CPUS=1; CPULIMIT=150                 | cpu.max         | 100000 100000",
                "CPUMASK=0,2-3                        | cpuset.cpus     | 0,2-3",
                "CPUMASK=all                          | cpuset.cpus     | ``",
                "CPUMASK=auto; NODEMASK=1             | cpuset.cpus     | 2-3",
                "NODEMASK=1                           | cpuset.mems     | 1",
                "IOPRIO=7                             | io.weight       | default 160",
                "IOPRIO=0                             | io.weight       | default 20",
                "IOLIMIT=1048576; IOPSLIMIT=100       | io.max          | 254:0 rbps=1048576 wbps=1048576 riops=100 wiops=100",
                "IOPSLIMIT=100                        | io.max          | 254:0 rbps=max wbps=max riops=100 wiops=100",
                "IOLIMIT=0                            | io.max          | ``",
            })
    void v2(String conf, String file, String content) throws IOException {
        planV2(conf).apply(v2);
        assertThat(v2.ve(file)).isEqualTo(content);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PHYSPAGES=0:65536                    | memory.limit_in_bytes           | 268435456",
                "PHYSPAGES=0:65536                    | memory.kmem.tcp.limit_in_bytes  | 268435456",
                "PHYSPAGES=0:65536                    | memory.memsw.limit_in_bytes     | 9223372036854771712",
                "PHYSPAGES=0:65536; SWAPPAGES=0:1     | memory.memsw.limit_in_bytes     | 268439552",
                "PHYSPAGES=0:65536; SWAPPAGES=0:0     | memory.memsw.limit_in_bytes     | 268435456",
                "PRIVVMPAGES=65536:69632              | memory.memsw.limit_in_bytes     | 285212672",
                "SWAPPAGES=0:1                        | memory.memsw.limit_in_bytes     | 9223372036854771712",
                "NUMPROC=10:20                        | pids.max                        | 20",
                "CPUUNITS=1000                        | cpu.shares                      | 1024",
                "CPUUNITS=8                           | cpu.shares                      | 8",
                "CPUUNITS=500000                      | cpu.shares                      | 262144",
                "CPULIMIT=50                          | cpu.cfs_quota_us                | 50000",
                "CPUMASK=0,2-3                        | cpuset.cpus                     | 0,2-3",
                "CPUMASK=all                          | cpuset.cpus                     | 0-3",
                "NODEMASK=1                           | cpuset.mems                     | 1",
                "IOPRIO=7                             | blkio.bfq.weight                | 160",
                "IOLIMIT=1048576                      | blkio.throttle.read_bps_device  | 254:0 1048576",
                "IOLIMIT=1048576                      | blkio.throttle.write_bps_device | 254:0 1048576",
                "IOPSLIMIT=100                        | blkio.throttle.read_iops_device | 254:0 100",
                "IOPSLIMIT=0                          | blkio.throttle.read_iops_device | ``",
            })
    void v1Twins(String conf, String file, String content) throws IOException {
        planHybrid(conf).apply(hybrid);
        assertThat(hybrid.ve(file)).isEqualTo(content);
    }

    @Test
    void aConfigurationWithoutLimitsWritesNothingToNewCgroups() throws IOException {
        assertThat(planV2("").apply(v2).isEmpty()).isTrue();
        assertThat(planHybrid("").apply(hybrid).isEmpty()).isTrue();
        planV2("").applyToNew(v2);
        planHybrid("").applyToNew(hybrid);
        assertThat(v2.log).isEmpty();
        // But that v1 has to be told of the disk, or it counts nothing there.
        assertThat(hybrid.log).containsExactlyElementsOf(NO_LIMIT);
    }

    private static final List<String> NO_LIMIT =
            List.of("blkio.throttle.read_bps_device=254:0 0", "blkio.throttle.write_bps_device=254:0 0");

    /** Whatever is asked for, alone and with all that came before it. */
    @Test
    void newCgroupsAreGivenTheSameWithoutALook() throws IOException {
        String[] keys = {
            "PHYSPAGES=0:50",
            "SWAPPAGES=0:9",
            "VMGUARPAGES=1:1",
            "OOMGUARPAGES=1:1",
            "NUMPROC=5",
            "CPUUNITS=5000",
            "CPULIMIT=50",
            "CPUS=1",
            "CPUMASK=1",
            "NODEMASK=1",
            "IOPRIO=2",
            "IOLIMIT=7",
            "IOPSLIMIT=8",
            "PRIVVMPAGES=9:9"
        };
        String before = "";
        for (String key : keys) {
            before += key + "; ";
            for (String conf : List.of(key, before)) {
                assertNewCgroupsAreGivenTheSame(planV2(conf), FakeKernel.v2(), FakeKernel.v2());
                assertNewCgroupsAreGivenTheSame(planHybrid(conf), FakeKernel.hybrid(), FakeKernel.hybrid());
            }
        }
    }

    private static void assertNewCgroupsAreGivenTheSame(LimitPlan plan, FakeKernel looked, FakeKernel made)
            throws IOException {
        plan.apply(looked);
        plan.applyToNew(made);
        assertThat(made.content()).as("%s", plan).isEqualTo(looked.content());
        made.log.removeAll(NO_LIMIT);
        assertThat(made.log).as("%s", plan).hasSameElementsAs(looked.log);
    }

    @ParameterizedTest
    @MethodSource("filesOfV2")
    void aRefusedValueForANewCgroupNamesItsKey(String refused) throws IOException {
        Path file = FakeKernel.V2.resolve("vz/101").resolve(refused);
        v2.refuse(file, Errno.EINVAL);
        LimitPlan plan = planV2(
                "PHYSPAGES=0:9; SWAPPAGES=0:1; VMGUARPAGES=1:1; OOMGUARPAGES=1:1; NUMPROC=5; CPUUNITS=5000; CPULIMIT=50; "
                        + "CPUMASK=1; NODEMASK=1; IOPRIO=2; IOPSLIMIT=8; IOLIMIT=7");
        assertThatThrownBy(() -> plan.applyToNew(v2))
                .isInstanceOf(LimitException.class)
                .hasMessageContaining(" to " + file + ": EINVAL (Invalid argument)")
                .satisfies(e -> assertThat(((LimitException) e).key()).isNotBlank());
        assertThat(v2.locked).isFalse();
    }

    @Test
    void applyingTwiceWritesNothingTheSecondTime() throws IOException {
        String conf = BASIC + "CPULIMIT=50\nCPUMASK=1\nIOPRIO=7\nIOLIMIT=1048576\nSWAPPAGES=0:9\n";
        for (FakeKernel kernel : List.of(v2, hybrid)) {
            LimitPlan plan = kernel == v2 ? planV2(conf) : planHybrid(conf);
            assertThat(plan.apply(kernel).isEmpty()).isFalse();
            kernel.log.clear();
            assertThat(plan.apply(kernel).isEmpty()).isTrue();
            assertThat(kernel.log).isEmpty();
        }
    }

    @Test
    void takesLimitsAwayThatTheConfigurationNoLongerHas() throws IOException {
        String conf =
                BASIC + "CPULIMIT=50\nCPUMASK=1\nNODEMASK=1\nIOPRIO=7\nIOLIMIT=1048576\nIOPSLIMIT=5\nSWAPPAGES=0:9\n";
        for (FakeKernel kernel : List.of(v2, hybrid)) {
            Map<Path, String> fresh = kernel.content();
            (kernel == v2 ? planV2(conf) : planHybrid(conf)).apply(kernel);
            assertThat(kernel.content()).isNotEqualTo(fresh);
            (kernel == v2 ? planV2("") : planHybrid("")).apply(kernel);
            assertThat(kernel.content()).isEqualTo(fresh);
        }
    }

    @Test
    void isPutBackAsItWas() throws IOException {
        for (FakeKernel kernel : List.of(v2, hybrid)) {
            (kernel == v2 ? planV2("PHYSPAGES=0:5; IOLIMIT=7") : planHybrid("PHYSPAGES=0:5; IOLIMIT=7")).apply(kernel);
            Map<Path, String> before = kernel.content();
            String conf = "PHYSPAGES=0:50; SWAPPAGES=0:1; VMGUARPAGES=1:1; NUMPROC=5; CPUMASK=1; IOLIMIT=8; IOPRIO=1";
            AppliedLimits applied = (kernel == v2 ? planV2(conf) : planHybrid(conf)).apply(kernel);
            applied.revert(kernel);
            assertThat(kernel.content()).isEqualTo(before);
        }
    }

    static Stream<String> filesOfV2() {
        return Stream.of(
                "memory.max",
                "memory.swap.max",
                "memory.low",
                "memory.min",
                "pids.max",
                "cpu.weight",
                "cpu.max",
                "cpuset.cpus",
                "cpuset.mems",
                "io.weight",
                "io.max");
    }

    @ParameterizedTest
    @MethodSource("filesOfV2")
    void aRefusedValueLeavesEverythingAsItWas(String refused) throws IOException {
        planV2("PHYSPAGES=0:7; NUMPROC=3").apply(v2);
        Map<Path, String> before = v2.content();
        Path file = FakeKernel.V2.resolve("vz/101").resolve(refused);
        v2.refuse(file, Errno.EINVAL);
        LimitPlan plan = planV2(
                "PHYSPAGES=0:9; SWAPPAGES=0:1; VMGUARPAGES=1:1; OOMGUARPAGES=1:1; NUMPROC=5; CPUUNITS=5000; CPULIMIT=50; "
                        + "CPUMASK=1; NODEMASK=1; IOPRIO=2; IOPSLIMIT=8; IOLIMIT=7");
        assertThatThrownBy(() -> plan.apply(v2))
                .isInstanceOf(LimitException.class)
                .hasMessageContaining(" to " + file + ": EINVAL (Invalid argument)")
                .hasMessageMatching("[A-Z]+: write '.*")
                .satisfies(e -> assertThat(((LimitException) e).key()).isNotBlank());
        assertThat(v2.content()).isEqualTo(before);
        assertThat(v2.locked).isFalse();
    }

    @Test
    void namesTheKeyThatWasGiven() throws IOException {
        v2.refuse(FakeKernel.V2.resolve("vz/101/cpu.max"), Errno.EINVAL);
        assertThatThrownBy(() -> planV2("CPUS=1").apply(v2))
                .hasMessage("CPUS: write '100000 100000' to /cg/unified/vz/101/cpu.max: EINVAL (Invalid argument)");
        v2.refuse(FakeKernel.V2.resolve("vz/101/memory.max"), Errno.EINVAL);
        assertThatThrownBy(() -> planV2("PRIVVMPAGES=1:1").apply(v2)).hasMessageStartingWith("PRIVVMPAGES: ");
    }

    /** The fake refuses, as the kernel does, every state in which RAM with swap is less than RAM. */
    @Test
    void movesBetweenAnyTwoSizesOnV1() throws IOException {
        long seed = 20_261_123;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            String conf = size("PHYSPAGES", random) + size("SWAPPAGES", random);
            LimitPlan plan = planHybrid(conf);
            assertThat(plan).as("seed %d, size %d: %s", seed, i, conf).satisfies(each -> each.apply(hybrid));
            FakeKernel fresh = FakeKernel.hybrid();
            plan.apply(fresh);
            assertThat(hybrid.content())
                    .as("seed %d, size %d: %s", seed, i, conf)
                    .isEqualTo(fresh.content());
        }
    }

    private static String size(String key, SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> key + "=0:unlimited\n";
            default -> key + "=0:" + random.nextInt(1, 20) + "\n";
        };
    }

    @Test
    void takesMemoryBackBeforeItLowersTheLimit() throws IOException {
        Path current = FakeKernel.V2.resolve("vz/101/memory.current");
        v2.put(current, "40960");
        v2.pinned = 4096;
        planV2("PHYSPAGES=0:4").apply(v2);
        assertThat(v2.ve("memory.max")).isEqualTo("16384");
        assertThat(v2.ve("memory.high")).isEqualTo("max");
        assertThat(v2.log).containsExactly("memory.high=16384", "memory.max=16384", "memory.high=max");
    }

    @Test
    void refusesLessMemoryThanCannotBeTakenBack() throws IOException {
        v2.put(FakeKernel.V2.resolve("vz/101/memory.current"), "40960");
        v2.pinned = 20_480;
        assertThatThrownBy(() -> planV2("PHYSPAGES=0:4; NUMPROC=5").apply(v2))
                .hasMessage("PHYSPAGES: write '16384' to /cg/unified/vz/101/memory.max: EBUSY "
                        + "(20480 bytes are in use and cannot be taken back)");
        assertThat(v2.ve("memory.max")).isEqualTo("max");
        assertThat(v2.ve("memory.high")).isEqualTo("max");
        assertThat(v2.ve("pids.max")).isEqualTo("max");
    }

    @Test
    void theParentGuaranteesWhatAllVesAreGuaranteed() throws IOException {
        v2.makeV2(FakeKernel.V2.resolve("vz/102"));
        v2.put(FakeKernel.V2.resolve("vz/102/memory.low"), "1000");
        AppliedLimits applied = planV2("VMGUARPAGES=1:1").apply(v2);
        assertThat(v2.read(FakeKernel.V2.resolve("vz/memory.low"))).isEqualTo("5096");
        assertThat(v2.locks).isEqualTo(1);
        applied.revert(v2);
        assertThat(v2.read(FakeKernel.V2.resolve("vz/memory.low"))).isEqualTo("1000");
        assertThat(v2.locked).isFalse();
    }

    @Test
    void aLiveSetTouchesNothingElse() throws IOException {
        planV2("PHYSPAGES=0:5; NUMPROC=3; CPULIMIT=10").apply(v2);
        LimitPlan some =
                planV2("PHYSPAGES=0:6; NUMPROC=4; CPULIMIT=20; IOPRIO=7").only(List.of("NUMPROC", "HOSTNAME"));
        assertThat(some.unenforced()).isEmpty();
        v2.log.clear();
        some.apply(v2);
        assertThat(v2.log).containsExactly("pids.max=4");
    }

    @Test
    void aLiveSetOfRamOnV1MovesTheSumToo() throws IOException {
        planHybrid("PHYSPAGES=0:5; SWAPPAGES=0:5").apply(hybrid);
        planHybrid("PHYSPAGES=0:50; SWAPPAGES=0:5").only(List.of("PHYSPAGES")).apply(hybrid);
        assertThat(hybrid.ve("memory.memsw.limit_in_bytes")).isEqualTo(Long.toString(55 * 4096));
    }

    @Test
    void aClassicalConfigurationIsEnforcedOnV2WithoutAWarning() throws IOException {
        assertThat(planV2(BASIC).unenforced()).isEmpty();
    }

    @Test
    void aClassicalConfigurationGetsOneWarningOnV1() throws IOException {
        assertThat(Unenforced.summary(planHybrid(BASIC).unenforced()))
                .isEqualTo("VMGUARPAGES, OOMGUARPAGES (cgroup v1 cannot guarantee memory)");
    }

    @Test
    void tellsWhatTheHostLacks() throws IOException {
        v2.drop(FakeKernel.V2.resolve("vz/101/memory.swap.max"));
        v2.drop(FakeKernel.V2.resolve("vz/101/cpu.max"));
        v2.drop(FakeKernel.V2.resolve("vz/101/cpu.weight"));
        LimitPlan plan = planV2("SWAPPAGES=0:5; CPULIMIT=10; CPUUNITS=2000; IOPRIO=7; VMGUARPAGES=unlimited");
        assertThat(Unenforced.summary(plan.unenforced()))
                .isEqualTo("SWAPPAGES (the kernel does not account swap space, see swapaccount= of its command line); "
                        + "VMGUARPAGES (a guarantee without an end would take the whole host); "
                        + "CPUUNITS (the kernel offers no cpu.weight); "
                        + "CPULIMIT (the kernel offers no cpu.max); "
                        + "IOPRIO (the scheduler of vda is mq-deadline, which knows no weights)");
        plan.apply(v2);
        assertThat(planV2("PHYSPAGES=0:5").unenforced()).isEmpty();
    }

    @Test
    void tellsOfHostsWithoutAController() throws IOException {
        HostCgroups memoryOnly =
                new HostCgroups(List.of(new Hierarchy(FakeKernel.V1.resolve("memory"), false, List.of("memory"))));
        LimitPlan plan = Limits.plan(
                conf("NUMPROC=5; CPUUNITS=1000; CPULIMIT=5; PHYSPAGES=0:1"),
                new VeCgroup(memoryOnly, "vz", "101"),
                host,
                hybrid);
        assertThat(plan.unenforced())
                .containsExactly(
                        new Unenforced("NUMPROC", "no cgroup hierarchy here has the controller pids"),
                        new Unenforced("CPULIMIT", "no cgroup hierarchy here has the controller cpu"));
    }

    @Test
    void tellsWhatV1KeepsInPart() throws IOException {
        assertThat(planHybrid("IOLIMIT=1048576; IOPSLIMIT=5; SWAPPAGES=0:1; CPUUNITS=300000")
                        .unenforced())
                .containsExactly(
                        new Unenforced("SWAPPAGES", "cgroup v1 limits swap space only together with PHYSPAGES"),
                        new Unenforced("CPUUNITS", "more than 256000 counts as 256000"),
                        new Unenforced(
                                "IOLIMIT",
                                "cgroup v1 limits reads and direct writes, not what is written back from memory later"),
                        new Unenforced(
                                "IOPSLIMIT",
                                "cgroup v1 limits reads and direct writes, not what is written back from memory later"));
    }

    @Test
    void ioWeightIsKeptByBfqAndByTheCostModel() throws IOException {
        v2.put(FakeKernel.V2.resolve("io.cost.qos"), "254:0 enable=1 ctrl=auto");
        assertThat(planV2("IOPRIO=7").unenforced()).isEmpty();
        v2.put(FakeKernel.V2.resolve("io.cost.qos"), "254:0 enable=0 ctrl=auto");
        assertThat(planV2("IOPRIO=7").unenforced()).hasSize(1);
        Files.writeString(temp.resolve("sys/devices/vda/queue/scheduler"), "none mq-deadline [bfq]\n");
        assertThat(planHybrid("IOPRIO=7").unenforced()).isEmpty();
        v2.put(FakeKernel.V2.resolve("vz/101/io.bfq.weight"), "default 100");
        LimitPlan plan = planV2("IOPRIO=7");
        plan.apply(v2);
        assertThat(plan.unenforced()).isEmpty();
        assertThat(v2.ve("io.bfq.weight")).isEqualTo("160");
    }

    @Test
    void tellsOfAreasThatLieOnNoDisk() throws IOException {
        VeConf nowhere =
                conf("IOLIMIT=5").withText("VE_PRIVATE", temp.resolve("absent").toString());
        assertThat(Limits.plan(nowhere, onV2, host, v2).unenforced())
                .containsExactly(new Unenforced("IOLIMIT", "there is no " + temp.resolve("absent")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CPUMASK=2-7               | CPUMASK: 2-7 is not within 0-3",
                "NODEMASK=5                | NODEMASK: 5 is not within 0-1",
                "CPUMASK=auto              | CPUMASK: auto means the CPUs of NODEMASK, which names no nodes",
                "CPUMASK=auto; NODEMASK=9  | NODEMASK: there is no memory node 9",
            })
    void refusesCpusAndNodesTheHostHasNot(String conf, String message) {
        assertThatThrownBy(() -> planV2(conf))
                .isInstanceOf(LimitException.class)
                .hasMessageStartingWith(message);
        assertThatThrownBy(() -> planHybrid(conf))
                .isInstanceOf(LimitException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aVeWithSomeCpusRunsOnThoseThatOthersUseLeast() throws IOException {
        for (FakeKernel kernel : List.of(v2, hybrid)) {
            boolean isV2 = kernel == v2;
            Path vz = (isV2 ? FakeKernel.V2 : FakeKernel.V1.resolve("cpuset")).resolve("vz");
            kernel.put(vz.resolve("7/cpuset.cpus"), "0");
            kernel.put(vz.resolve("8/cpuset.cpus"), "1-2");
            kernel.put(vz.resolve("9/cpuset.cpus"), isV2 ? "" : "0-3");
            VeCgroup cgroup = isV2 ? onV2 : onHybrid;
            AppliedLimits undo =
                    Limits.plan(conf("CPUS=2"), cgroup, host, kernel).apply(kernel);
            assertThat(kernel.ve("cpuset.cpus")).isEqualTo("1,3");
            assertThat(kernel.locks).isPositive();
            assertThat(kernel.locked).isFalse();

            // What it has it keeps, whatever the others do; what is so is not written.
            kernel.put(vz.resolve("10/cpuset.cpus"), "3");
            assertThat(Limits.plan(conf("CPUS=2"), cgroup, host, kernel)
                            .apply(kernel)
                            .isEmpty())
                    .isTrue();
            Limits.plan(conf("CPUS=3"), cgroup, host, kernel)
                    .only(List.of("CPUS"))
                    .apply(kernel);
            assertThat(kernel.ve("cpuset.cpus")).isEqualTo("1-3");
            Limits.plan(conf("CPUS=1"), cgroup, host, kernel).apply(kernel);
            assertThat(kernel.ve("cpuset.cpus")).isEqualTo("1");
            Limits.plan(conf("CPUS=1; CPUMASK=2-3"), cgroup, host, kernel).apply(kernel);
            assertThat(kernel.ve("cpuset.cpus")).isEqualTo("2");

            // All again, and back to what was before the first change.
            Limits.plan(conf("CPUS=0"), cgroup, host, kernel).apply(kernel);
            assertThat(kernel.ve("cpuset.cpus")).isEqualTo(isV2 ? "" : "0-3");
            Limits.plan(conf("CPUS=4"), cgroup, host, kernel).apply(kernel);
            assertThat(kernel.ve("cpuset.cpus")).isEqualTo(isV2 ? "" : "0-3");
            undo.revert(kernel);
            assertThat(kernel.ve("cpuset.cpus")).isEqualTo(isV2 ? "" : "0-3");
        }
    }

    @Test
    void moreCpusThanThereAreIsTold() throws IOException {
        assertThat(planV2("CPUS=9").unenforced()).containsExactly(new Unenforced("CPUS", "there are only 4"));
        assertThat(planV2("CPUS=3; CPUMASK=1-2").unenforced())
                .containsExactly(new Unenforced("CPUS", "there are only 2"));
        assertThat(planV2("CPUS=2; CPUMASK=1-2").unenforced()).isEmpty();
        assertThatThrownBy(() -> planV2("CPUS=1; CPUMASK=2-7"))
                .hasMessageStartingWith("CPUMASK: 2-7 is not within 0-3");
    }

    @Test
    void aChoiceOfCpusThatTheKernelRefusesLetsTheOthersChoose() throws IOException {
        v2.refuse(FakeKernel.V2.resolve("vz/101/cpuset.cpus"), Errno.EINVAL);
        assertThatThrownBy(() -> planV2("CPUS=2; CPUMASK=0-2").apply(v2))
                .hasMessage("CPUS: write '0-1' to /cg/unified/vz/101/cpuset.cpus: EINVAL (Invalid argument)");
        assertThat(v2.locked).isFalse();
        assertThat(v2.ve("cpu.max")).isEqualTo("max 100000");
    }

    @Test
    void needsTheCgroups() {
        VeCgroup stopped = new VeCgroup(FakeKernel.v2Host(), "vz", "102");
        assertThatThrownBy(() -> Limits.plan(conf(""), stopped, host, v2)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void everyKeyOfTheTableIsAKeyOfTheConfiguration() {
        for (Knob knob : Knob.values()) {
            for (String key : knob.keys()) {
                assertThat(org.jvz.runtime.config.ConfKey.named(key)).as(key).isNotNull();
            }
        }
    }

    @Test
    void startLimitsOfAClassicalVe() throws IOException {
        StartLimits limits = StartLimits.of(conf(BASIC));
        assertThat(limits.lockedBytes()).hasValue(2048 * 4096);
        assertThat(limits.openFiles()).hasValue(9312);
        assertThat(limits.pendingSignals()).hasValue(256);
        assertThat(limits.fileLocks()).hasValue(206);
        assertThat(limits.shmBytes()).hasValue(21_504 * 4096);
        assertThat(limits.shmPages()).hasValue(21_504);
        assertThat(limits.ptys()).hasValue(16);
    }

    @Test
    void startLimitsOfAVeGivenByItsRam() throws IOException {
        StartLimits limits = StartLimits.of(conf("PHYSPAGES=0:256M; SWAPPAGES=0:512M; NUMFILE=unlimited"));
        assertThat(limits.lockedBytes()).hasValue(256 << 20);
        assertThat(limits.openFiles()).isEmpty();
        assertThat(limits.shmBytes()).hasValue(128 << 20);
        assertThat(limits.shmPages()).isEmpty();
        assertThat(limits.ptys()).isEmpty();
        assertThat(StartLimits.of(conf("NUMFILE=5000000")).openFiles()).hasValue(1_048_576);
        assertThat(StartLimits.of(conf("")).lockedBytes()).isEmpty();
        assertThat(StartLimits.of(conf("LOCKEDPAGES=unlimited; PHYSPAGES=0:5")).lockedBytes())
                .isEmpty();
    }
}
