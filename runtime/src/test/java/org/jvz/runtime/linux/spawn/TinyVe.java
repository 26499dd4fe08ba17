package org.jvz.runtime.linux.spawn;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Capability;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.FileCalls;
import org.jvz.runtime.linux.FileStat;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.OpenTreeFlag;
import org.jvz.runtime.linux.ResourceLimit;
import org.jvz.runtime.linux.UmountFlag;

/** A VE made of the host's programs, for tests of the engine: all seven namespaces, a root of its own, an init that sleeps. */
final class TinyVe {
    static final Set<CloneFlag> NAMESPACES = EnumSet.of(
            CloneFlag.NEWUSER, CloneFlag.NEWNS, CloneFlag.NEWPID, CloneFlag.NEWNET, CloneFlag.NEWUTS, CloneFlag.NEWIPC);
    private static final Set<CloneFlag> ALL_BUT_PID = EnumSet.of(
            CloneFlag.NEWUSER,
            CloneFlag.NEWNS,
            CloneFlag.NEWNET,
            CloneFlag.NEWUTS,
            CloneFlag.NEWIPC,
            CloneFlag.NEWCGROUP);
    static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin", "container=jvz");
    private static final Set<MountFlag> STRICT = EnumSet.of(MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC);
    private static final long BASE = 100_000;

    private final Linux linux;
    private final Spawner spawner;
    private final Path root;
    private final Path mountPoint;

    /** Makes a root of the host's /usr in {@code directory}, which belongs to the calling test's mount namespace. */
    TinyVe(Linux linux, Path directory) throws IOException {
        this.linux = linux;
        this.spawner = new Spawner(linux);
        this.root = directory.resolve("rootfs");
        this.mountPoint = directory.resolve("root");
        Files.createDirectories(root);
        Files.createDirectories(mountPoint);
        linux.mount("tmpfs", root, "tmpfs", Set.of(), "mode=755");
        for (String name : List.of("usr", "proc", "sys", "dev", "run", "tmp")) {
            Files.createDirectories(root.resolve(name));
        }
        for (String name : List.of("bin", "sbin", "lib", "lib64")) {
            Path host = Path.of("/", name);
            if (Files.isSymbolicLink(host)) {
                Files.createSymbolicLink(root.resolve(name), Files.readSymbolicLink(host));
            }
        }
        linux.mount("/usr", root.resolve("usr"), null, EnumSet.of(MountFlag.BIND, MountFlag.REC), null);
    }

    /** The list that makes the init. Its tree comes through the returned slot's descriptor. */
    Slot startList(CallList list) {
        Slot tree = list.slot();
        String target = mountPoint.toString();
        list.gate(Duration.ofSeconds(30));
        list.unshare("own cgroup namespace", EnumSet.of(CloneFlag.NEWCGROUP));
        list.newSession();
        list.newSessionKeyring();
        list.mount("make mounts private", null, "/", null, EnumSet.of(MountFlag.REC, MountFlag.PRIVATE), null);
        list.attach("attach root", tree.fd(), target);
        list.changeDirectory("enter root", target);
        list.becomeUser("become root", 0, 0);
        list.umask("clear umask", 0);
        list.mount("mount proc", "proc", "proc", "proc", STRICT, null);
        list.mount("mount sysfs", "sysfs", "sys", "sysfs", STRICT, null);
        list.mount("mount dev", "tmpfs", "dev", "tmpfs", EnumSet.of(MountFlag.NOSUID), "mode=755,size=1m");
        for (String device : List.of("null", "zero", "urandom")) {
            String path = "dev/" + device;
            list.mknodAt("make " + device, FdSource.CWD, path, FileStat.S_IFREG | 0666, 0, 0);
            list.mount("bind " + device, "/" + path, path, null, EnumSet.of(MountFlag.BIND), null);
        }
        list.symlinkAt("link fd", "/proc/self/fd", FdSource.CWD, "dev/fd");
        list.mkdir("make run", "run", 0755).ignoring(Errno.EEXIST);
        list.pivotRoot("pivot root", ".", ".");
        list.unmount("leave old root", ".", EnumSet.of(UmountFlag.DETACH));
        list.changeDirectory("enter new root", "/");
        list.hostname("tiny");
        list.loopbackUp();
        list.writeFile("forward packets", FdSource.CWD, "/proc/sys/net/ipv4/ip_forward", "1".getBytes(US_ASCII));
        list.limit(ResourceLimit.NOFILE, 512, 1024);
        list.dropBounding(Capability.SYS_MODULE);
        list.clearAmbient();
        list.umask("usual umask", 022);
        list.stdio(null, null, null);
        list.execFirst("exec init", List.of("/sbin/no-init", "/bin/sleep"), List.of("init", "1000"), ENVIRONMENT);
        return tree;
    }

    /** Starts the init. */
    Spawned start(Faults faults) throws IOException {
        CallList list = new CallList(faults);
        Slot slot = startList(list);
        try (Spawning spawning = spawner.start(list, NAMESPACES, null)) {
            try (Fd tree =
                    linux.openTree(Fd.CWD, root.toString(), EnumSet.of(OpenTreeFlag.CLONE, OpenTreeFlag.RECURSIVE))) {
                String map = "0 " + BASE + " 65536\n";
                writeProc(spawning.pid(), "uid_map", map);
                writeProc(spawning.pid(), "gid_map", map);
                slot.set(tree);
                spawning.release();
                return spawning.await();
            } catch (IOException e) {
                // A child that failed at its first records has no files in /proc any more.
                SpawnException cause = spawning.failure();
                throw cause == null ? e : cause;
            }
        }
    }

    private void writeProc(int pid, String file, String text) throws IOException {
        try (Fd fd = linux.open(Path.of("/proc/" + pid + "/" + file), OpenFlag.WRONLY)) {
            linux.writeFully(fd, text.getBytes(US_ASCII));
        }
    }

    /** The list that executes a shell script in the VE. First into its PID namespace only: nobody there may signal a child of the host's root. */
    void execList(CallList list, Fd init, String script, @Nullable Fd out) {
        FdSource ve = FdSource.of(init);
        @Nullable FdSource to = out == null ? null : FdSource.of(out);
        list.setNamespace("enter pid namespace", ve, "init", EnumSet.of(CloneFlag.NEWPID));
        list.nested("clone inside", Set.of(), null);
        list.setNamespace("enter namespaces", ve, "init", ALL_BUT_PID);
        list.newSession();
        list.becomeUser("become root", 0, 0);
        list.changeDirectory("enter root", "/");
        list.stdio(null, to, to);
        list.exec("exec command", "/bin/sh", List.of("sh", "-c", script), ENVIRONMENT);
    }

    Spawned exec(Fd init, String script, @Nullable Fd out, Faults faults) throws IOException {
        CallList list = new CallList(faults);
        execList(list, init, script, out);
        return spawner.run(list, Set.of(), null);
    }

    /** Runs a script in the VE and returns what it said. */
    String say(Fd init, String script) throws IOException {
        try (FileCalls.PipeEnds pipe = linux.pipe();
                Spawned shell = exec(init, script, pipe.write(), Faults.NONE)) {
            pipe.write().close();
            String said = new String(linux.readFully(pipe.read(), 1 << 16), UTF_8);
            shell.waitExit();
            return said;
        }
    }
}
