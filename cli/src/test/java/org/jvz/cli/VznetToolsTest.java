package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.cli.Harness.Result;
import org.jvz.testing.NetHost;
import org.jvz.testing.RootTest;

/** Section 9 of vzctl's contract, vznetcfg and vznetaddbr. */
class VznetToolsTest {
    @TempDir
    Path prefix;

    private final Map<String, String> env = new HashMap<>();
    private Path seen;

    @BeforeEach
    void makeHost() throws IOException {
        seen = prefix.resolve("seen");
        env.put("JVZ_PREFIX", prefix.toString());
        env.put("VEID", "101");
        Path conf = Files.createDirectories(prefix.resolve("etc/vz/conf"));
        Files.writeString(prefix.resolve("etc/vz/vz.conf"), "VE_ROOT=/vz/root/$VEID\n");
        Files.writeString(
                conf.resolve("101.conf"),
                "NETIF=\"ifname=eth0,bridge=br7,mac=02:00:00:00:00:01,host_ifname=veth101.0,host_mac=02:00:00:00:00:02;"
                        + "ifname=eth1,mac=02:00:00:00:00:03,host_ifname=veth101.1,host_mac=02:00:00:00:00:04\"\n");
    }

    private void script(String text) throws IOException {
        Path script = Files.writeString(prefix.resolve("script"), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(prefix.resolve("etc/vz/vznet.conf"), "#!/bin/bash\nEXTERNAL_SCRIPT=\"" + script + "\"\n");
    }

    private Result cfg(String... args) {
        return Harness.capture((out, err) -> Vznetcfg.run(args, env, err));
    }

    private Result addbr(String... args) {
        return Harness.capture((out, err) -> Vznetaddbr.run(args, env, out, err));
    }

    @Test
    void vznetcfgRunsTheScript() throws IOException {
        Result nothing = new Result(0, "", "");
        assertThat(cfg("init", "veth", "veth101.0")).isEqualTo(nothing);
        script("echo $VEID $* >>" + seen + "\n");
        assertThat(cfg("init", "veth", "veth101.0")).isEqualTo(nothing);
        assertThat(cfg("create", "veth", "veth101.0")).isEqualTo(nothing);
        assertThat(cfg("down", "veth", "veth101.0")).isEqualTo(nothing);
        assertThat(seen).hasContent("101 init veth veth101.0\n101 init veth veth101.0\n101 down veth veth101.0\n");
        script("exit 3\n");
        Result failed = cfg("init", "veth", "veth101.0");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.err()).contains("init veth veth101.0 ended with status 3");
    }

    @Test
    void whatIsNoCallIsToldItsUsage() {
        for (String[] args : new String[][] {{}, {"init", "veth"}, {"stop", "veth", "x"}, {"init", "venet", "x"}}) {
            assertThat(cfg(args)).isEqualTo(new Result(1, "", Vznetcfg.USAGE + "\n"));
            assertThat(addbr(args)).isEqualTo(new Result(1, "", Vznetaddbr.USAGE + "\n"));
        }
        for (String id : new String[] {"", "x", "-1", "9999999999", "99999999999"}) {
            env.put("VEID", id);
            assertThat(cfg("init", "veth", "x").status()).isEqualTo(1);
            assertThat(addbr("init", "veth", "x").status()).isEqualTo(1);
        }
    }

    @Test
    void aDeviceThatIsNoneOfTheContainersIsRefused() {
        assertThat(addbr("init", "veth", "eth7"))
                .isEqualTo(new Result(1, "", "vznetaddbr: container 101 has no veth device eth7\n"));
        env.put("VEID", "102");
        assertThat(addbr("init", "veth", "veth101.0").status()).isEqualTo(1);
    }

    @RootTest
    @Tag("vm")
    void vznetaddbrPutsADeviceOnItsBridgeOrVmbr0() throws Exception {
        try (NetHost net = NetHost.here()) {
            net.run("ip link add veth101.0 type veth peer name peer0");
            net.run("ip link add veth101.1 type veth peer name peer1");
            assertThat(addbr("init", "veth", "veth101.0").err()).contains("This host has no bridge br7 for veth101.0");
            net.run("ip link add br7 type bridge");
            net.run("ip link add vmbr0 type bridge");
            assertThat(addbr("init", "veth", "veth101.0"))
                    .isEqualTo(new Result(0, "Adding interface veth101.0 to bridge br7 on CT0 for CT101\n", ""));
            assertThat(addbr("init", "veth", "veth101.1").out()).contains("to bridge vmbr0");
            assertThat(net.run("ip -o link show veth101.0")).contains("master br7", ",UP");
            assertThat(net.run("ip -o link show veth101.1")).contains("master vmbr0");
            // Twice is once.
            assertThat(addbr("init", "veth", "veth101.1").status()).isZero();
            assertThat(addbr("down", "veth", "veth101.0")).isEqualTo(new Result(0, "", ""));
            assertThat(net.run("ip -o link show veth101.0")).doesNotContain("master");
            net.run("ip link del veth101.1");
            assertThat(addbr("down", "veth", "veth101.1").status()).isZero();
            assertThat(addbr("init", "veth", "veth101.1").status()).isEqualTo(1);
        }
    }
}
