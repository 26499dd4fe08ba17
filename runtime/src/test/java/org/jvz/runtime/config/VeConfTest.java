package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VeConfTest {

    private static final CtId ID = new CtId(101);

    @TempDir
    private Path dir;

    private HostPaths paths = HostPaths.under(Path.of("/unset"));

    @BeforeEach
    void directories() throws Exception {
        paths = HostPaths.under(dir);
        Files.createDirectories(paths.confDir());
    }

    private VeConf conf(String own, String global) throws Exception {
        VzConf vz = VzConf.of(paths, ConfFile.parse(paths.vzConf(), global.getBytes(StandardCharsets.UTF_8)));
        return VeConf.of(vz, ID, ConfFile.parse(paths.conf(ID), own.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void fillsInTheIdWhenReadingAndKeepsItLiteralWhenWriting() throws Exception {
        VeConf conf = conf("VE_ROOT=\"/r/$VEID\"\nVE_PRIVATE=\"/p/${VEID}/x\"\n", "DUMPDIR=/d/$VEID\n");
        assertThat(conf.root()).hasToString("/r/101");
        assertThat(conf.privateArea()).hasToString("/p/101/x");
        assertThat(conf.dumpDir()).hasToString("/d/101");
        assertThat(conf.text("VE_ROOT")).isEqualTo("/r/$VEID");
        conf.withText("VE_ROOT", "/s/$VEID").save();
        assertThat(paths.conf(ID)).hasContent("VE_ROOT=\"/s/$VEID\"\nVE_PRIVATE=\"/p/${VEID}/x\"");
    }

    @Test
    void fallsBackToTheGlobalFileAndItsDefaults() throws Exception {
        VeConf conf = conf("HOSTNAME=h\nCPUS=\n", "HOSTNAME=g\nNAME=g\nLOCAL_UID=500000\nCPUUNITS=7\nCPUS=4\n");
        assertThat(conf.text("CPUUNITS")).isEqualTo("7");
        assertThat(conf.text("STOP_TIMEOUT")).isEqualTo("120");
        assertThat(conf.text("HOSTNAME")).isEqualTo("h");
        assertThat(conf.text("CPUS")).as("set to nothing").isNull();
        assertThat(conf.text("NAME")).as("a VE's own").isNull();
        assertThat(conf.text("LOCAL_UID")).as("the base of the pool").isNull();
        assertThat(conf.text("NO_SUCH_KEY")).isNull();
        assertThat(conf.privateArea()).isEqualTo(dir.resolve("vz/private/101"));
    }

    @Test
    void anEmptyPathIsUnsetAndABadOneNamesItsFile() throws Exception {
        assertThat(conf("VE_ROOT=\n", "").root()).isNull();
        assertThat(conf("", "VE_ROOT=\n").root()).isNull();
        assertThatThrownBy(() -> conf("A=1\nVE_ROOT=r\n", "").root())
                .isInstanceOf(BadConfException.class)
                .hasMessage(paths.conf(ID) + ", line 2: VE_ROOT: 'r' is not an absolute path");
        assertThatThrownBy(() -> conf("", "VE_ROOT=r\n").root()).hasMessageStartingWith(paths.vzConf() + ", line 1: ");
    }

    @Test
    void changesGiveANewOne() throws Exception {
        VeConf conf = conf("A=\"1\"\n", "");
        VeConf changed = conf.withText("A", "2").withText("B", "3").without("A");
        assertThat(conf.text("A")).isEqualTo("1");
        assertThat(changed.text("A")).isNull();
        assertThat(changed.text("B")).isEqualTo("3");
        assertThat(changed.id()).isEqualTo(ID);
    }

    @Test
    void isReadFromAndSavedToItsPlace() throws Exception {
        VzConf vz = VzConf.of(paths, ConfFile.empty(paths.vzConf()));
        assertThatThrownBy(() -> VeConf.read(vz, ID)).isInstanceOf(NoSuchFileException.class);
        VeConf.empty(vz, ID).withText("ONBOOT", "yes").save();
        assertThat(VeConf.read(vz, ID).text("ONBOOT")).isEqualTo("yes");
        VeConf.read(vz, ID).forVe(new CtId(102)).save();
        assertThat(VeConf.read(vz, new CtId(102)).text("ONBOOT")).isEqualTo("yes");
    }
}
