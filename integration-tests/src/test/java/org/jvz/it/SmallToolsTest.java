package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tools beside vzctl, and the scripts beside VEs, as an installation has them. */
@EndToEnd
final class SmallToolsTest {
    private final TestHost host = TestHost.get();
    private final int id = host.newId();
    private final int other = host.newId();

    @AfterEach
    void forgetTheDestroyed() throws Exception {
        for (int ve : new int[] {id, other}) {
            for (String suffix : List.of("conf", "start", "mount")) {
                Files.deleteIfExists(host.path("etc/vz/conf", ve + "." + suffix + ".destroyed"));
            }
        }
    }

    private void script(String name, String body) throws Exception {
        Path file = Files.writeString(host.path("etc/vz/conf", name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    @Tag("vm")
    @Tag("long")
    void vzpidKnowsTheProcessesOfAVe() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
        host.vzctl("start", id).run().succeeds();
        String init = Files.readString(host.path("var/lib/vzctl/vepid", String.valueOf(id)))
                .strip();
        host.command("vzpid", "-p", init)
                .run()
                .succeeds()
                .prints("Pid\tCT/Pid\tCTID\tName", init + "\t1\t" + id + "\tinit");
        host.command("vzpid", init).run().succeeds().prints("Pid\tCTID\tName", init + "\t" + id + "\tinit");
        host.command("vzpid").run().exits(1);
        host.vzctl("stop", id, "--fast").run().succeeds();
        host.vzctl("destroy", id).run().succeeds();
    }

    /** A monitor as nodes of OpenVZ have them: it knows nothing of jvz. */
    @Test
    @Tag("vm")
    void aMonitorFindsWhatOpenvzHasInProc() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny", "--numproc", 77).run().succeeds();
        host.vzctl("start", id, "--wait").run().succeeds();
        script(
                id + ".monitor",
                """
                [ -d /proc/vz ] && [ -d /proc/bc ] || { echo "no node of OpenVZ" >&2; exit 3; }
                for ve in $(vzlist -H -o ctid %1$d); do
                    awk -v ve=$ve '$1 == ve && $8 > 0 && $9 > 0 { print "time of " ve }' /proc/vz/vestat
                    awk -v ve=$ve: '/^ *[0-9]+:/ { now = $1 } now == ve && $1 == "numproc" { print "limit " $5 }' /proc/user_beancounters
                    awk '$1 == "numproc" && $2 > 0 { print "limit " $5 }' /proc/bc/$ve/resources
                    vzctl exec $ve 'echo inside $0'
                done
                [ "$(cut -d ' ' -f 1 /proc/$$/stat)" = $$ ] && echo itself
                """
                        .formatted(id));
        Path monitor = host.path("etc/vz/conf", id + ".monitor");
        String path = host.path("usr/local/sbin") + ":" + System.getenv("PATH");
        host.command("vzproc", "run", monitor)
                .environment(Map.of("PATH", path))
                .run()
                .succeeds()
                .prints("time of " + id, "limit 77", "limit 77", "inside /bin/sh", "itself");
        assertThat(new ProcessBuilder(monitor.toString()).start().waitFor()).isEqualTo(3);
        Files.delete(monitor);
        host.vzctl("stop", id, "--fast").run().succeeds();
        host.vzctl("destroy", id).run().succeeds();
    }

    @Test
    void vzcfgvalidateTakesTheConfigurationOfANewVe() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny", "--swap", "0", "--ram", "64M")
                .run()
                .succeeds();
        Path conf = host.path("etc/vz/conf", id + ".conf");
        host.command("vzcfgvalidate", conf).run().exits(0).complains("Validation completed: success");
        host.vzctl("destroy", id).run().succeeds();
    }

