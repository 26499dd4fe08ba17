package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.testing.NetHost;
import org.jvz.testing.RootTest;

/** A real VE of the template tiny, on a host with scripts for it that write down what they are told. */
class DistScriptsTest {
    @TempDir
    Path prefix;

    private TinyHost tiny;

    @BeforeEach
    void makeHost() throws Exception {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        try (NetHost net = NetHost.here()) {
            net.run("ip link set lo up");
        }
        tiny = new TinyHost(prefix);
        script("functions", "say() { echo \"$0 $*\" >>/root/log; }\n");
    }

    @AfterEach
    void endVe() throws Exception {
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
    }

    private void script(String name, String text) throws IOException {
        Path dir = Files.createDirectories(tiny.paths.distsDir().resolve("scripts"));
        Files.writeString(dir.resolve(name), text);
    }

    private void conf(String name, String text) throws IOException {
        Files.createDirectories(tiny.paths.distsDir());
        Files.writeString(tiny.paths.distsDir().resolve(name), text);
    }

    /** What scripts inside have said, each by one line, without the shell's name. */
    private List<String> log() throws IOException {
        List<String> lines = new ArrayList<>();
        tiny.sh("cat /root/log; rm -f /root/log").lines().forEach(line -> lines.add(line.replaceFirst("^\\S+ ", "")));
        return lines;
    }

    private void scriptsInside() throws IOException {
        conf(
                "tiny.conf",
                """
                ADD_IP=ip.sh
                DEL_IP=del.sh
                SET_HOSTNAME=name.sh
                SET_DNS=dns.sh
                SET_CONSOLE=console.sh
                SET_USERPASS=pass.sh
                SET_UGID_QUOTA=quota.sh
                """);
        script(
                "ip.sh",
                "say add $VE_STATE $IP_ADDR ${IPDELALL-none} $IPV6 pid $(readlink /proc/self | wc -c)\nexit 0\nfail\n");
        script("del.sh", "say del $VE_STATE $IP_ADDR ${IPDELALL-none}\n");
        script("name.sh", "say name $HOSTNM\n");
        script("dns.sh", "say dns $NAMESERVER ${SEARCHDOMAIN-none}\n");
        script(
                "console.sh",
                "say console $START $(/bin/busybox tr '\\0' ' ' </proc/1/cmdline | /bin/busybox cut -c 1-5)\n");
        script("pass.sh", "say pass \"$USERPW\"\n");
        script("quota.sh", "say quota $UGIDLIMIT\n");
    }

    @RootTest
    void aStartRunsThemBeforeInitAndWritesNothingItself() throws Exception {
        scriptsInside();
        tiny.create(tiny.host());
        tiny.setKeys(
                tiny.host(),
                true,
                "IP_ADDRESS",
                "10.0.0.10 10.0.0.11/24",
                "NAMESERVER",
                "192.0.2.53",
                "QUOTAUGIDLIMIT",
                "7");
        tiny.start(tiny.host());
        assertThat(log())
                .containsExactly(
                        "add starting 10.0.0.10 10.0.0.11/24 yes yes pid 2",
                        "name tiny.example",
                        "dns 192.0.2.53 none",
                        "quota 7",
                        "console yes sh -c");
        assertThat(tiny.sh("cat /etc/hostname /etc/resolv.conf 2>/dev/null"))
                .doesNotContain("tiny.example", "192.0.2.53");
        assertThat(tiny.sh("/bin/busybox tr '\\0' ' ' </proc/1/cmdline")).startsWith("init");
        assertThat(tiny.sh("ip -4 -o addr show dev venet0")).contains("inet 10.0.0.10/32 ");
    }

    @RootTest
    void aRunningVeIsToldOfChanges() throws Exception {
        scriptsInside();
        tiny.create(tiny.host());
        tiny.setKeys(tiny.host(), true, "IP_ADDRESS", "10.0.0.10");
        tiny.start(tiny.host());
        log();
        tiny.set(tiny.host(), false, "ipadd", "10.0.0.11");
        assertThat(log()).singleElement().asString().startsWith("add running 10.0.0.11 none yes");
        tiny.set(tiny.host(), true, "ipdel", "10.0.0.10");
        assertThat(log()).containsExactly("del running 10.0.0.10 none");
        tiny.set(tiny.host(), true, "ipdel", "all");
        assertThat(log()).containsExactly("del running 10.0.0.11 yes");
    }

    @RootTest
    void namesServersAndPasswords() throws Exception {
        scriptsInside();
        tiny.create(tiny.host());
        tiny.start(tiny.host());
        log();
        tiny.set(
                tiny.host(),
                true,
                "hostname",
                "other.example",
                "nameserver",
                "192.0.2.54",
                "searchdomain",
                "example.org");
        assertThat(log()).containsExactly("name other.example", "dns 192.0.2.54 example.org");
        SetOptions options = new SetOptions(
                conf -> new EditResult(conf, conf),
                List.of(),
                false,
                SetOptions.WhenRestartNeeded.WARN,
                false,
                List.of(new SetOptions.UserPassword("root", "it's $HOME")));
        new SetVe(tiny.host()).run(TinyHost.ID, options, tiny.listener());
        assertThat(log()).containsExactly("pass root:it's $HOME");
    }

