package org.jvz.runtime.linux.spawn;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvz.runtime.linux.Arch;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountAttr;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.OpenTreeFlag;
import org.jvz.runtime.linux.Propagation;
import org.jvz.runtime.linux.ResolveFlag;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.SystemCall;
import org.jvz.testing.PrivateHost;

/** Records that {@link TinyVe} does not use do what they say. */
@PrivateHost
class RecordsTest {
    @TempDir
    static Path temp;

    private final Linux linux = new JffiLinux();
    private final Spawner spawner = new Spawner(linux);

    @BeforeEach
    void cover() throws Exception {
        linux.mount("tmpfs", temp, "tmpfs", EnumSet.of(MountFlag.NOSUID), "mode=755");
    }

    private void run(CallList list) throws Exception {
        try (list;
                Spawned child = spawner.run(list, Set.of(), null)) {
            assertThat(child.waitExit().shellStatus()).isZero();
        }
    }

    /** What a shell script says after the records of {@code list}. */
    private String say(CallList list, String script) throws Exception {
        try (FileCalls.PipeEnds pipe = linux.pipe()) {
            list.stdio(null, FdSource.of(pipe.write()), FdSource.of(pipe.write()));
            list.exec("exec", "/bin/sh", List.of("sh", "-c", script), List.of("PATH=/usr/bin:/bin"));
            run(list);
            pipe.write().close();
            return new String(linux.readFully(pipe.read(), 10_000), US_ASCII);
        }
    }

    @Test
    void filesAndTheirAttributes() throws Exception {
        try (Fd dir = linux.open(temp, OpenFlag.DIRECTORY)) {
            FdSource top = FdSource.of(dir);
            CallList list = new CallList();
            list.umask("umask", 0);
            Call file = list.openAt2(
                    "make file",
                    top,
                    "/file",
                    EnumSet.of(OpenFlag.CREAT, OpenFlag.WRONLY),
                    0600,
                    EnumSet.of(ResolveFlag.IN_ROOT));
            list.write("write", file.result(), "file", "text".getBytes(US_ASCII));
            list.chownAt("chown", top, "file", 7, 8);
            list.fchmod("chmod", file.result(), 04711);
            list.closeFd("close", file.result());
            list.mkdirAt("mkdir", top, "sub", 0750);
            list.mknodAt("mknod", top, "null", FileStat.S_IFCHR | 0666, 1, 3);
            list.symlinkAt("symlink", "file", top, "gone");
            list.unlinkAt("unlink", top, "gone");
            list.changeDirectory("enter", top);
            list.mkdir("mkdir here", "sub/here", 0700);
            run(list);
            FileStat stat = linux.stat(dir, "file");
            assertThat(temp.resolve("file")).hasContent("text");
            assertThat(List.of(stat.permissions(), stat.uid(), stat.gid())).isEqualTo(List.of(04711, 7L, 8L));
            assertThat(linux.stat(dir, "sub").permissions()).isEqualTo(0750);
            assertThat(linux.stat(dir, "sub/here").isDirectory()).isTrue();
            assertThat(linux.stat(dir, "null").rdevMinor()).isEqualTo(3);
            assertThat(linux.stat(dir, "null").permissions()).isEqualTo(0666);
            assertThat(linux.statOrNull(dir, "gone")).isNull();
        }
    }

    @Test
    void aClosedDescriptorIsClosedInTheList() throws Exception {
        CallList list = new CallList();
        Call file = list.openAt("open", FdSource.CWD, "/dev/null", EnumSet.of(OpenFlag.WRONLY), 0);
        list.closeFd("close", file.result());
        list.write("write", file.result(), "null", new byte[1]);
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(() -> run(list))
                .withMessage("write on null: EBADF (Bad file descriptor)");
    }

    @Test
    void aShortWriteIsAFailure() throws Exception {
        try (FileCalls.PipeEnds pipe = linux.pipe()) {
            long nonBlocking = OpenFlag.NONBLOCK.bit() | OpenFlag.WRONLY.bit();
            CallList list = new CallList();
            list.add("do not block", null, SystemCall.FCNTL, pipe.write().number(), 4, nonBlocking);
            list.write("write", FdSource.of(pipe.write()), "pipe", new byte[100_000]);
            assertThatExceptionOfType(SpawnException.class)
                    .isThrownBy(() -> run(list))
                    .withMessage("write on pipe: unexpected result 65536")
                    .matches(e -> e.errno() == null);
        }
    }

