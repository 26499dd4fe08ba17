package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdRangesTest {

    private static final CtId NEW = new CtId(500);

    @TempDir
    private Path dir;

    private HostPaths paths = HostPaths.under(Path.of("/unset"));
    private IdRanges ranges = new IdRanges(paths);

    @BeforeEach
    void directories() throws Exception {
        paths = HostPaths.under(dir);
        Files.createDirectories(paths.confDir());
        ranges = new IdRanges(paths, List.of(dir.resolve("subuid"), dir.resolve("subgid")));
    }

    private VzConf global(String text) throws IOException {
        return VzConf.of(paths, ConfFile.parse(paths.vzConf(), text.getBytes(StandardCharsets.UTF_8)));
    }

    private IdMap reserved(VzConf global, CtId id) throws IOException {
        try (IdRanges.Reservation reservation = ranges.reserve(global, id)) {
            reservation.recordIn(VeConf.empty(global, id)).save();
            return reservation.idMap();
        }
    }

    private void conf(int id, String text) throws IOException {
        Files.writeString(paths.conf(new CtId(id)), text);
    }

    @Test
    void rangesFollowOneAnother() throws Exception {
        assertThat(reserved(global(""), new CtId(101))).isEqualTo(new IdMap(100_000, 100_000));
        assertThat(reserved(global(""), new CtId(102))).isEqualTo(new IdMap(165_536, 165_536));
        assertThat(paths.conf(new CtId(102))).hasContent("LOCAL_UID=\"165536\"\nLOCAL_GID=\"165536\"");
        Files.delete(paths.conf(new CtId(101)));
        assertThat(reserved(global(""), new CtId(103))).isEqualTo(new IdMap(100_000, 100_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LOCAL_UID=100000",
                "LOCAL_UID=\"100000\"",
                "LOCAL_UID='100000'",
                "LOCAL_GID=100000",
                "LOCAL_UID=165535",
                "LOCAL_UID=65536",
                "LOCAL_UID=\"100000\" # broken: OTHER=\"",
                "  export LOCAL_UID=100000"
            })
    void whatAnyConfigurationNamesIsTaken(String line) throws Exception {
        conf(101, line + "\n");
        assertThat(reserved(global(""), NEW)).isNotEqualTo(new IdMap(100_000, 100_000));
        assertThat(reserved(global(""), new CtId(101)))
                .as("its own does not count")
                .isEqualTo(new IdMap(100_000, 100_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"LOCAL_UID=0\nLOCAL_GID=0\n", "LOCAL_UID=\n", "LOCAL_UID=\"34464\"\n", "LOCAL_UID=165536\n"})
    void othersLeaveThePoolAlone(String text) throws Exception {
        conf(101, text);
        assertThat(reserved(global(""), NEW)).isEqualTo(new IdMap(100_000, 100_000));
    }

    @Test
    void onlyConfigurationsCount() throws Exception {
        for (String name : List.of("101.conf.destroyed", "ve-x.conf-sample", ".101.conf.tmp-1-1", "0101.conf")) {
            Files.writeString(paths.confDir().resolve(name), "LOCAL_UID=100000\n");
        }
        assertThat(reserved(global(""), NEW)).isEqualTo(new IdMap(100_000, 100_000));
    }

    @Test
    void subordinateIdsOfTheHostsUsersAreLeftOut() throws Exception {
        Files.writeString(dir.resolve("subuid"), "# x\nann:100000:65536\nbob:165536:1\nbad\nbad:x:y\n");
        Files.writeString(dir.resolve("subgid"), "ann:300000:65536\n");
        // 231072 to 296607 is the first range without any of them.
        assertThat(reserved(global(""), NEW)).isEqualTo(new IdMap(231_072, 231_072));
        // 296608 to 362143 and 362144 to 427679 have groups of ann.
        assertThat(reserved(global(""), new CtId(501))).isEqualTo(new IdMap(427_680, 427_680));
    }

    @Test
    void thePoolBeginsWhereVzConfSays() throws Exception {
        VzConf global = global("LOCAL_UID=1000000\nLOCAL_GID=2000000\n");
        assertThat(reserved(global, NEW)).isEqualTo(new IdMap(1_000_000, 2_000_000));
        assertThat(reserved(global, new CtId(501))).isEqualTo(new IdMap(1_065_536, 2_065_536));
    }

    @Test
    void zeroMeansPrivileged() throws Exception {
        assertThat(reserved(global("LOCAL_UID=0\nLOCAL_GID=0\n"), NEW)).isEqualTo(IdMap.PRIVILEGED);
        assertThat(reserved(global("LOCAL_UID=\n"), new CtId(501)).isPrivileged())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "65535", "4294901760", "x", "-1", "99999999999"})
    void aPoolOutOfRangeIsRefused(String base) throws Exception {
        VzConf global = global("# c\nLOCAL_UID=" + base + "\n");
        assertThatThrownBy(() -> reserved(global, NEW))
                .isInstanceOf(BadConfException.class)
                .hasMessageContaining("vz.conf, line 2: LOCAL_UID: '" + base + "' is neither 0 nor a number");
    }

    @Test
    void thePoolEnds() throws Exception {
        VzConf global = global("LOCAL_UID=4294901759\nLOCAL_GID=4294901759\n");
        assertThat(reserved(global, NEW).uid()).isEqualTo(IdMap.MAX_BASE);
        assertThatThrownBy(() -> reserved(global, new CtId(501))).hasMessageContaining("No range of 65536 ids is free");
    }

    @Test
    void aChosenRangeMustBeFreeToo() throws Exception {
        conf(101, "LOCAL_UID=200000\nLOCAL_GID=200000\n");
        assertThatThrownBy(() -> ranges.claim(new IdMap(265_535, 500_000), NEW))
                .isInstanceOf(IdRangeTakenException.class)
                .hasMessage("Some of the ids from 265535 belong to container 101");
        try (IdRanges.Reservation reservation = ranges.claim(new IdMap(265_536, 265_536), NEW)) {
            assertThat(reservation.idMap().uid()).isEqualTo(265_536);
        }
        try (IdRanges.Reservation reservation = ranges.claim(IdMap.PRIVILEGED, NEW)) {
            assertThat(reservation.idMap()).isEqualTo(IdMap.PRIVILEGED);
        }
    }

    @Test
    void threadsNeverShareARange() throws Exception {
        VzConf global = global("");
        ConcurrentLinkedQueue<IdMap> got = new ConcurrentLinkedQueue<>();
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            int first = 1000 + 10 * t;
            threads[t] = new Thread(() -> {
                try {
                    for (int i = 0; i < 5; i++) {
                        got.add(reserved(global, new CtId(first + i)));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(new HashSet<>(got)).hasSize(40);
    }

    @Test
    void processesNeverShareARange() throws Exception {
        Process[] processes = new Process[3];
        for (int p = 0; p < processes.length; p++) {
            processes[p] = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Taker.class.getName(),
                            dir.toString(),
                            Integer.toString(2000 + 100 * p))
                    .inheritIO()
                    .start();
        }
        for (Process process : processes) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        Set<String> bases = new HashSet<>();
        try (var files = Files.list(paths.confDir())) {
            for (Path file : files.toList()) {
                bases.add(String.valueOf(ConfFile.read(file).get("LOCAL_UID")));
            }
        }
        assertThat(bases).hasSize(60);
    }

    /** Takes 20 ranges in a process of its own. */
    static final class Taker {
        private Taker() {}

        public static void main(String[] args) throws IOException {
            HostPaths paths = HostPaths.under(Path.of(args[0]));
            IdRanges ranges = new IdRanges(paths, List.of());
            VzConf global = VzConf.of(paths, ConfFile.empty(paths.vzConf()));
            for (int i = 0; i < 20; i++) {
                CtId id = new CtId(Integer.parseInt(args[1]) + i);
                try (IdRanges.Reservation reservation = ranges.reserve(global, id)) {
                    reservation.recordIn(VeConf.empty(global, id)).save();
                }
            }
        }
    }

    @Test
    void theLockIsNotForUsersOfTheHostAndNotTakenTwice() throws Exception {
        VzConf global = global("");
        try (IdRanges.Reservation reservation = ranges.reserve(global, NEW)) {
            assertThat(reservation.idMap().uid()).isEqualTo(100_000);
            assertThatThrownBy(() -> ranges.reserve(global, new CtId(501))).isInstanceOf(IllegalStateException.class);
        }
        Path lock = paths.stateDir().resolve("ids.lock");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)))
                .isEqualTo("rw-------");
        assertThat(reserved(global, NEW).uid()).as("free again").isEqualTo(100_000);
    }

    @Test
    void anIdMapKnowsItsRules() {
        assertThat(new IdMap(100_000, 200_000).uidMapLine()).isEqualTo("0 100000 65536");
        assertThat(new IdMap(100_000, 200_000).gidMapLine()).isEqualTo("0 200000 65536");
        assertThat(new IdMap(100_000, 100_000).overlaps(new IdMap(165_535, 900_000)))
                .isTrue();
        assertThat(new IdMap(100_000, 100_000).overlaps(new IdMap(165_536, 165_536)))
                .isFalse();
        assertThat(IdMap.PRIVILEGED.overlaps(IdMap.PRIVILEGED)).isFalse();
        assertThatThrownBy(() -> new IdMap(0, 100_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdMap(65_535, 65_535)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdMap(IdMap.MAX_BASE + 1, 100_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
