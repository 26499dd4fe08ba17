package org.jvz.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MacAddressesTest {
    @TempDir
    Path prefix;

    private HostPaths paths;

    /** Counts up: 00:00:01, 00:00:02 …, or always gives the same. */
    private static final class Counting extends Random {
        private static final long serialVersionUID = 1L;
        private final int step;
        private int next = 1;

        Counting(int step) {
            this.step = step;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            bytes[0] = 0;
            bytes[1] = 0;
            bytes[2] = (byte) next;
            next += step;
        }
    }

    @BeforeEach
    void makeConfigurations() throws IOException {
        paths = HostPaths.under(prefix);
        Files.createDirectories(paths.confDir());
        Files.writeString(
                paths.conf(new CtId(101)),
                "# NETIF=\"mac=00:18:51:00:00:03\"\nNETIF=\"ifname=eth0,mac=00:18:51:00:00:01,host_mac=00:18:51:00:00:02\"\n");
        Files.writeString(paths.confDir().resolve("ve-x.conf-sample"), "NETIF=\"ifname=eth0,mac=00:18:51:00:00:03\"\n");
        Files.writeString(paths.confDir().resolve("x.conf"), "NETIF=\"ifname=eth0,mac=00:18:51:00:00:03\"\n");
    }

    @Test
    void makesWhatNoVeHas() throws IOException {
        assertThat(new MacAddresses(paths, new Counting(1)).unused()).isEqualTo("00:18:51:00:00:03");
        assertThat(new MacAddresses(paths).unused()).matches("00:18:51(:[0-9A-F]{2}){3}");
    }

    @Test
    void knowsTheOwnerOfEitherEnd() throws IOException {
        MacAddresses macs = new MacAddresses(paths);
        assertThat(macs.owner("00:18:51:00:00:01", null)).isEqualTo(new CtId(101));
        assertThat(macs.owner("00:18:51:00:00:02", new CtId(102))).isEqualTo(new CtId(101));
        assertThat(macs.owner("00:18:51:00:00:01", new CtId(101))).isNull();
        assertThat(macs.owner("00:18:51:00:00:09", null)).isNull();
        assertThat(new MacAddresses(HostPaths.under(prefix.resolve("none"))).owner("00:18:51:00:00:01", null))
                .isNull();
    }

    @Test
    void givesUpWhenAllAreTaken() {
        assertThatThrownBy(() -> new MacAddresses(paths, new Counting(0)).unused())
                .hasMessageContaining("No free MAC address");
    }
}
