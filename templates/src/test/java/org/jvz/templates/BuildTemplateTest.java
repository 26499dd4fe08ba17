package org.jvz.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.ve.TemplateSource.Lease;
import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;
import org.jvz.testing.PrivateHost;
import org.jvz.testing.RootTest;

@PrivateHost
class BuildTemplateTest {
    @TempDir
    Path dir;

    private TestStore host;
    private Path recipes;
    private Path bin;

    @AfterEach
    void removeHost() throws IOException {
        host.close();
    }

    @BeforeEach
    void makeHost() throws IOException {
        host = new TestStore(dir);
        recipes = Files.createDirectory(dir.resolve("recipes"));
        Files.copy(Path.of("recipes/tiny"), recipes.resolve("tiny"));
        Files.writeString(
                recipes.resolve("debian"),
                """
                builder mmdebstrap
                suite bookworm
                variant minbase
                packages systemd dbus
                file /etc/hello 0640
                    hello
                script
                    echo "script in $root"
                """);
        bin = Files.createDirectory(dir.resolve("bin"));
        host.environment.put("PATH", bin + ":/usr/bin:/bin");
    }

    private Path build(String name) throws IOException {
        return new BuildTemplate(host.open(), recipes, host.environment).run(name, host.listener());
    }

    private void program(String name, String script) throws IOException {
        Path program = bin.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @RootTest
    void tinyIsAWholeSystem() throws IOException {
        assertThat(build("tiny")).isEqualTo(host.cache.resolve("tiny.tar.gz"));
        assertThat(host.inCache()).containsExactly("tiny.tar.gz");
        try (Lease lease = host.open().acquire("tiny", host.listener())) {
            Map<String, String> tree = TreeText.of(host.linux, lease.rootfs());
            assertThat(tree.get("")).startsWith("40755 0:0");
            assertThat(tree.get("sbin/init")).endsWith("-> ../bin/busybox");
            assertThat(tree.get("usr/bin/awk")).endsWith("-> ../../bin/busybox");
            assertThat(tree.get("bin/busybox")).startsWith("100755 0:0");
            assertThat(tree.get("etc/shadow")).startsWith("100600 0:0");
            assertThat(tree.get("tmp")).startsWith("41777 0:0");
            assertThat(tree.get("etc/init.d/rcS")).startsWith("100755 0:0");
            assertThat(tree).containsKeys("etc/inittab", "bin/sh", "proc", "sys", "dev", "run");
            assertThat(lease.rootfs().resolve("etc/shadow")).content().startsWith("root:!:");
        }
        assertThat(host.count(TemplateEvents.Stage.UNPACKING)).isEqualTo(1);
    }

    @RootTest
    void equalInputsGiveEqualArchives() throws IOException {
        byte[] first = Files.readAllBytes(build("tiny"));
        assertThat(Files.readAllBytes(build("tiny"))).isEqualTo(first);
        host.environment.put("SOURCE_DATE_EPOCH", "1000000000");
        byte[] dated = Files.readAllBytes(build("tiny"));
        assertThat(dated).isNotEqualTo(first);
        try (Lease lease = host.open().acquire("tiny", host.listener())) {
            assertThat(TreeText.of(host.linux, lease.rootfs()).values())
                    .allMatch(text -> text.contains(" 1000000000.0"));
        }
        host.environment.put("SOURCE_DATE_EPOCH", "yesterday");
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> build("tiny"))
                .withMessage("SOURCE_DATE_EPOCH is not a number: yesterday");
        assertThat(Files.readAllBytes(host.cache.resolve("tiny.tar.gz"))).isEqualTo(dated);
    }

    @RootTest
    void aNewArchiveTakesThePlaceOfAllOthersOfItsName() throws IOException {
        host.archive("tiny.tar", new byte[0]);
        host.archive("tiny.tar.xz", new byte[0]);
        host.archive("tiny2.tar", new byte[0]);
        build("tiny");
        assertThat(host.inCache()).containsExactly("tiny.tar.gz", "tiny2.tar");
    }

