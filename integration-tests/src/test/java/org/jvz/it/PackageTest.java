package org.jvz.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package that {@code ./package} has built, from its installation to its purge, in a {@link FreshRoot}. */
@Tag("package")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PackageTest {
    @TempDir
    static Path dir;

    private static FreshRoot root;
    private static Path deb;
    private static Set<String> before;

    @BeforeAll
    static void unpack() throws Exception {
        Optional<Path> built = built();
        assumeThat(built).as("./package has built one").isPresent();
        deb = built.orElseThrow();
        Path place = Files.createDirectory(dir.resolve("root"));
        root = FreshRoot.unpack(place);
        before = root.files();
        Files.copy(deb, root.path("tmp/jvz.deb"));
    }

    /** By rm: JUnit would have a word to say about each symbolic link that leads out of its directory. */
    @AfterAll
    static void remove() throws Exception {
        new VzctlProcess(
                        Path.of("/usr/bin/rm"),
                        List.of(
                                "-rf",
                                "--one-file-system",
                                dir.resolve("root").toString(),
                                dir.resolve("rebuilt").toString()))
                .run()
                .succeeds();
    }

    private static Optional<Path> built() throws IOException {
        try (Stream<Path> files = Files.list(TestHost.top().resolve("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("jvz_.*\\.deb"))
                    .max((a, b) ->
                            Long.compare(a.toFile().lastModified(), b.toFile().lastModified()));
        }
    }

    @Test
    @Order(1)
    void lintianHasNothingToSay() throws Exception {
        Path lintian = Path.of("/usr/bin/lintian");
        assumeThat(lintian).isExecutable();
        new VzctlProcess(lintian, List.of("--allow-root", "--fail-on", "error,warning", deb.toString()))
                .run()
                .succeeds()
                .prints();
    }

    @Test
    @Order(2)
    void isInstalledWhereThereIsNoJava() throws Exception {
        root.run("command -v java").exits(127);

        root.run("dpkg -i /tmp/jvz.deb").exits(0);
        // What depends on vzctl is content.
        assertThat(root.run("dpkg-query -W -f '${Provides}/${Conflicts}/${Replaces}' jvz")
                        .stdout())
                .isEqualTo("vzctl (= 4.11.1)/vzctl/vzctl");

        assertThat(root.run("vzctl --version").succeeds().stdout()).startsWith("vzctl version ");
        root.run("vzlist").exits(0).prints().complains("Container(s) not found");
        root.run("/etc/init.d/vz status").exits(3).prints("OpenVZ is stopped.");
        root.run("/etc/init.d/vz start && /etc/init.d/vz status").succeeds().prints("OpenVZ is running...");
        // What a package promises: the archive of classes fits the Java that came with it. Without one, this one fails.
        root.run("/usr/lib/jvz/java/bin/java @/usr/lib/jvz/java.args -Xshare:on org.jvz.cli.Vzctl status 101")
                .succeeds()
                .prints("CTID 101 deleted unmounted down");
    }

    @Test
    @Order(3)
    void enablesTheBootServiceAndNotTheTimer() throws Exception {
        root.run("systemctl is-enabled vz.service jvz-beancounters.timer").prints("enabled", "disabled");
        assertThat(root.path("etc/rc3.d").toFile().list()).anyMatch(name -> name.matches("S[0-9]+vz"));
        root.run("systemd-analyze verify --man=no vz.service jvz-beancounters.timer")
                .exits(0);
    }

    @Test
    @Order(4)
    void runsContainers() throws Exception {
        Files.copy(TestHost.get().path("vz/template/cache/tiny.tar.gz"), root.path("vz/template/cache/tiny.tar.gz"));
        assertThat(root.run("vztmpl list").succeeds().stdout().lines()).anyMatch(line -> line.startsWith("tiny "));
        root.run(
                        onAHostOfItsOwn(
                                """
                        vzctl create 101 --ostemplate tiny --hostname packed && vzctl start 101 --wait || exit
                        vzctl exec2 101 hostname; status=$?
                        vzctl stop 101 --fast && vzctl destroy 101 || exit"""))
                .succeeds()
                .printsAmongOthers("Container started successfully", "packed", "Container was stopped");
    }

    /** Its cgroups must not be those of this machine's VEs. The commands leave their verdict in {@code status}. */
    private static String onAHostOfItsOwn(String commands) {
        return """
                mkdir -p /srv/jvz/etc && cp -a /etc/vz /srv/jvz/etc/ && sed -i 's|"/vz|"/srv/jvz/vz|' /srv/jvz/etc/vz/vz.conf
                mkdir -p /srv/jvz/vz/template/cache && cp /vz/template/cache/tiny.tar.gz /srv/jvz/vz/template/cache/ || exit
                export JVZ_PREFIX=/srv/jvz
                %1$s
                rmdir /sys/fs/cgroup/vz-%2$s /sys/fs/cgroup/*/vz-%2$s 2>/dev/null
                rm -rf /srv/jvz
                exit $status"""
                .formatted(commands, Integer.toHexString("/srv/jvz".hashCode()));
    }

    @Test
    @Order(5)
    void anUpgradeKeepsWhatTheAdministratorChanged() throws Exception {
        Path vzConf = root.path("etc/vz/vz.conf");
        Files.writeString(vzConf, Files.readString(vzConf).replace("STOP_TIMEOUT=\"120\"", "STOP_TIMEOUT=\"77\""));
        rebuild("0.1.0+1");
        Files.createFile(root.path("etc/vz/conf/101.conf"));

        // Its question is answered by its default: keep.
        root.run("dpkg -i /tmp/jvz.deb </dev/null || dpkg --force-confdef --configure jvz")
                .exits(0);

        assertThat(root.run("dpkg-query -W -f '${Version}' jvz").stdout()).isEqualTo("0.1.0+1");
        assertThat(vzConf).content().contains("STOP_TIMEOUT=\"77\"").doesNotContain("new version");
        assertThat(root.path("etc/vz/vz.conf.dpkg-dist")).content().contains("new version");
        assertThat(root.path("etc/vz/conf/ve-basic.conf-sample")).content().contains("new version");
        assertThat(root.path("etc/vz/conf/101.conf")).exists();
        root.run("/usr/lib/jvz/java/bin/java @/usr/lib/jvz/java.args -Xshare:on org.jvz.cli.Vzctl --version")
                .succeeds();
        root.run("systemctl is-enabled vz.service").prints("enabled");
    }

    /** By the old version's keeper and the new version's commands. */
    @Test
    @Order(6)
    void anUpgradeLeavesContainersRunning() throws Exception {
        rebuild("0.1.0+2");
        root.run(
                        onAHostOfItsOwn(
                                """
                        vzctl create 102 --ostemplate tiny && vzctl start 102 --wait || exit
                        dpkg -i /tmp/jvz.deb || exit
                        dpkg-query -W -f '${Version}\n' jvz
                        vzctl status 102
                        vzctl exec2 102 echo still here; status=$?
                        vzctl restart 102 --wait && vzctl exec2 102 echo here again || exit
                        vzctl stop 102 && vzctl destroy 102 || exit"""))
                .exits(0)
                .printsAmongOthers(
                        "0.1.0+2",
                        "CTID 102 exist mounted running",
                        "still here",
                        "here again",
                        "Container private area was destroyed");
    }

    /** Leaves another version, whose configuration has one more line, where the root can see it. */
    private static void rebuild(String version) throws Exception {
        Path tree = dir.resolve("rebuilt");
        String change = "for f in vz.conf conf/ve-basic.conf-sample; do echo '# of the new version' >>etc/vz/$f; done";
        String command = "rm -rf \"$1\" && dpkg-deb -R \"$0\" \"$1\" && cd \"$1\" && " + change
                + " && sed -i 's/^Version: .*/Version: " + version + "/' DEBIAN/control && dpkg-deb -Znone -b . \"$2\"";
        Path target = root.path("tmp/jvz.deb");
        new VzctlProcess(Path.of("/bin/sh"), List.of("-c", command, deb.toString(), tree.toString(), target + ".new"))
                .run()
                .exits(0);
        Files.move(Path.of(target + ".new"), target, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    @Order(7)
    void theAdministratorsChoiceAboutTheBootServiceSurvives() throws Exception {
        root.run("systemctl disable vz.service").exits(0);

        root.run("dpkg -i /tmp/jvz.deb").exits(0);

        root.run("systemctl is-enabled vz.service").prints("disabled");
    }

    @Test
    @Order(8)
    void removedItLeavesConfigurationAndContainers() throws Exception {
        Files.createDirectories(root.path("vz/private/101"));
        Files.writeString(root.path("vz/private/101/file"), "of a container");

        root.run("dpkg -r jvz").exits(0);

        root.run("command -v vzctl").exits(127);
        assertThat(root.path("usr/lib/jvz")).doesNotExist();
        assertThat(root.path("etc/vz/vz.conf")).content().contains("STOP_TIMEOUT=\"77\"");
        root.run("/etc/init.d/vz status").exits(3).prints("OpenVZ is stopped.");
        root.run("/etc/init.d/vz start").succeeds().prints();
    }

    @Test
    @Order(9)
    void purgedItLeavesOnlyWhatBelongsToContainers() throws Exception {
        Outcome purge = root.run("dpkg -P jvz").exits(0);

        assertThat(purge.stderr())
                .contains("jvz: /etc/vz is kept: it has files of containers or templates")
                .contains("jvz: /vz is kept: it has files of containers or templates");
        assertThat(left())
                .containsExactly(
                        "/etc/vz",
                        "/etc/vz/conf",
                        "/etc/vz/conf/101.conf",
                        "/var/lib/vz",
                        "/vz",
                        "/vz/private",
                        "/vz/private/101",
                        "/vz/private/101/file",
                        "/vz/template",
                        "/vz/template/cache",
                        "/vz/template/cache/tiny.tar.gz");
        root.run("rm -r /etc/vz /vz /var/lib/vz").succeeds();
    }

    @Test
    @Order(10)
    void whereThereWereNoContainersNothingIsLeft() throws Exception {
        root.run("dpkg -i /tmp/jvz.deb").exits(0);

        Outcome purge = root.run("dpkg -P jvz").exits(0);

        assertThat(purge.stderr()).doesNotContain("is kept");
        assertThat(left()).isEmpty();
    }

    /** What was not there before jvz, but the log of dpkg. */
    private static Set<String> left() throws IOException {
        Set<String> left = new TreeSet<>(root.files());
        left.removeAll(before);
        left.removeIf(file -> file.startsWith("/var/log/dpkg.log"));
        return left;
    }
}
