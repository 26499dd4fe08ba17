package org.jvz.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.config.DeviceRule;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;

/** What a policy makes of the opens of a process in its cgroup, by a device program and by v1's files alike. */
@Tag("root")
@Tag("vm")
class DeviceControlRootTest {
    private final Linux linux = new JffiLinux();

    private static DevicePolicy policy(String... rules) {
        List<DeviceRule> own = new ArrayList<>();
        for (String rule : rules) {
            own.add(DeviceRule.parse(rule));
        }
        return DevicePolicy.of(own);
    }

    /** The hosts that this one can stand for: with v2 alone, with v1 alone. */
    private static List<HostCgroups> hosts() throws IOException {
        List<HostCgroups> hosts = new ArrayList<>();
        for (Hierarchy hierarchy : HostCgroups.detect().hierarchies()) {
            if (hierarchy.v2() || hierarchy.controllers().contains("devices")) {
                hosts.add(new HostCgroups(List.of(hierarchy)));
            }
        }
        return hosts;
    }

    private interface Check {
        void on(VeCgroup cgroup, boolean v2) throws Exception;
    }

    private void onEach(Check check) throws Exception {
        List<HostCgroups> hosts = hosts();
        assumeTrue(!hosts.isEmpty(), "no cgroup mounts");
        for (HostCgroups host : hosts) {
            VeCgroup cgroup = new VeCgroup(host, "vz-test-devices", "1");
            cgroup.create(linux, 100_000);
            try {
                check.on(cgroup, host.hierarchies().get(0).v2());
            } finally {
                cgroup.remove(linux, 10);
            }
        }
    }

    private void opens(VeCgroup cgroup, String expected) throws Exception {
        String script = "for d in null urandom kmsg tty0 tty1; do"
                + " (: </dev/$d) && echo -n r || echo -n -; (: >/dev/$d) && echo -n w || echo -n -; echo -n ' '; done 2>&-";
        Process process = InCgroup.start(cgroup.directories(), script);
        assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip())
                .isEqualTo(expected);
    }

    @Test
    void onlyWhatIsAllowedOpens() throws Exception {
        for (String device : new String[] {"tty0", "tty1"}) {
            assumeTrue(Files.exists(Path.of("/dev", device)), "no /dev/" + device);
        }
        onEach((cgroup, v2) -> {
            DeviceControl control = new DeviceControl(linux, cgroup);
            control.apply(policy());
            opens(cgroup, "rw rw -- -- --");
            control.apply(policy("c:4:all:r", "c:4:1:rw", "c:1:9:r"));
            opens(cgroup, "rw r- -- r- rw");
            control.apply(policy("c:4:all:rw", "c:4:0:r", "c:1:11:w"));
            opens(cgroup, v2 ? "rw rw -w r- rw" : "rw rw -w rw rw");
            assertThat(control.unenforced(policy("c:4:all:rw", "c:4:0:r")).isEmpty())
                    .isEqualTo(v2);
            control.apply(policy("c:1:3:none"));
            opens(cgroup, "-- rw -- -- --");
            control.apply(policy());
            opens(cgroup, "rw rw -- -- --");
        });
    }

    @Test
    void nodesMayBeMadeOfEveryDevice() throws Exception {
        Path dir = Files.createTempDirectory("devices");
        try {
            onEach((cgroup, v2) -> {
                new DeviceControl(linux, cgroup).apply(policy());
                Process process = InCgroup.start(
                        cgroup.directories(),
                        "mknod " + dir + "/disk b 254 0 && rm " + dir + "/disk && echo made; stat -c %F /dev/kmsg");
                assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                        .isEqualTo("made\ncharacter special file\n");
            });
        } finally {
            Files.delete(dir);
        }
    }

    @Test
    void aProgramAsLongAsAnyPolicyLoads() throws Exception {
        String[] rules = new String[3900];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = "c:240:" + i + ":rw";
        }
        onEach((cgroup, v2) -> {
            if (v2) {
                new DeviceControl(linux, cgroup).apply(policy(rules));
                opens(cgroup, "rw rw -- -- --");
            }
        });
        assertThatThrownBy(() -> {
                    String[] more = java.util.Arrays.copyOf(rules, 4100);
                    for (int i = 3900; i < more.length; i++) {
                        more[i] = "c:241:" + i + ":rw";
                    }
                    policy(more);
                })
                .hasMessageContaining("more than");
    }

    @Test
    void withoutAnyControlItFails() {
        VeCgroup cgroup = new VeCgroup(new HostCgroups(List.of()), "vz-test-devices", "1");
        assertThatThrownBy(() -> new DeviceControl(linux, cgroup).apply(policy()))
                .hasMessageContaining("controls devices");
    }
}
