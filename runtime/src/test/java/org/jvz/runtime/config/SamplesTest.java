package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SamplesTest {

    private static final CtId ID = new CtId(101);
    private static final HostPaths PATHS = HostPaths.under(Path.of("/"));
    private static final VzConf GLOBAL = VzConf.of(PATHS, ConfFile.empty(PATHS.vzConf()));

    static List<String> shipped() {
        return Samples.shipped();
    }

    private static VeConf sample(String name) throws Exception {
        Path path = PATHS.confDir().resolve("sample");
        return VeConf.of(GLOBAL, ID, Samples.shippedFile(path, "conf/ve-" + name + ".conf-sample"));
    }

    private static ConfFile file(String text) throws Exception {
        return ConfFile.parse(Path.of("/sample"), text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void everySampleIsCleanAndComplete(String name) throws Exception {
        VeConf conf = sample(name);
        assertThat(conf.warnings()).isEmpty();
        for (String key : conf.file().keys()) {
            assertThat(ConfKey.named(key)).as(key).isNotNull();
        }
        assertThat(RequiredBeancounters.missing(conf)).isEmpty();
        assertThat(conf.get(ConfKey.DISKSPACE)).isPresent();
        assertThat(conf.get(ConfKey.CPUUNITS)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "vswap-256m,65536,131072",
        "vswap-512m,131072,262144",
        "vswap-1g,262144,524288",
        "vswap-1024m,262144,524288",
        "vswap-2g,524288,1048576",
        "vswap-4g,1048576,2097152"
    })
    void vswapSamplesSayWhatTheirNamesSay(String name, long ram, long swap) throws Exception {
        VeConf conf = sample(name);
        assertThat(conf.get(ConfKey.PHYSPAGES)).contains(BarrierLimit.upTo(ram));
        assertThat(conf.get(ConfKey.SWAPPAGES)).contains(BarrierLimit.upTo(swap));
        assertThat(conf.get(ConfKey.DISKSPACE)).contains(new DiskLimit(2_097_152, 2_306_867));
        assertThat(conf.get(ConfKey.DISKINODES)).contains(new DiskLimit(131_072, 144_179));
        assertThat(conf.get(ConfKey.NETFILTER)).contains(Netfilter.STATELESS);
    }

    @Test
    void basicHasTheTwentyBeancounters() throws Exception {
        VeConf conf = sample("basic");
        assertThat(RequiredBeancounters.CLASSICAL).hasSize(20).allSatisfy(key -> assertThat(conf.get(key))
                .isPresent());
        assertThat(conf.get(ConfKey.NUMPROC)).contains(BarrierLimit.of(240));
        assertThat(conf.get(ConfKey.PRIVVMPAGES)).contains(new BarrierLimit(65_536, 69_632));
        assertThat(conf.get(ConfKey.KMEMSIZE)).contains(new BarrierLimit(14_372_700, 14_790_164));
        assertThat(conf.get(ConfKey.NUMFILE)).contains(BarrierLimit.of(9312));
        assertThat(conf.get(ConfKey.NUMTCPSOCK)).contains(BarrierLimit.of(360));
    }

    @Test
    void installWritesWhatIsMissingAndNothingElse(@TempDir Path dir) throws Exception {
        HostPaths paths = HostPaths.under(dir);
        assertThat(Samples.install(paths)).hasSize(10).allSatisfy(path -> assertThat(path)
                .exists());
        Path basic = paths.confDir().resolve("ve-basic.conf-sample");
        Files.writeString(basic, "MINE=1\n");
        Files.delete(paths.vzConf());
        assertThat(Samples.install(paths)).containsExactly(paths.vzConf());
        assertThat(basic).hasContent("MINE=1");
        assertThat(Samples.install(paths)).isEmpty();
        assertThat(Samples.path(paths, "basic")).isEqualTo(basic);
    }

    @Test
    void belowAPrefixVzConfPointsBelowItToo(@TempDir Path dir) throws Exception {
        HostPaths paths = HostPaths.under(dir);
        Samples.install(paths);
        VzConf conf = VzConf.read(paths);
        assertThat(conf.file().warnings()).isEmpty();
        assertThat(conf.path(VzKey.LOCKDIR)).isEqualTo(dir.resolve("vz/lock"));
        assertThat(conf.path(VzKey.VE_PRIVATE, ID)).isEqualTo(dir.resolve("vz/private/101"));
        assertThat(conf.path(VzKey.LOGFILE)).isEqualTo(dir.resolve("var/log/vzctl.log"));
    }

    @Test
    void vzConfSetsWhatOtherProgramsReadAndOnlyDefaults() throws Exception {
        VzConf shipped = VzConf.of(PATHS, Samples.shippedFile(PATHS.vzConf(), "vz.conf"));
        assertThat(shipped.file().keys()).contains("VE_PRIVATE", "VE_ROOT", "DUMPDIR", "LOCKDIR", "TEMPLATE");
        for (String name : shipped.file().keys()) {
            VzKey key = VzKey.valueOf(name);
            if (key != VzKey.DEF_OSTEMPLATE) {
                assertThat(shipped.text(key)).as(name).isEqualTo(GLOBAL.text(key));
            }
        }
    }

    @Test
    void aSampleCannotLieElsewhere() {
        assertThat(Samples.path(PATHS, "../x")).isNull();
        assertThat(Samples.path(PATHS, "")).isNull();
        assertThat(Samples.path(PATHS, "x")).hasToString("/etc/vz/conf/ve-x.conf-sample");
    }

    @Test
    void aNewConfigurationIsTheSampleWithItsOrigin() throws Exception {
        ConfFile sample =
                file("# c\nDISKSPACE=\"2G:2.2G\"\nFOO=bar\nNAME=x\nLOCAL_UID=1\nTEMPLATE_DIGEST=y\nHOSTNAME=h\n");
        VeConf conf = Samples.configure(GLOBAL, ID, sample, "mine");
        assertThat(conf.file().path()).hasToString("/etc/vz/conf/101.conf");
        assertThat(new String(conf.file().toBytes(), StandardCharsets.UTF_8))
                .isEqualTo("# c\nDISKSPACE=\"2097152:2306867\"\nFOO=bar\nHOSTNAME=h\nORIGIN_SAMPLE=\"mine\"\n");
        assertThat(new String(conf.withDefaultsWritten().file().toBytes(), StandardCharsets.UTF_8))
                .endsWith(
                        """
                        VE_ROOT="/vz/root/$VEID"
                        VE_PRIVATE="/vz/private/$VEID"
                        VE_LAYOUT="overlay"
                        """);
    }

    @Test
    void applyingASampleKeepsWhatMakesTheVe() throws Exception {
        String kept =
                """
                HOSTNAME=a
                IP_ADDRESS=1.2.3.4
                OSTEMPLATE=a
                VE_ROOT=/a
                VE_PRIVATE=/a
                DESCRIPTION=a
                NAME=a
                VE_LAYOUT=simfs
                LOCAL_UID=100000
                LOCAL_GID=100000
                TEMPLATE_DIGEST=a
                VEID=1
                """;
        VeConf conf = VeConf.of(GLOBAL, ID, file(kept + "NUMPROC=\"1:1\"\nCPUS=1\n# c\nORIGIN_SAMPLE=old\n"));
        ConfFile sample = file(kept.replaceAll("=.*", "=OTHER") + "NUMPROC=\"2:2\"\nNEW=\"n\"\nORIGIN_SAMPLE=z\n");
        assertThat(new String(Samples.apply(conf, sample, "mine").file().toBytes(), StandardCharsets.UTF_8))
                .isEqualTo(kept + "NUMPROC=\"2:2\"\nCPUS=1\n# c\nORIGIN_SAMPLE=\"mine\"\nNEW=\"n\"\n");
    }
}
