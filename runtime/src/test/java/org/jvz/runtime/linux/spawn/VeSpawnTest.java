package org.jvz.runtime.linux.spawn;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.Signal;
import org.jvz.runtime.linux.SystemCall;
import org.jvz.testing.PrivateHost;

/** The engine making whole VEs, and what a VE can see of it. */
@PrivateHost
class VeSpawnTest {
    @TempDir
    static Path temp;

    private final Linux linux = new JffiLinux();

    @SuppressWarnings("NullAway.Init") // before each test
    private TinyVe ve;

    @BeforeEach
    void makeRoot() throws Exception {
        linux.mount("tmpfs", temp, "tmpfs", Set.of(), "mode=755");
        ve = new TinyVe(linux, temp);
        // The first of each loads classes and libraries, and with them descriptors that stay.
        try (Init init = new Init()) {
            ve.say(init.pidfd(), "true");
        }
    }

    /** A VE that ends with the test, whatever becomes of it. */
    private final class Init implements AutoCloseable {
        private final Spawned init;

        Init() throws IOException {
            init = ve.start(Faults.NONE);
        }

        Fd pidfd() {
            return init.pidfd();
        }

        int pid() {
            return init.pid();
        }

        @Override
        public void close() throws IOException {
            try (init) {
                linux.signal(init.pidfd(), Signal.KILL);
                assertThat(init.waitExit().signal()).isEqualTo(Signal.KILL.number());
            }
        }
    }

    @Test
    @Tag("vm")
    void initRunsInNamespacesOfItsOwnAndCommandsJoinIt() throws Exception {
        try (Init init = new Init()) {
            for (String kind : List.of("user", "mnt", "pid", "net", "uts", "ipc", "cgroup")) {
                Path theirs = Files.readSymbolicLink(Path.of("/proc/" + init.pid() + "/ns/" + kind));
                assertThat(theirs)
                        .as(kind)
                        .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/" + kind)));
                assertThat(ve.say(init.pidfd(), "readlink /proc/self/ns/" + kind))
                        .isEqualTo(theirs + "\n");
            }
            assertThat(Files.readString(Path.of("/proc/" + init.pid() + "/status"), US_ASCII))
                    .contains("Uid:\t100000\t100000\t100000\t100000\n")
                    .containsPattern("NSpid:\t\\d+\t1\n")
                    .contains("NoNewPrivs:\t0\n");
            assertThat(Files.readString(Path.of("/proc/" + init.pid() + "/cmdline")))
                    .isEqualTo("init\0001000\000");
            assertThat(Files.readString(Path.of("/proc/" + init.pid() + "/environ")))
                    .isEqualTo(String.join("\0", TinyVe.ENVIRONMENT) + "\0");
            assertThat(fds(init.pid())).containsExactlyInAnyOrder("0", "1", "2");
            assertThat(ve.say(
                            init.pidfd(),
                            "id -u; uname -n; cat /proc/1/comm; cat /sys/class/net/lo/operstate; ulimit -n"))
                    .isEqualTo("0\ntiny\nsleep\nunknown\n" + ulimit() + "\n");
            assertThat(ve.say(init.pidfd(), "cut -d' ' -f5 /proc/self/mountinfo"))
                    .startsWith("/\n/usr\n")
                    .doesNotContain(temp.toString())
                    .endsWith("/proc\n/sys\n/dev\n/dev/null\n/dev/zero\n/dev/urandom\n");
            assertThat(ve.say(init.pidfd(), "echo /proc/[0-9]*")).matches("/proc/1 /proc/\\d+\n");
        }
    }

