package org.jvz.runtime.linux.spawn;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.Signal;

/** What a keeper's program does with a terminal while its child lives, and after. Needs no privilege. */
class ThenProgramTest {
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int SOURCE = KeeperProgram.DESCRIPTORS + 1;

    private final Linux linux = new JffiLinux();

    @TempDir
    Path dir;

    private Fd master;
    private Path file;
    private Path after;
    private Spawned child;
    private int keeper;

    @BeforeEach
    void keep() throws IOException {
        file = dir.resolve("copy");
        after = dir.resolve("after");
        master = linux.open(Path.of("/dev/ptmx"), OpenFlag.RDWR, OpenFlag.NOCTTY, OpenFlag.NONBLOCK);
        linux.unlockPty(master);
        try (Fd program = linux.memoryFile("test-keeper");
                Fd copy = linux.openAt(
                        Fd.CWD, file.toString(), Set.of(OpenFlag.WRONLY, OpenFlag.CREAT, OpenFlag.APPEND), 0600);
                Fd epoll = linux.epoll()) {
            linux.writeFully(program, ThenProgram.bytes());
            linux.watch(epoll, master, SOURCE);
            CallList list = new CallList();
            List<String> then = List.of(
                    "test-keeper",
                    "/bin/sh",
                    "-c",
                    "ls /proc/self/fd >" + after + ".new; mv " + after + ".new " + after);
            list.keptBy(
                    new KeeperProgram(program, then, List.of("PATH=/usr/bin:/bin"), List.of(epoll, master, copy)),
                    Set.of());
            list.exec("execute", "/bin/sleep", List.of("sleep", "1000"), List.of());
            child = new Spawner(linux).run(list, Set.of(), null);
            linux.watch(epoll, child.pidfd(), 0);
            child.keep();
        }
        String stat = Files.readString(Path.of("/proc", Integer.toString(child.pid()), "stat"));
        keeper = Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
    }

    @AfterEach
    void end() throws IOException {
        if (!Files.exists(after)) {
            linux.signal(child.pidfd(), Signal.KILL);
            await("what comes after", () -> Files.exists(after));
        }
        child.close();
        master.close();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(String what, Condition condition) throws IOException {
        for (long end = System.nanoTime() + PATIENCE_NANOS; !condition.holds(); Thread.onSpinWait()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
        }
    }

    private String copy() throws IOException {
        return Files.readString(file, ISO_8859_1);
    }

    private void say(String text) throws IOException {
        try (Fd terminal = linux.openPtyPeer(master)) {
            linux.writeFully(terminal, text.getBytes(ISO_8859_1));
        }
    }

    @Test
    void copiesWhatEachInTurnWritesToTheTerminal() throws IOException {
        say("first\n");
        await("first", () -> copy().equals("first\r\n"));
        say("second\n");
        await("second", () -> copy().equals("first\r\nsecond\r\n"));
    }

    @Test
    void keepsTheEndOfMuchAndGivesTheRestBack() throws IOException {
        String line = "0123456789".repeat(9) + "0123456\n";
        int lines = 2_000;
        say(line.repeat(lines) + "end\n");
        await("end", () -> Files.size(file) == (long) lines * (line.length() + 1) + 5);
        byte[] all = Files.readAllBytes(file);
        String kept = new String(all, all.length - ThenProgram.KEPT, ThenProgram.KEPT, ISO_8859_1);
        assertThat(kept).endsWith(line.replace("\n", "\r\n") + "end\r\n").doesNotContain("\0");
        assertThat(all[0]).isZero();
        assertThat(blocks() * 512).isLessThan(ThenProgram.KEPT + 16_384);
    }

    private long blocks() throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes(), ISO_8859_1).strip());
    }

    @Test
    void sleepsWhileNobodyHasTheTerminal() throws Exception {
        say("closed\n");
        await("closed", () -> copy().contains("closed"));
        long before = processorTicks();
        Thread.sleep(1_000);
        assertThat(processorTicks() - before).isLessThan(5);
    }

    /** Hundredths of a second. */
    private long processorTicks() throws IOException {
        String stat = Files.readString(Path.of("/proc", Integer.toString(keeper), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Test
    void anotherProcessWritesByTheKeepersDescriptor() throws IOException {
        try (Fd pidfd = linux.openPidfd(keeper);
                Fd shared = linux.descriptorOf(pidfd, SOURCE);
                Fd terminal = linux.openPtyPeer(master)) {
            linux.writeFully(shared, "typed\r".getBytes(ISO_8859_1));
            byte[] line = new byte[64];
            int n = linux.read(terminal, line, 0, line.length);
            assertThat(new String(line, 0, n, ISO_8859_1)).isEqualTo("typed\n");
        }
        await("echo", () -> copy().equals("typed\r\n"));
    }

    @Test
    void closesWhatItHeldBeforeItExecutesWhatComesAfter() throws IOException {
        linux.signal(child.pidfd(), Signal.KILL);
        await("what comes after", () -> Files.exists(after));
        // The streams, and the directory that ls itself reads.
        assertThat(Files.readAllLines(after)).containsExactly("0", "1", "2", "3");
    }
}