    @Test
    void mountAttributes() throws Exception {
        Files.createDirectory(temp.resolve("copy"));
        CallList list = new CallList();
        FdSource tree = list.openTree("copy tree", FdSource.CWD, temp.toString(), EnumSet.of(OpenTreeFlag.CLONE))
                .result();
        list.setMountAttributes("guard tree", tree, true, EnumSet.of(MountAttr.NOEXEC), Set.of());
        list.attach("attach", tree, temp + "/copy");
        list.setMountAttributes(
                "guard mount",
                temp + "/copy",
                false,
                EnumSet.of(MountAttr.RDONLY),
                EnumSet.of(MountAttr.NOSUID),
                Propagation.SHARED);
        run(list);
        assertThat(Files.readString(Path.of("/proc/thread-self/mountinfo")))
                .containsPattern(" " + temp + "/copy ro,noexec,relatime shared:");
    }

    @Test
    void rightsGoneAreGone() throws Exception {
        CallList list = new CallList();
        list.capabilities(Set.of(), EnumSet.of(Capability.CHOWN), Set.of());
        list.mount("mount", "tmpfs", temp.toString(), "tmpfs", Set.of(), null);
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(() -> run(list))
                .matches(e -> e.is(Errno.EPERM));

        CallList more = new CallList();
        more.dropBounding(Capability.SYS_MODULE);
        more.dropBounding(Capability.CHECKPOINT_RESTORE);
        more.noNewPrivileges();
        more.clearAmbient();
        more.limit(ResourceLimit.NOFILE, 77, 88);
        more.newSession();
        String said = say(more, "grep -E '^(CapBnd|NoNewPrivs)' /proc/self/status; ulimit -Sn; ulimit -Hn");
        String[] lines = said.split("\n", -1);
        long bounding = Long.parseLong(lines[0].substring("CapBnd:\t".length()), 16);
        assertThat(bounding & (1L << 16 | 1L << 40)).isZero();
        assertThat(bounding & 1).isOne();
        assertThat(said).endsWith("NoNewPrivs:\t1\n77\n88\n");
    }

    @Test
    void anotherUserWithItsGroups() throws Exception {
        CallList list = new CallList();
        list.becomeUser("become user", 1234, 2345, 3456, 4567);
        assertThat(say(list, "id -u; id -g; id -G; grep CapEff /proc/self/status"))
                .isEqualTo("1234\n2345\n2345 3456 4567\nCapEff:\t0000000000000000\n");
    }

    @Test
    void theFilterAppliesToLaterRecords() throws Exception {
        int mkdirat = SystemCall.MKDIRAT.number(Arch.host());
        ByteBuffer program = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        // Load the call's number; if it is mkdirat, error 87 (EUSERS); else allow.
        program.putShort((short) 0x20).putShort((short) 0).putInt(0);
        program.putShort((short) 0x15).put((byte) 0).put((byte) 1).putInt(mkdirat);
        program.putShort((short) 0x06).putShort((short) 0).putInt(0x00050000 | 87);
        program.putShort((short) 0x06).putShort((short) 0).putInt(0x7fff0000);
        CallList list = new CallList();
        list.mkdir("before", temp + "/before", 0700);
        list.seccomp(program.array());
        list.mkdir("after", temp + "/after", 0700);
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(() -> run(list))
                .withMessageStartingWith("after on " + temp + "/after: EUSERS");
        assertThat(temp.resolve("before")).exists();
        try (CallList none = new CallList()) {
            assertThatIllegalArgumentException().isThrownBy(() -> none.seccomp(new byte[0]));
            assertThatIllegalArgumentException().isThrownBy(() -> none.seccomp(new byte[9]));
        }
    }

    @Test
    void aTerminalControlsItsSession() throws Exception {
        linux.mount("devpts", temp, "devpts", Set.of(), "newinstance");
        try (Fd master = linux.openAt(Fd.CWD, temp + "/ptmx", OpenFlag.RDWR, OpenFlag.NOCTTY)) {
            linux.unlockPty(master);
            try (Fd peer = linux.openPtyPeer(master)) {
                CallList list = new CallList();
                list.newSession();
                FdSource tty = FdSource.of(peer);
                list.stdio(tty, tty, tty);
                list.controllingTerminal(FdSource.of(Fd.STDIN));
                list.exec("exec", "/bin/sh", List.of("sh", "-c", "echo over >/dev/tty"), List.of());
                run(list);
            }
            assertThat(linux.readFully(master, 6)).isEqualTo("over\r\n".getBytes(US_ASCII));
        }
    }

    @Test
    void aNestedChildStartsInTheGivenCgroup() throws Exception {
        Path unified = Path.of("/sys/fs/cgroup/unified");
        if (!Files.isDirectory(unified)) {
            unified = Path.of("/sys/fs/cgroup");
        }
        Path cgroup = unified.resolve("vz-records-" + linux.pid());
        Files.createDirectory(cgroup);
        try (Fd dir = linux.open(cgroup, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            CallList list = new CallList();
            list.nested("clone", EnumSet.of(CloneFlag.NEWUTS), dir);
            assertThat(say(list, "grep ^0: /proc/self/cgroup")).isEqualTo("0::/" + cgroup.getFileName() + "\n");
        } finally {
            Files.delete(cgroup);
        }
    }
}