    /** The init has limits of its own; a command has the caller's. */
    private static String ulimit() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.startsWith("Max open files")) {
                return line.split("\\s+", -1)[3];
            }
        }
        throw new AssertionError("no limit in /proc/self/limits");
    }

    @Test
    @Tag("vm")
    void everyRecordOfAStartMadeToFailLeavesNothing() throws Exception {
        List<String> names;
        try (CallList list = new CallList()) {
            ve.startList(list);
            names = list.allNames();
        }
        assertThat(names).hasSizeGreaterThan(50).contains("clone", "mount proc", "exec init /bin/sleep");
        Host before = Host.now();
        for (String name : names) {
            assertThatExceptionOfType(SpawnException.class)
                    .as(name)
                    .isThrownBy(() -> ve.start(Faults.failing(name, Errno.EUSERS)))
                    .withMessageContaining(": EUSERS (")
                    .matches(e -> e.record().equals(name));
            assertThat(Host.now()).as("after " + name).isEqualTo(before);
        }
    }

    @Test
    @Tag("vm")
    void everyRecordOfAnExecMadeToFailLeavesNothing() throws Exception {
        try (Init init = new Init()) {
            List<String> names;
            try (CallList list = new CallList()) {
                ve.execList(list, init.pidfd(), "true", null);
                names = list.allNames();
            }
            assertThat(names).hasSizeGreaterThan(15).contains("clone inside", "enter namespaces");
            Host before = Host.now();
            for (String name : names) {
                assertThatExceptionOfType(SpawnException.class)
                        .as(name)
                        .isThrownBy(() -> ve.exec(init.pidfd(), "true", null, Faults.failing(name, Errno.EUSERS)))
                        .matches(e -> e.record().equals(name) && e.is(Errno.EUSERS));
                assertThat(Host.now()).as("after " + name).isEqualTo(before);
            }
            assertThat(ve.say(init.pidfd(), "echo /proc/[0-9]*")).matches("/proc/1 /proc/\\d+\n");
        }
    }

    @Test
    void fiveHundredExecsLeaveNoDescriptorAndNoProcess() throws Exception {
        try (Init init = new Init()) {
            Host before = Host.now();
            for (int i = 0; i < 500; i++) {
                try (Spawned shell = ve.exec(init.pidfd(), "exit " + i % 100, null, Faults.NONE)) {
                    assertThat(shell.waitExit().code()).isEqualTo(i % 100);
                }
            }
            assertThat(Host.now()).isEqualTo(before);
        }
    }

    @Test
    void fourThreadsUnderGcPressure() throws Exception {
        Host before = Host.now();
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            // Each half-VE in flight shares the heap that this one churns.
            Future<?> churn = threads.submit(() -> {
                List<byte[]> kept = new ArrayList<>();
                while (!Thread.currentThread().isInterrupted()) {
                    kept.add(new byte[100_000]);
                    if (kept.size() == 100) {
                        kept.clear();
                        System.gc();
                    }
                }
            });
            List<Future<?>> starts = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                starts.add(threads.submit(() -> {
                    for (int i = 0; i < 25; i++) {
                        try (Init init = new Init()) {
                            assertThat(ve.say(init.pidfd(), "echo $$")).isEqualTo("2\n");
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> start : starts) {
                start.get();
            }
            churn.cancel(true);
        } finally {
            threads.shutdownNow();
        }
        assertThat(Host.now()).isEqualTo(before);
    }

    /** Waits for a process that sleeps and is neither init nor this shell; tells what it can read of that one, then what of init. */
    private static final String ATTACK =
            """
            readable() {
                for f in environ mem maps auxv smaps io syscall stack exe cwd root fd map_files; do
                    if head -c 1 /proc/$1/$f 2>/dev/null | grep -q . || ls /proc/$1/$f/ >/dev/null 2>&1; then echo $2 $f; fi
                done
            }
            echo ready
            while [ -z "$helper" ]; do
                for p in /proc/[0-9]*; do
                    p=${p#/proc/}
                    if [ $p != 1 ] && [ $p != $$ ] && grep -q '^State:.S' /proc/$p/status; then helper=$p; fi
                done
            done
            readable $helper helper
            readable 1 init
            if grep -q '^State:.S' /proc/$helper/status; then echo still there; fi
            """;

    @Test
    @Tag("vm")
    void aVeCannotReadTheHelperThatSharesOurMemory() throws Exception {
        try (Init init = new Init();
                FileCalls.PipeEnds pipe = linux.pipe();
                // Started first: its own start makes us undumpable for good, by becoming root of the VE.
                Spawned attacker = ve.exec(init.pidfd(), ATTACK, pipe.write(), Faults.NONE);
                CallList paused = new CallList()) {
            pipe.write().close();
            assertThat(linux.readFully(pipe.read(), 6)).isEqualTo("ready\n".getBytes(US_ASCII));
            // As an exec does it, with a pause where the helper is in the VE's user namespace but still in our memory.
            FdSource pidfd = FdSource.of(init.pidfd());
            paused.setNamespace("enter pid namespace", pidfd, "init", Set.of(CloneFlag.NEWPID));
            paused.nested("clone inside", Set.of(), null);
            paused.setNamespace("enter namespaces", pidfd, "init", Set.of(CloneFlag.NEWUSER, CloneFlag.NEWNS));
            long word = paused.memory.zeroed(8);
            paused.add("pause", null, SystemCall.FUTEX, word, 0, 0, paused.timespec(60_000));
            try (Spawning spawning = new Spawner(linux).start(paused, Set.of(), null)) {
                assertThat(spawning.failure()).isNull();
                assertThat(linux.isDumpable()).isFalse();
                String said = new String(linux.readFully(pipe.read(), 1 << 16), US_ASCII);
                // Before anything can go wrong: init cannot end while a zombie is left in its PID namespace.
                assertThat(attacker.waitExit().code()).isZero();
                assertThat(said)
                        .doesNotContain("helper ")
                        // The attack works on what the VE may read, so the silence above means something.
                        .contains("init environ\n", "init maps\n", "init auxv\n", "init cwd\n", "init exe\n")
                        .endsWith("still there\n");
            }
            assertThat(ve.say(init.pidfd(), "echo /proc/[0-9]*")).matches("/proc/1 /proc/\\d+\n");
        }
    }

    private static List<String> fds(int pid) throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return fds.map(fd -> fd.getFileName().toString()).toList();
        }
    }

    /** What a failed start could leave: children (zombies too), descriptors, mounts. */
    private record Host(List<String> children, List<String> descriptors, List<String> mounts) {
        static Host now() throws IOException {
            List<String> children = new ArrayList<>();
            try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
                for (Path task : tasks.toList()) {
                    try {
                        children.add(Files.readString(task.resolve("children")));
                    } catch (FileSystemException e) {
                        // A thread that has just ended has no children.
                    }
                }
            }
            children.removeIf(String::isBlank);
            List<String> descriptors = new ArrayList<>();
            try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
                for (Path fd : fds.toList()) {
                    try {
                        descriptors.add(Files.readSymbolicLink(fd).toString());
                    } catch (FileSystemException e) {
                        // That of the listing.
                    }
                }
            }
            // The class loader opens the former, the JVM's look at its own memory the latter, whenever they like.
            descriptors.removeIf(target -> target.endsWith(".jar") || target.startsWith("/sys/fs/cgroup/"));
            descriptors.sort(null);
            // Other mounts of the machine come and go.
            List<String> mounts = Files.readAllLines(Path.of("/proc/thread-self/mountinfo"));
            mounts.removeIf(mount -> !mount.contains(temp.toString()));
            return new Host(children, descriptors, mounts);
        }
    }
}
