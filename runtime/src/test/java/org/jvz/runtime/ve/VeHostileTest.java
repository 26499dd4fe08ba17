package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.testing.RootTest;

/** A VE whose files are traps for the host: commands neither write outside its root nor hang, and it can be destroyed. */
@Timeout(120)
class VeHostileTest {
    @TempDir
    Path prefix;

    @TempDir
    Path canary;

    private TinyHost tiny;
    private Path upper;

    @BeforeEach
    void makeVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        tiny.create(tiny.host(), "simfs");
        upper = prefix.resolve("vz/private/101");
        for (String dir : new String[] {"etc", "dev", "proc", "sys", "run", "sbin"}) {
            Files.createDirectories(canary.resolve(dir));
        }
        Files.writeString(canary.resolve("etc/hostname"), "canary\n");
        Files.writeString(canary.resolve("etc/hosts"), "127.0.0.1 canary\n");
    }

    private Set<String> canaryContent() throws IOException {
        Set<String> content = new TreeSet<>();
        try (Stream<Path> files = Files.walk(canary)) {
            for (Path file : files.toList()) {
                content.add(file + " " + Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        + (Files.isRegularFile(file) ? Files.readString(file) : ""));
            }
        }
        return content;
    }

    private void replace(String name, Callable<?> trap) throws Exception {
        new ProcessBuilder("rm", "-rf", upper.resolve(name).toString()).start().waitFor();
        trap.call();
    }

    /** Starts, stops and destroys; whatever of it fails has to fail with words and leave the canary alone. */
    private void live() throws IOException {
        Set<String> before = canaryContent();
        Throwable failure = catchThrowable(() -> {
            tiny.start(tiny.host());
            tiny.sh("echo alive");
        });
        if (failure != null) {
            assertThat(failure).isInstanceOfAny(VeException.class, IOException.class);
            assertThat(TinyHost.messages(failure)).isNotBlank();
        }
        tiny.stop(tiny.host());
        tiny.destroy(tiny.host());
        assertThat(canaryContent()).isEqualTo(before);
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"));
    }

    private void link(String name) throws Exception {
        replace(name, () -> Files.createSymbolicLink(upper.resolve(name), canary.resolve(name)));
        live();
    }

    private void climbingLink(String name) throws Exception {
        String up = "../".repeat(30) + canary.resolve(name).toString().substring(1);
        replace(name, () -> Files.createSymbolicLink(upper.resolve(name), Path.of(up)));
        live();
    }

    @RootTest
    void etcIsALinkOut() throws Exception {
        link("etc");
    }

    @RootTest
    void etcClimbsOut() throws Exception {
        climbingLink("etc");
    }

    @RootTest
    void devIsALinkOut() throws Exception {
        link("dev");
    }

    @RootTest
    void procIsALinkOut() throws Exception {
        link("proc");
    }

    @RootTest
    void sysClimbsOut() throws Exception {
        climbingLink("sys");
    }

    @RootTest
    void initIsALinkToAHostProgram() throws Exception {
        replace("sbin/init", () -> Files.createSymbolicLink(upper.resolve("sbin/init"), Path.of("/usr/bin/java")));
        live();
    }

    @RootTest
    void initIsAFifo() throws Exception {
        fifo("sbin/init");
        live();
    }

    @RootTest
    void hostnameIsAFifo() throws Exception {
        fifo("etc/hostname");
        live();
    }

    @RootTest
    void etcIsAFifo() throws Exception {
        fifo("etc");
        live();
    }

    @RootTest
    void hostnameIsALinkOut() throws Exception {
        replace(
                "etc/hostname",
                () -> Files.createSymbolicLink(upper.resolve("etc/hostname"), canary.resolve("etc/hostname")));
        live();
    }

    @RootTest
    void shellAndHaltAreFifos() throws Exception {
        fifo("bin/sh");
        fifo("sbin/halt");
        live();
    }

    @RootTest
    void aVeThatDoesNotFollowItsHaltIsKilledAfterTheTimeOut() throws Exception {
        replace("sbin/halt", () -> Files.createSymbolicLink(upper.resolve("sbin/halt"), Path.of("../bin/true")));
        Path conf = tiny.paths.conf(TinyHost.ID);
        Files.writeString(conf, Files.readString(conf) + "STOP_TIMEOUT=\"1\"\n");
        tiny.start(tiny.host());
        tiny.sh("setsid sleep 1000 >/dev/null 2>&1 </dev/null &");
        tiny.events.clear();
        new StopVe(tiny.host()).run(TinyHost.ID, new StopOptions(false, false), tiny.listener());
        assertThat(tiny.events).containsExactly("STOPPING", "KILLING", "STOPPED", "UNMOUNTED");
        assertThat(tiny.traces()).noneMatch(trace -> trace.startsWith("process") || trace.startsWith("mount"));
        tiny.destroy(tiny.host());
    }

    @RootTest
    void aTreeOfTenThousandLevelsIsDestroyed() throws Exception {
        Linux linux = new JffiLinux();
        Fd dir = linux.open(upper, OpenFlag.PATH, OpenFlag.DIRECTORY);
        for (int level = 0; level < 10_000; level++) {
            linux.mkdirAt(dir, "d", 0755);
            Fd below = linux.openAt(dir, "d", OpenFlag.PATH, OpenFlag.DIRECTORY);
            dir.close();
            dir = below;
        }
        dir.close();
        live();
        Path aside = prefix.resolve("vz/vztmp");
        for (int wait = 0; wait < 600 && holdsFiles(aside); wait++) {
            Thread.sleep(100);
        }
        assertThat(holdsFiles(aside)).isFalse();
    }

    private static boolean holdsFiles(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.findAny().isPresent();
        }
    }

    private void fifo(String name) throws Exception {
        replace(name, () -> new ProcessBuilder("mkfifo", upper.resolve(name).toString())
                .start()
                .waitFor());
    }
}
