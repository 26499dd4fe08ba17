package org.jvz.runtime.linux.spawn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Native;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.Signal;

/** Spawning without namespaces: needs no privilege. */
class SpawnerTest {
    private final Linux linux = new JffiLinux();
    private final Spawner spawner = new Spawner(linux);

    private String output(HostCommandOf command) throws Exception {
        try (FileCalls.PipeEnds pipe = linux.pipe()) {
            try (Spawned child = spawner.run(command.with(pipe.write()))) {
                pipe.write().close();
                String text = new String(linux.readFully(pipe.read(), 1 << 20), UTF_8);
                assertThat(child.waitExit().shellStatus()).isZero();
                return text;
            }
        }
    }

    private interface HostCommandOf {
        HostCommand with(Fd out);
    }

    private static HostCommand shell(String script, @Nullable Fd out, List<String> environment) {
        return new HostCommand(List.of("/bin/sh", "-c", script), environment, "/", null, out, out, true);
    }

    @Test
    void runsAProgramWithItsEnvironmentAndNothingElse() throws Exception {
        String text = output(
                out -> shell("echo $0 $A; pwd; ls -l /proc/self/fd | wc -l; env | wc -l", out, List.of("A=b c")));
        // env counts PWD and the like that the shell itself adds, so it is compared with a bare shell's.
        String bare = output(out -> shell("echo; env | wc -l", out, List.of()));
        String[] lines = text.split("\n");
        assertThat(lines[0]).isEqualTo("/bin/sh b c");
        assertThat(lines[1]).isEqualTo("/");
        // "total", 0 to 2, and the directory that ls itself reads.
        assertThat(lines[2]).isEqualTo("5");
        assertThat(Integer.parseInt(lines[3])).isEqualTo(Integer.parseInt(bare.trim()) + 1);
    }

    @Test
    void signalsAreDefaultAndUnblockedInTheProgram() throws Exception {
        String text = output(out -> shell("grep -E '^Sig(Blk|Ign):' /proc/self/status", out, List.of()));
        assertThat(text).isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    }

    @Test
    void aProgramThatDoesNotExistIsNamed() {
        HostCommand none = new HostCommand(List.of("/no/program"), List.of(), null, null, null, null, false);
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(() -> spawner.run(none))
                .withMessage("execute on /no/program: ENOENT (No such file or directory)")
                .matches(e -> e.is(Errno.ENOENT) && e.record().equals("execute"));
    }

    @Test
    void theFirstProgramThatExistsIsExecuted() throws Exception {
        try (CallList list = new CallList()) {
            list.execFirst("exec", List.of("/none", "/bin/false", "/bin/true"), List.of("x"), List.of());
            try (Spawned child = spawner.run(list, Set.of(), null)) {
                assertThat(child.waitExit().code()).isEqualTo(1);
            }
        }
    }

    @Test
    void aProgramIsExecutedByDescriptor() throws Exception {
        try (Fd file = linux.open(Path.of("/bin/false"), OpenFlag.PATH);
                CallList list = new CallList()) {
            list.stdio(null, null, null);
            list.execFd("exec", FdSource.of(file), "/bin/false", List.of("false"), List.of());
            try (Spawned child = spawner.run(list, Set.of(), null)) {
                assertThat(child.waitExit().code()).isEqualTo(1);
            }
        }
    }

    @Test
    void standardDescriptorsMayBeSwapped() throws Exception {
        try (CallList list = new CallList()) {
            list.stdio(FdSource.of(Fd.STDERR), FdSource.of(Fd.STDIN), FdSource.of(Fd.STDOUT));
            list.exec("exec", "/bin/sleep", List.of("sleep", "100"), List.of());
            try (Spawned child = spawner.run(list, Set.of(), null)) {
                try {
                    assertThat(List.of(link(child.pid(), 0), link(child.pid(), 1), link(child.pid(), 2)))
                            .isEqualTo(List.of(link(linux.pid(), 2), link(linux.pid(), 0), link(linux.pid(), 1)));
                } finally {
                    linux.signal(child.pidfd(), Signal.KILL);
                    assertThat(child.waitExit().signal()).isEqualTo(9);
                }
            }
        }
    }