    @Test
    void vztmplDlFetchesWhatDownloadConfNames() throws Exception {
        Path repository = Files.createTempDirectory("jvz-repository");
        Path conf = host.path("etc/vz/download.conf");
        String former = Files.readString(conf);
        try {
            Files.writeString(repository.resolve("fetched.tar"), "an archive");
            Files.writeString(conf, former + "TEMPLATE_REPOS=\"" + repository + "\"\n");
            host.command("vztmpl-dl", "fetched").run().exits(0);
            assertThat(host.path("vz/template/cache/fetched.tar")).hasContent("an archive");
            host.command("vztmpl-dl", "--no-update", "fetched").run().exits(2);
            host.command("vztmpl-dl", "absent").run().exits(1);
        } finally {
            Files.writeString(conf, former);
            Files.deleteIfExists(host.path("vz/template/cache/fetched.tar"));
            Files.delete(repository.resolve("fetched.tar"));
            Files.delete(repository);
        }
    }

    @Test
    void scriptsRunWhereAndWhenTheContractSays() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
        script(id + ".start", "echo $$ >/run/script-pid; ls /run/ve-started >/run/before 2>&1; echo said inside");
        script(id + ".mount", ". $VE_CONFFILE; echo mounted $VEID at $VE_ROOT");
        Outcome start = host.vzctl("start", id, "--wait").run().succeeds();
        assertThat(start.stdout()).contains("mounted " + id + " at " + host.path("vz/root"), "said inside\n");
        host.vzctl("exec", id, "cat /run/before")
                .run()
                .succeeds()
                .printsAmongOthers("ls: /run/ve-started: No such file or directory");
        host.vzctl("stop", id, "--fast").run().succeeds();
        script(id + ".start", "exit 3");
        Outcome failed = host.vzctl("start", id).run().exits(79);
        assertThat(failed.stderr()).contains("Container start failed", "Error executing start script");
        host.vzctl("status", id).run().succeeds().prints("CTID " + id + " exist unmounted down");
        host.vzctl("destroy", id).run().succeeds();
    }

    @Test
    void theBootScriptStartsThoseWithOnbootByTheirOrder() throws Exception {
        host.vzctl("create", id, "--ostemplate", "tiny").run().succeeds();
        host.vzctl("create", other, "--ostemplate", "tiny").run().succeeds();
        host.vzctl("set", id, "--onboot", "yes", "--bootorder", "1", "--save")
                .run()
                .succeeds();
        host.vzctl("set", other, "--onboot", "yes", "--bootorder", "9", "--save")
                .run()
                .succeeds();
        Path conf = host.path("etc/vz/vz.conf");
        String former = Files.readString(conf);
        try {
            // One at a time, so that the order can be seen.
            Files.writeString(conf, former + "VE_PARALLEL=\"1\"\n");
            boot("status").exits(3).prints("OpenVZ is stopped.");
            boot("start").succeeds().prints("Starting CT " + other + ": done", "Starting CT " + id + ": done");
            boot("status").succeeds().prints("OpenVZ is running...");
            host.vzctl("status", id).run().succeeds().prints("CTID " + id + " exist mounted running");
            // What runs is left alone.
            boot("start").succeeds().prints();
            host.vzctl("set", other, "--onboot", "no", "--save").run().succeeds();
            Outcome stopped = boot("stop").succeeds();
            assertThat(stopped.stdout().lines())
                    .containsExactlyInAnyOrder("Stopping CT " + id + ": done", "Stopping CT " + other + ": done");
            boot("status").exits(3);
            boot("start").succeeds().prints("Starting CT " + id + ": done");
            boot("stop").succeeds();
            Files.writeString(conf, former.replace("VIRTUOZZO=\"yes\"", "VIRTUOZZO=\"no\""));
            Outcome nothing = boot("start").exits(0);
            assertThat(nothing.stdout()).startsWith("VIRTUOZZO is set to no");
            boot("frob").exits(3);
        } finally {
            Files.writeString(conf, former);
        }
        host.vzctl("destroy", id).run().succeeds();
        host.vzctl("destroy", other).run().succeeds();
    }

    private Outcome boot(String verb) throws Exception {
        return new VzctlProcess(host.path("etc/init.d/vz"), List.of(verb))
                .environment(Map.of())
                .run();
    }
}