    @RootTest
    void tinyNeedsAStaticBusybox() throws IOException {
        program("busybox", "echo not static\n");
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> build("tiny"))
                .withMessageContaining("install the package busybox-static");
        assertThat(BusyboxBuild.isStatic(Files.readAllBytes(Path.of("/bin/ls"))))
                .isFalse();
        assertThat(BusyboxBuild.isStatic(new byte[100])).isFalse();
        assertThat(host.inCache()).isEmpty();
    }

    /** Stands for mmdebstrap: tells its arguments, applies the hooks to a directory, writes that as a tar archive. */
    private static final String MMDEBSTRAP =
            """
            echo "I: arguments $*" >&2
            tree=$TMPDIR/tree
            mkdir -p "$tree"
            for arg in "$@"; do
                case $arg in
                    --customize-hook=tar-in*) eval "set -- ${arg#--customize-hook=tar-in}"; tar xf "$1" -C "$tree" ;;
                    --customize-hook=*) sh -c "${arg#--customize-hook=}" exec "$tree" >&2 ;;
                esac
            done
            tar c -C "$tree" .
            """;

    @RootTest
    void runsMmdebstrapWithTheRecipesWords() throws IOException {
        program("mmdebstrap", MMDEBSTRAP);
        program("apt-get", "echo 'http://mirror.example/debian/|bookworm|main'\n");
        Path archive = build("debian");
        try (Lease lease = host.open().acquire("debian", host.listener())) {
            assertThat(lease.rootfs().resolve("etc/hello")).hasContent("hello\n");
        }
        String arguments = host.events.stream()
                .filter(event -> event.startsWith("output I: arguments "))
                .findFirst()
                .orElseThrow();
        assertThat(arguments)
                .contains("--variant=minbase --include=systemd,dbus ")
                .endsWith(" bookworm - deb http://mirror.example/debian/ bookworm main");
        assertThat(host.events).anyMatch(event -> event.startsWith("output script in " + host.cache));
        assertThat(host.inCache()).containsExactly(archive.getFileName().toString());
    }

    @RootTest
    void aFailedBuildLeavesTheOldArchive() throws IOException {
        host.archive("debian.tar.gz", new byte[] {1});
        program("apt-get", "exit 100\n");
        program(
                "mmdebstrap",
                "mkdir $TMPDIR/tree; echo 'E: no route to mirror' >&2; echo 'I: cleaning' >&2; exit 25\n");
        assertThatExceptionOfType(VeException.class)
                .isThrownBy(() -> build("debian"))
                .withMessage("Unable to build debian: mmdebstrap exited with 25: E: no route to mirror")
                .satisfies(e -> assertThat(e.error()).isEqualTo(VzError.SYSTEM));
        assertThat(host.inCache()).containsExactly("debian.tar.gz");
        assertThat(host.inStore()).isEmpty();
        assertThat(Files.size(host.cache.resolve("debian.tar.gz"))).isEqualTo(1);
    }

    @RootTest
    void anArchiveThatDoesNotUnpackReplacesNothing() throws IOException {
        host.archive("debian.tar.gz", new byte[] {1});
        program("apt-get", "exit 100\n");
        program("mmdebstrap", "echo this is no tar archive\n");
        assertThatExceptionOfType(VeException.class).isThrownBy(() -> build("debian"));
        assertThat(host.inCache()).containsExactly("debian.tar.gz");
        assertThat(Files.size(host.cache.resolve("debian.tar.gz"))).isEqualTo(1);
    }

    @RootTest
    void anInterruptEndsTheBuildItsProgramsAndItsFiles() throws Exception {
        program("apt-get", "exit 100\n");
        Path pid = dir.resolve("pid");
        program(
                "mmdebstrap",
                "mkdir $TMPDIR/tree; echo $$ >" + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 600\n");
        Thread test = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            try {
                while (!Files.exists(pid)) {
                    Thread.sleep(10);
                }
                test.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        interrupter.start();
        assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> build("debian"));
        interrupter.join();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Path.of("/proc", Files.readString(pid).strip())).doesNotExist();
        assertThat(host.inCache()).isEmpty();
        assertThat(host.inStore()).isEmpty();
    }

    @RootTest
    void theNextBuildRemovesWhatAKilledOneLeft() throws IOException {
        Files.createDirectories(host.cache.resolve(".tmp-tiny-dead/tree/etc"));
        build("tiny");
        assertThat(host.inCache()).containsExactly("tiny.tar.gz");
    }

    @RootTest
    void tellsWhatToInstall() {
        host.environment.put("PATH", bin.toString());
        assertThat(HostCommand.find("mmdebstrap", bin + ":/nowhere")).isNull();
        assertThat(HostCommand.find("sh", "relative:" + bin + ":/bin")).isEqualTo(Path.of("/bin/sh"));
    }
}