    private static Path link(int pid, int fd) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + fd));
    }

    @Test
    void resultsAreKeptAndDescriptorsSharedOnDemand() throws Exception {
        try (CallList list = new CallList()) {
            list.shareDescriptors();
            Call opened = list.openAt("open null", FdSource.CWD, "/dev/null", Set.of(), 0);
            try (Spawned child = spawner.run(list, Set.of(), null)) {
                assertThat(child.waitExit().code()).isZero();
            }
            try (Fd fd = Native.owned(opened.value(), "null")) {
                assertThat(linux.stat(fd).rdevMinor()).isEqualTo(3);
            }
        }
    }

    @Test
    void theChildWaitsForTheParentAndTakesWhatItGives() throws Exception {
        try (FileCalls.PipeEnds pipe = linux.pipe();
                CallList list = new CallList()) {
            list.gate(Duration.ofSeconds(20));
            Slot slot = list.slot();
            list.write("write", slot.fd(), "pipe", new byte[] {42});
            try (Spawning spawning = spawner.start(list, Set.of(), null)) {
                assertThatIllegalStateException().isThrownBy(spawning::await);
                assertThat(linux.awaitEnd(spawning.pidfd(), 20)).isFalse();
                assertThat(spawning.failure()).isNull();
                slot.set(pipe.write());
                spawning.release();
                try (Spawned child = spawning.await()) {
                    assertThat(child.waitExit().code()).isZero();
                }
            }
            assertThat(linux.readFully(pipe.read(), 1)).containsExactly(42);
            assertThatIllegalStateException().isThrownBy(() -> slot.set(pipe.write()));
        }
    }

    @Test
    void aChildThatIsNotReleasedGivesUp() throws Exception {
        try (CallList list = new CallList()) {
            list.gate(Duration.ofMillis(10));
            try (Spawning spawning = spawner.start(list, Set.of(), null)) {
                assertThat(linux.awaitEnd(spawning.pidfd(), 10_000)).isTrue();
                assertThat(spawning.failure()).hasMessage("see parent's go: ETIMEDOUT (Connection timed out)");
            }
        }
    }

    @Test
    void anUnfinishedStartIsKilledAndReaped() throws Exception {
        int pid;
        try (CallList list = new CallList()) {
            list.gate(Duration.ofSeconds(20));
            try (Spawning spawning = spawner.start(list, Set.of(), null)) {
                pid = spawning.pid();
                assertThat(Path.of("/proc/" + pid)).exists();
            }
        }
        assertThat(Path.of("/proc/" + pid)).doesNotExist();
    }

    @Test
    void whatIsWrittenForAChildThatHasOurMemoryDoesNotStayOurs() throws Exception {
        String own = Files.readString(Path.of("/proc/self/oom_score_adj"));
        try (CallList list = new CallList()) {
            list.gate(Duration.ofSeconds(20));
            list.exec("exec", "/bin/sleep", List.of("sleep", "20"), List.of());
            try (Spawning spawning = spawner.start(list, Set.of(), null)) {
                Future<?> set = Executors.newSingleThreadExecutor().submit(() -> {
                    OomScore.ofChild(spawning.pid(), 500);
                    return null;
                });
                assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> set.get(50, TimeUnit.MILLISECONDS));
                spawning.release();
                try (Spawned child = spawning.await()) {
                    set.get(10, TimeUnit.SECONDS);
                    assertThat(Path.of("/proc/" + child.pid() + "/oom_score_adj"))
                            .content()
                            .isEqualTo("500\n");
                    linux.signal(child.pidfd(), Signal.KILL);
                    child.waitExit();
                }
            }
        }
        assertThat(Path.of("/proc/self/oom_score_adj")).content().isEqualTo(own);
    }

    @Test
    void aChildKilledOnItsWayIsReported() throws Exception {
        try (CallList list = new CallList()) {
            list.gate(Duration.ofSeconds(20));
            list.exec("exec", "/bin/true", List.of("true"), List.of());
            try (Spawning spawning = spawner.start(list, Set.of(), null)) {
                // Until it sleeps in the futex, the record it is killed in depends on chance.
                while (!asleep(spawning)) {
                    Thread.onSpinWait();
                }
                linux.signal(spawning.pidfd(), Signal.KILL);
                linux.awaitEnd(spawning.pidfd(), -1);
                spawning.release();
                assertThatExceptionOfType(SpawnException.class)
                        .isThrownBy(spawning::await)
                        .withMessage("wait for parent: killed");
            }
        }
    }

    private static boolean asleep(Spawning spawning) throws Exception {
        return Files.readString(Path.of("/proc/" + spawning.pid() + "/stat")).contains(") S ");
    }

    @Test
    void aChildThatTakesTooLongIsKilled() throws Exception {
        try (FileCalls.PipeEnds pipe = linux.pipe();
                CallList list = new CallList()) {
            // More than a pipe holds, and nobody reads.
            list.write("fill", FdSource.of(pipe.write()), "pipe", new byte[1 << 20]);
            assertThatExceptionOfType(SpawnException.class)
                    .isThrownBy(() -> new Spawner(linux, Duration.ofMillis(50)).run(list, Set.of(), null))
                    .withMessage("fill on pipe: not done after 0 s");
        }
    }

    @Test
    void errorsAreIgnoredOnlyWhereSaid() throws Exception {
        try (CallList list = new CallList()) {
            list.mkdir("any error", "/proc/x", 0755).ignoringErrors();
            list.mkdir("existing", "/proc", 0755).ignoring(Errno.EEXIST);
            list.mkdir("root", "/", 0755).ignoring(Errno.ENOENT);
            assertThatExceptionOfType(SpawnException.class)
                    .isThrownBy(() -> spawner.run(list, Set.of(), null))
                    .withMessage("root on /: EEXIST (File exists)");
        }
    }

    @Test
    void everyRecordCanBeMadeToFailWithAnyError() throws Exception {
        List<String> names = new ArrayList<>();
        names.addAll(list(Faults.NONE).allNames());
        assertThat(names)
                .startsWith("clone", "die with parent", "see parent's go")
                .endsWith("exec");
        for (String name : names) {
            CallList list = list(Faults.failing(name, Errno.EDQUOT));
            assertThatExceptionOfType(SpawnException.class)
                    .isThrownBy(() -> {
                        try (Spawning spawning = spawner.start(list, Set.of(), null)) {
                            spawning.release();
                            spawning.await().close();
                        }
                    })
                    .matches(e -> e.record().equals(name) && e.is(Errno.EDQUOT), "fails at " + name);
        }
    }

    private static CallList list(Faults faults) {
        CallList list = new CallList(faults);
        list.gate(Duration.ofSeconds(20));
        list.stdio(null, null, null);
        list.mkdir("existing", "/proc", 0755).ignoring(Errno.EEXIST);
        list.exec("exec", "/bin/true", List.of("true"), List.of());
        return list;
    }

    @Test
    void anInjectedErrorThatIsIgnoredIsIgnored() throws Exception {
        try (CallList list = new CallList(Faults.failing("exec /bin/false", Errno.ENOENT))) {
            list.execFirst("exec", List.of("/bin/false", "/bin/true"), List.of("x"), List.of());
            try (Spawned child = spawner.run(list, Set.of(), null)) {
                assertThat(child.waitExit().code()).isZero();
            }
        }
    }

    @Test
    void recordsHaveNamesOfTheirOwn() {
        try (CallList list = new CallList()) {
            list.umask("umask", 0);
            assertThatIllegalArgumentException().isThrownBy(() -> list.umask("umask", 022));
        }
    }

    @Test
    void aChildAtTheGateDiesWithTheThreadThatStartedIt() throws Exception {
        try (CallList list = new CallList()) {
            list.gate(Duration.ofSeconds(100));
            BlockingQueue<Spawning> started = new ArrayBlockingQueue<>(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            Thread thread = new Thread(new FutureTask<>(() -> {
                started.put(spawner.start(list, Set.of(), null));
                mayEnd.await();
                return null;
            }));
            thread.start();
            try (Spawning spawning = started.take()) {
                // Before it sleeps it may not have asked for its parent's death yet.
                while (!asleep(spawning)) {
                    Thread.onSpinWait();
                }
                assertThat(linux.awaitEnd(spawning.pidfd(), 0)).isFalse();
                mayEnd.countDown();
                thread.join();
                assertThat(linux.awaitEnd(spawning.pidfd(), 10_000)).isTrue();
                assertThat(spawning.failure()).isNull();
            }
        }
    }

    @Test
    void theStubIsNeverWritableAndExecutable() throws Exception {
        try (CallList list = new CallList();
                Spawned child = spawner.run(list, Set.of(), null)) {
            assertThat(child.waitExit().code()).isZero();
        }
        String stub = null;
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            String[] columns = line.split(" ", -1);
            String[] range = columns[0].split("-", -1);
            long address = Stub.address();
            if (Long.parseUnsignedLong(range[0], 16) <= address && address < Long.parseUnsignedLong(range[1], 16)) {
                stub = columns[1];
            }
        }
        assertThat(stub).isEqualTo("r-xp");
    }

    @Test
    void theLauncherIsNotDumpable() throws Exception {
        linux.setDumpable(true);
        output(out -> shell("true", out, List.of()));
        assertThat(linux.isDumpable()).isFalse();
    }

    @Test
    void whatAFailedChildOpenedInOurTableIsClosed() throws Exception {
        for (String failing : List.of("open", "file", "file (close)", "see parent's go", "exec", "none")) {
            long before = ofDevNull();
            CallList list = new CallList(Faults.failing(failing, Errno.EIO));
            // Before the gate the table is shared; one file stays open, the other is closed.
            list.openAt("open", FdSource.CWD, "/dev/null", Set.of(), 0);
            list.writeFile("file", FdSource.CWD, "/dev/null", new byte[] {1});
            list.gate(Duration.ofSeconds(20));
            list.exec("exec", "/bin/true", List.of("true"), List.of());
            try (Spawning spawning = spawner.start(list, Set.of(), null)) {
                spawning.release();
                spawning.await().waitExit();
                assertThat(failing).isEqualTo("none");
            } catch (SpawnException e) {
                assertThat(e.is(Errno.EIO)).as(failing).isTrue();
            }
            assertThat(ofDevNull()).as(failing).isEqualTo(before);
        }
    }

    private static long ofDevNull() throws Exception {
        long count = 0;
        for (int fd = 0; fd < 1000; fd++) {
            Path link = Path.of("/proc/self/fd/" + fd);
            if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(Path.of("/dev/null"))) {
                count++;
            }
        }
        return count;
    }
}
