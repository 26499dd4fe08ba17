package org.jvz.runtime.ve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.testing.RootTest;

/** Section 5.4 of vzctl's contract: which script runs when, where and with what, and what its failure does. */
class ActionScriptsTest {
    private static final StartOptions WAIT = new StartOptions(false, true, false, false);

    @TempDir
    Path prefix;

    private TinyHost tiny;
    private Path log;

    @BeforeEach
    void makeVe() throws IOException {
        assumeTrue(TinyHost.possible(), "no /bin/busybox (package busybox-static)");
        tiny = new TinyHost(prefix);
        log = prefix.resolve("log");
        Files.writeString(log, "");
        tiny.create(tiny.host());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        tiny.destroy(tiny.host());
        assertThat(tiny.traces())
                .noneMatch(trace -> trace.startsWith("mount") || trace.startsWith("cgroup"))
                .noneMatch(trace -> trace.contains("journal"));
    }

    /** What is left on the host; the guest's own host name is written by every start and stays. */
    private Set<String> traces() throws IOException {
        Set<String> traces = tiny.traces();
        traces.removeIf(trace -> trace.endsWith("/etc/hostname"));
        return traces;
    }

    private Path script(String name, String body) throws IOException {
        Path file = Files.writeString(tiny.paths.confDir().resolve(name), "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** Scripts of the host that note their name and whether the VE's root is mounted. */
    private void loggers() throws IOException {
        for (String stage : List.of("premount", "mount", "umount", "postumount")) {
            for (String owner : List.of("vps", "101")) {
                script(
                        owner + "." + stage,
                        ". $VE_CONFFILE; m=; [ -d $VE_ROOT/bin ] && m=' mounted'; echo \"" + owner + "." + stage
                                + "$m\" >>" + log);
            }
        }
    }

    private String logged() throws IOException {
        String text = Files.readString(log).strip().replace("\n", ", ");
        Files.writeString(log, "");
        return text;
    }

    private void start() throws IOException {
        new StartVe(tiny.host()).run(TinyHost.ID, WAIT, tiny.listener());
    }

    private VeException startFails() {
        return Objects.requireNonNull(catchThrowableOfType(VeException.class, this::start));
    }

    private static final String UP = "vps.premount, 101.premount, vps.mount mounted, 101.mount mounted";
    private static final String DOWN = "101.umount mounted, vps.umount mounted, 101.postumount, vps.postumount";

    @RootTest
    void hostScriptsRunInTheirOrder() throws IOException {
        loggers();
        new MountVe(tiny.host()).run(TinyHost.ID, tiny.listener());
        assertThat(logged()).isEqualTo(UP);
        new UmountVe(tiny.host()).run(TinyHost.ID, tiny.listener());
        assertThat(logged()).isEqualTo(DOWN);
        start();
        assertThat(logged()).isEqualTo(UP);
        new StopVe(tiny.host()).run(TinyHost.ID, new StopOptions(true, true), tiny.listener());
        assertThat(logged()).isEmpty();
        new UmountVe(tiny.host()).run(TinyHost.ID, tiny.listener());
        assertThat(logged()).isEqualTo(DOWN);
        start();
        tiny.stop(tiny.host());
        assertThat(logged()).isEqualTo(UP + ", " + DOWN);
    }

    @RootTest
    void hostScriptsHaveTheContractsEnvironmentAndNoOther() throws IOException {
        script("101.mount", "tr '\\0' '\\n' </proc/self/environ >" + log + "; pwd >/dev/null");
        new MountVe(tiny.host()).run(TinyHost.ID, tiny.listener());
        assertThat(Files.readAllLines(log).stream().filter(line -> !line.matches("(PWD|OLDPWD|SHLVL|_)=.*")))
                .containsExactlyInAnyOrder(
                        "VEID=101",
                        "VE_CONFFILE=" + tiny.paths.conf(TinyHost.ID),
                        "HOME=/",
                        "TERM=linux",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        new UmountVe(tiny.host()).run(TinyHost.ID, tiny.listener());
    }

    @RootTest
    void oneThatFailsOrIsNotExecutable() throws IOException {
        loggers();
        script("101.premount", "exit 3");
        assertThat(startFails().error()).isEqualTo(VzError.ACTION_SCRIPT);
        // Nothing was mounted, so there is nothing to unmount.
        assertThat(logged()).isEqualTo("vps.premount");
        loggers();
        script("101.mount", "exit 3");
        assertThat(startFails().error()).isEqualTo(VzError.ACTION_SCRIPT);
        assertThat(logged()).isEqualTo("vps.premount, 101.premount, vps.mount mounted");
        assertThat(new StatusVe(tiny.host()).run(TinyHost.ID).mounted()).isFalse();
        Files.setPosixFilePermissions(
                tiny.paths.confSibling(TinyHost.ID, "mount"), PosixFilePermissions.fromString("rw-------"));
        loggers();
        script("101.umount", "exit 3");
        start();
        VeException umount =
                Objects.requireNonNull(catchThrowableOfType(VeException.class, () -> tiny.stop(tiny.host())));
        assertThat(umount.error()).isEqualTo(VzError.ACTION_SCRIPT);
        // It is down and mounted, as a failed umount leaves it, and no other command stumbles over that.
        assertThat(new StatusVe(tiny.host()).run(TinyHost.ID)).isEqualTo(new StatusVe.Status(true, true, false, false));
        loggers();
        new UmountVe(tiny.host()).run(TinyHost.ID, tiny.listener());
    }

    @RootTest
    void aStartThatFailsLateIsTakenBackWithTheScriptsOfUmount() throws IOException {
        loggers();
        VeHost failing = tiny.host(
                (step, object) -> {
                    if (step.equals("make cgroup")) {
                        throw new IOException("injected");
                    }
                },
                Faults.NONE);
        assertThat(Objects.requireNonNull(catchThrowableOfType(
                                VeException.class, () -> new StartVe(failing).run(TinyHost.ID, WAIT, tiny.listener())))
                        .error())
                .isEqualTo(VzError.ENV_CREATE);
        assertThat(logged()).isEqualTo(UP + ", " + DOWN);
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void theStartScriptRunsInsideBeforeInit() throws IOException {
        script(
                "101.start",
                """
                tr '\\0' '\\n' </proc/self/environ >/run/script-env
                { hostname; id -u; ls /run/ve-started; } >/run/script 2>&1
                head -c 4 /proc/1/cmdline >>/run/script""");
        start();
        assertThat(tiny.sh("cat /run/script"))
                .startsWith("tiny.example\n0\n")
                .contains("No such file")
                .contains("sh");
        assertThat(tiny.sh("cat /run/script-env")).contains("HOME=/\n", "TERM=linux\n", "PATH=/usr/local/sbin");
        // And init is the one that it would be without: its environment, its streams, its place.
        assertThat(tiny.sh("tr '\\0' ' ' </proc/1/environ").strip().split(" "))
                .contains("HOME=/", "TERM=linux", "container=openvz")
                .noneMatch(entry -> entry.startsWith("PWD=") || entry.startsWith("SHLVL="));
        assertThat(tiny.sh("cat /proc/1/comm")).isEqualTo("init\n");
        assertThat(tiny.sh("ls -l /proc/1/fd | grep -c ' /dev/null$'").strip()).isEqualTo("3");
        assertThat(tiny.events).contains("STARTED");
        tiny.stop(tiny.host());
        // The next start runs it again.
        start();
        assertThat(tiny.sh("cat /run/script")).startsWith("tiny.example\n");
        tiny.stop(tiny.host());
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void aStartScriptThatFailsFailsTheStart() throws IOException {
        loggers();
        Set<String> before = traces();
        Path script = script("101.start", "exit 4");
        VeException failure = startFails();
        assertThat(failure.error()).isEqualTo(VzError.ACTION_SCRIPT);
        assertThat(Objects.requireNonNull(failure.refusal()))
                .isEqualTo(VeEvent.of(VeEvent.Kind.ACTION_SCRIPT_FAILED, "start", script.toString()));
        assertThat(TinyHost.messages(failure)).contains("status 4");
        assertThat(tiny.events).endsWith("START_FAILED", "UNMOUNTED");
        assertThat(logged()).isEqualTo(UP + ", " + DOWN);
        Files.delete(script);
        assertThat(traces()).isEqualTo(before);
        // One that is not executable is no script.
        Files.writeString(script, "exit 4\n");
        start();
        tiny.stop(tiny.host());
    }

    @RootTest
    void eachStepAroundTheStartScriptIsTakenBack() throws IOException {
        script("101.start", ":");
        Set<String> before = traces();
        for (String at : List.of("run start script", "release init", "write pid", "write state")) {
            VeHost failing = tiny.host(
                    (step, object) -> {
                        if (step.equals(at)) {
                            throw new IOException("injected");
                        }
                    },
                    Faults.NONE);
            VeException failure = Objects.requireNonNull(catchThrowableOfType(
                    VeException.class, () -> new StartVe(failing).run(TinyHost.ID, WAIT, tiny.listener())));
            assertThat(failure.error()).isEqualTo(VzError.ENV_CREATE);
            assertThat(TinyHost.messages(failure)).contains(at);
            assertThat(traces()).as(at).isEqualTo(before);
        }
    }

    @RootTest
    void aStartScriptThatHangsCanBeCancelled() throws Exception {
        script("101.start", ": >/run/script-runs; sleep 1000");
        Set<String> before = traces();
        Thread here = Thread.currentThread();
        Thread canceller = new Thread(() -> {
            try {
                Thread.sleep(1500);
            } catch (InterruptedException e) {
                return;
            }
            here.interrupt();
        });
        canceller.start();
        VeException failure = startFails();
        canceller.join();
        assertThat(failure.error()).isEqualTo(VzError.ENV_CREATE);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(traces()).isEqualTo(before);
    }

    @RootTest
    @Tag("vm")
    @Tag("long")
    void theStopScriptRunsInsideAndItsFailureKeepsTheVe() throws IOException {
        script("101.stop", "exit 5");
        start();
        VeException failure =
                Objects.requireNonNull(catchThrowableOfType(VeException.class, () -> new StopVe(tiny.host())
                        .run(TinyHost.ID, new StopOptions(false, false), tiny.listener())));
        assertThat(failure.error()).isEqualTo(VzError.ACTION_SCRIPT);
        assertThat(tiny.sh("echo up")).isEqualTo("up\n");
        script("101.stop", "hostname >/etc/stopped");
        new StopVe(tiny.host()).run(TinyHost.ID, new StopOptions(false, false), tiny.listener());
        assertThat(prefix.resolve("vz/private/101/upper/etc/stopped")).hasContent("tiny.example\n");
    }
}