    @RootTest
    void thoseOfTheHostSeeTheRoot() throws Exception {
        conf("default", "POST_CREATE=create.sh\nPRE_START=start.sh\n");
        script("create.sh", "echo made >$VE_ROOT/etc/made; ls -A $VE_ROOT | grep -c inittab\nexit 0\n");
        script("start.sh", "cp $VE_ROOT/etc/made " + prefix + "/seen; echo $VZ_KERNEL $USERNS >>" + prefix + "/seen\n");
        tiny.create(tiny.host());
        tiny.start(tiny.host());
        assertThat(tiny.sh("cat /etc/made; stat -c %u /etc/made")).isEqualTo("made\n0\n");
        assertThat(prefix.resolve("seen")).hasContent("made\nno yes\n");
        // The rest is done as ever.
        assertThat(tiny.sh("cat /etc/hostname")).isEqualTo("tiny.example\n");
    }

    @RootTest
    void whatFailsLeavesNothing() throws Exception {
        tiny.create(tiny.host());
        tiny.setKeys(tiny.host(), true, "IP_ADDRESS", "10.0.0.10");
        // A start writes files of the guest that stay.
        tiny.start(tiny.host());
        tiny.stop(tiny.host());
        Set<String> before = traces();
        conf("tiny.conf", "ADD_IP=ip.sh\nPRE_START=start.sh\n");
        script("start.sh", "exit 0\n");
        script("ip.sh", "exit 3\n");
        fails(before, VzError.CANT_ADD_IP, "The ADD_IP script ended with status 3");
        script("start.sh", "exit 4\n");
        fails(before, VzError.ACTION_SCRIPT, "The PRE_START script ended with status 4");
        script("start.sh", "exit 0\n");
        Files.delete(tiny.paths.distsDir().resolve("scripts/ip.sh"));
        fails(before, VzError.NO_DISTRIBUTION_SCRIPT, "scripts/ip.sh not found");
        conf("tiny.conf", "ADD_IP=\"ip.sh\n");
        fails(before, VzError.NO_DISTRIBUTION_CONFIG, "Unable to read ");
        conf("tiny.conf", "ADD_IP=ip.sh\n");
        script("ip.sh", "exit 0\n");
        Throwable failure = catchThrowable(() -> tiny.start(tiny.host(
                (name, object) -> {
                    if (name.equals("run distribution script")) {
                        throw new IOException("injected");
                    }
                },
                Faults.NONE)));
        assertThat(TinyHost.messages(failure)).contains("injected");
        assertThat(traces()).isEqualTo(before);
        tiny.start(tiny.host());
        script("ip.sh", "exit 5\n");
        Throwable change = catchThrowable(() -> tiny.set(tiny.host(), true, "ipadd", "10.0.0.12"));
        assertThat(TinyHost.messages(change)).contains("The ADD_IP script ended with status 5");
        assertThat(((VeException) change).error()).isEqualTo(VzError.CANT_ADD_IP);
        assertThat(tiny.sh("ip -4 -o addr show dev venet0")).doesNotContain("10.0.0.12");
        assertThat(Files.readString(tiny.paths.conf(TinyHost.ID))).doesNotContain("10.0.0.12");
    }

    /** Without what the test itself writes. */
    private Set<String> traces() throws IOException {
        Set<String> traces = tiny.traces();
        traces.removeIf(each -> each.startsWith("file /etc/vz/dists/"));
        return traces;
    }

    private void fails(Set<String> before, VzError error, String message) throws Exception {
        Throwable failure = catchThrowable(() -> tiny.start(tiny.host()));
        assertThat(TinyHost.messages(failure)).contains(message);
        assertThat(((VeException) failure).error()).isEqualTo(error);
        assertThat(traces()).as(message).isEqualTo(before);
    }

    @RootTest
    void aCreateThatFailsLeavesNothing() throws Exception {
        conf("tiny.conf", "POST_CREATE=create.sh\n");
        script("create.sh", "exit 6\n");
        Set<String> before = traces();
        Throwable failure = catchThrowable(() -> tiny.create(tiny.host()));
        assertThat(TinyHost.messages(failure)).contains("The POST_CREATE script ended with status 6");
        assertThat(((VeException) failure).error()).isEqualTo(VzError.ACTION_SCRIPT);
        assertThat(traces()).isEqualTo(before);
        script("create.sh", "exit 0\n");
        tiny.create(tiny.host());
    }

    @RootTest
    void theConfigurationIsTheLongestPartOfTheTemplatesName() throws Exception {
        tiny.create(tiny.host());
        for (String name : new String[] {"default", "debian.conf", "debian-12.conf", "debian-12-x86_64.conf"}) {
            conf(name, name.startsWith("debian-12-") ? "ADD_IP=\n" : "SET_DNS=" + name + "\nADD_IP=a\n");
            script(name, "echo " + name + "\n");
            VeConf conf = VeConf.read(tiny.host().conf(), TinyHost.ID).withText("OSTEMPLATE", "x/debian-12-x86_64");
            DistScripts found = DistScripts.of(tiny.paths, conf);
            boolean last = name.startsWith("debian-12-");
            assertThat(found.has(DistScripts.Action.ADD_IP)).as(name).isEqualTo(!last);
            if (!last) {
                assertThat(found.text(DistScripts.Action.SET_DNS, Map.of())).endsWith("echo " + name + "\n");
            }
        }
        VeConf other = VeConf.read(tiny.host().conf(), TinyHost.ID).withText("OSTEMPLATE", "debian-11");
        assertThat(DistScripts.of(tiny.paths, other).text(DistScripts.Action.SET_DNS, Map.of()))
                .endsWith("echo debian.conf\n");
    }

    @RootTest
    void withoutThemNothingWaits() throws Exception {
        tiny.create(tiny.host());
        List<String> steps = new ArrayList<>();
        tiny.start(tiny.host((name, object) -> steps.add(name), Faults.NONE));
        assertThat(steps).contains("prepare guest").doesNotContain("release init", "run distribution script");
    }
}
