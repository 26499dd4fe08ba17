package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VzConfTest {

    private static final HostPaths PATHS = HostPaths.of(Map.of());
    private static final CtId ID = new CtId(101);

    private static VzConf conf(String text) throws BadConfException {
        return VzConf.of(PATHS, ConfFile.parse(PATHS.vzConf(), text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @EnumSource(VzKey.class)
    void everyKeyHasHelpAndTakesWhatTheFileSays(VzKey key) throws Exception {
        assertThat(key.help()).endsWith(".").doesNotContain("\n");
        assertThat(conf(key + "=\"from the file\"\n").text(key)).isEqualTo("from the file");
        assertThat(conf(key + "=\n").text(key)).isNull();
        assertThat(conf("").text(key)).doesNotMatch(VzConfTest::holdsMark);
    }

    private static boolean holdsMark(String text) {
        return text != null && text.contains("VZDIR");
    }

    @ParameterizedTest
    @CsvSource({
        "LOCKDIR,/vz/lock",
        "DUMPDIR,/vz/dump",
        "TEMPLATE,/vz/template",
        "VE_ROOT,/vz/root/$VEID",
        "VE_PRIVATE,/vz/private/$VEID",
        "VE_LAYOUT,overlay",
        "LOCAL_UID,100000",
        "CONFIGFILE,vswap-256m",
        "NAMESERVER,inherit",
        "LOGFILE,/var/log/vzctl.log",
        "NEIGHBOUR_DEVS,detect",
        "VE_STOP_MODE,suspend"
    })
    void hasTheDefaults(VzKey key, String value) throws Exception {
        assertThat(conf("").text(key)).isEqualTo(value);
    }

    @Test
    void defaultsMoveWithVzdirAndWithThePrefix() throws Exception {
        assertThat(conf("VZDIR=/srv/vz\n").path(VzKey.LOCKDIR)).hasToString("/srv/vz/lock");
        assertThat(conf("VZDIR=/srv/vz\n").path(VzKey.VE_PRIVATE, ID)).hasToString("/srv/vz/private/101");
        HostPaths moved = HostPaths.under(Path.of("/tmp/p"));
        VzConf conf = VzConf.of(moved, ConfFile.empty(moved.vzConf()));
        assertThat(conf.path(VzKey.TEMPLATE)).hasToString("/tmp/p/vz/template");
        assertThat(conf.path(VzKey.LOGFILE)).hasToString("/tmp/p/var/log/vzctl.log");
    }

    @Test
    void readsNumbersAndYes() throws Exception {
        VzConf conf = conf("STOP_TIMEOUT=30\nLOG_LEVEL=x\nVE_PARALLEL=\nDISK_QUOTA=no\nLOGGING=maybe\n");
        assertThat(conf.number(VzKey.STOP_TIMEOUT, 1)).isEqualTo(30);
        assertThat(conf.number(VzKey.VE_PARALLEL, 4)).isEqualTo(4);
        assertThat(conf.number(VzKey.VERBOSE, 9)).isZero();
        assertThat(conf.yes(VzKey.DISK_QUOTA)).isFalse();
        assertThat(conf.yes(VzKey.IPV6)).isTrue();
        assertThat(conf.yes(VzKey.VZWDOG)).isFalse();
        assertThatThrownBy(() -> conf.number(VzKey.LOG_LEVEL, 0))
                .hasMessage("/etc/vz/vz.conf, line 2: LOG_LEVEL: 'x' is not a number");
        assertThatThrownBy(() -> conf.yes(VzKey.LOGGING))
                .hasMessage("/etc/vz/vz.conf, line 5: LOGGING: 'maybe' is neither yes nor no");
    }

    @ParameterizedTest
    @CsvSource({
        "vz/lock,'LOCKDIR: ''vz/lock'' is not an absolute path'",
        "/$DIR/lock,'LOCKDIR: ''/$DIR/lock'' has a variable other than $VEID in it'",
        "/,LOCKDIR: must not be /",
        "/x/..,LOCKDIR: must not be /"
    })
    void aPathMustBeAbsoluteAndKnown(String value, String reason) throws Exception {
        VzConf conf = conf("LOCKDIR='" + value + "'\n");
        assertThatThrownBy(() -> conf.path(VzKey.LOCKDIR)).hasMessage("/etc/vz/vz.conf, line 1: " + reason);
    }

    @Test
    void aMissingFileIsAnError(@TempDir Path dir) {
        assertThatThrownBy(() -> VzConf.read(HostPaths.under(dir))).isInstanceOf(NoSuchFileException.class);
    }
}
