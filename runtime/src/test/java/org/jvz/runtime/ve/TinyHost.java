package org.jvz.runtime.ve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.ConfigEdit;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.EditContext;
import org.jvz.runtime.config.EditResult;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.Samples;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.linux.FileCalls.PipeEnds;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.linux.spawn.Spawned;
import org.jvz.runtime.undo.StepObserver;

/** A host below a temporary prefix whose only template is a busybox, and what there is to see of its VEs. */
final class TinyHost implements TemplateSource {
    static final CtId ID = new CtId(101);
    static final Path PERL = Path.of("/usr/bin/perl");
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final String DIGEST = "ab".repeat(32);
    private static final String INIT =
            """
            ::sysinit:/etc/rcS
            ::shutdown:/bin/true
            """;

    final HostPaths paths;
    final List<String> events = new ArrayList<>();
    private final Path rootfs;

    TinyHost(Path prefix) throws IOException {
        paths = HostPaths.under(prefix);
        Samples.install(paths);
        rootfs = prefix.resolve("vz/template/store/" + DIGEST + "/rootfs");
        makeTemplate();
    }

    /** Whether this machine can have such a VE. */
    static boolean possible() {
        return Files.isExecutable(BUSYBOX);
    }

    private void makeTemplate() throws IOException {
        for (String dir : List.of("bin", "sbin", "etc", "proc", "sys", "dev", "run", "tmp", "root", "usr/bin")) {
            Files.createDirectories(rootfs.resolve(dir));
        }
        Files.copy(BUSYBOX, rootfs.resolve("bin/busybox"));
        for (String applet : List.of(
                "sh",
                "true",
                "false",
                "sleep",
                "cat",
                "ls",
                "id",
                "ps",
                "mount",
                "hostname",
                "touch",
                "kill",
                "tty",
                "stty",
                "echo",
                "head",
                "grep",
                "wc",
                "dmesg",
                "mknod",
                "chmod",
                "env",
                "ln",
                "dd",
                "unshare",
                "umount",
                "chroot",
                "mkdir",
                "readlink",
                "stat",
                "rm",
                "rmdir",
                "mv",
                "ip",
                "setsid")) {
            Files.createSymbolicLink(rootfs.resolve("bin/" + applet), Path.of("busybox"));
        }
        Files.createSymbolicLink(rootfs.resolve("sbin/init"), Path.of("../bin/busybox"));
        Files.createSymbolicLink(rootfs.resolve("sbin/halt"), Path.of("../bin/busybox"));
        Files.writeString(rootfs.resolve("etc/inittab"), INIT);
        Files.writeString(rootfs.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Path boot = rootfs.resolve("etc/rcS");
        Files.writeString(boot, "#!/bin/sh\n: >/run/ve-started\n");
        Files.setPosixFilePermissions(boot, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Gives the template, and so VEs made from now on, the host's perl with its libraries, for what a shell cannot do. */
    void addPerl() throws IOException {
        Process ldd = new ProcessBuilder("ldd", PERL.toString()).start();
        String list = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<Path> files = new ArrayList<>(List.of(PERL));
        for (String word : list.split("\\s+")) {
            if (word.startsWith("/")) {
                files.add(Path.of(word));
            }
        }
        for (Path file : files) {
            Path copy = rootfs.resolve(file.toString().substring(1));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    Path template() {
        return rootfs;
    }

    VeHost host() throws IOException {
        return host(StepObserver.NONE, Faults.NONE);
    }

    VeHost host(StepObserver observer, Faults faults) throws IOException {
        return new VeHost(VzConf.read(paths), this, false, observer, faults);
    }

    VeEvents listener() {
        return event -> events.add(event.text());
    }

    void create(VeHost host) throws IOException {
        create(host, "overlay");
    }

    void create(VeHost host, String layout) throws IOException {
        create(host, conf -> conf.withText("VE_LAYOUT", layout));
    }

    /** With more in its configuration. */
    void create(VeHost host, CreateOptions.Edit more) throws IOException {
        CreateOptions options =
                new CreateOptions("tiny", null, conf -> more.apply(conf.withText("HOSTNAME", "tiny.example")));
        new CreateVe(host).run(ID, options, listener());
    }

    void start(VeHost host) throws IOException {
        new StartVe(host).run(ID, new StartOptions(false, false, false, false), listener());
    }

    void stop(VeHost host) throws IOException {
        new StopVe(host).run(ID, new StopOptions(true, false), listener());
    }

    /** {@code vzctl set}, options and values in turn. */
    void set(VeHost host, boolean save, String... options) throws IOException {
        List<ConfigEdit.Given> given = new ArrayList<>();
        List<ConfKey<?>> asked = new ArrayList<>();
        for (int i = 0; i < options.length; i += 2) {
            given.add(new ConfigEdit.Given(options[i], options[i + 1]));
            asked.add(Objects.requireNonNull(ConfKey.option(options[i])).key());
        }
        new SetVe(host)
                .run(
                        ID,
                        new SetOptions(
                                conf -> ConfigEdit.apply(conf, given, EditContext.of(ID, 1)),
                                asked,
                                save,
                                SetOptions.WhenRestartNeeded.WARN,
                                false,
                                List.of()),
                        listener());
    }

    /** The same with keys and the texts of their values. */
    void setKeys(VeHost host, boolean save, String... keysAndValues) throws IOException {
        setKeys(host, ID, save, keysAndValues);
    }

    /** The same of another VE. */
    void setKeys(VeHost host, CtId id, boolean save, String... keysAndValues) throws IOException {
        List<ConfKey<?>> asked = new ArrayList<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            asked.add(Objects.requireNonNull(ConfKey.named(keysAndValues[i])));
        }
        SetOptions.Edit edit = conf -> {
            VeConf after = conf;
            for (int i = 0; i < keysAndValues.length; i += 2) {
                after = after.withText(keysAndValues[i], keysAndValues[i + 1]);
            }
            return new EditResult(conf, after);
        };
        SetOptions options = new SetOptions(edit, asked, save, SetOptions.WhenRestartNeeded.WARN, false, List.of());
        new SetVe(host).run(id, options, listener());
    }

    void destroy(VeHost host) throws IOException {
        new DestroyVe(host).run(ID, listener());
    }

    /** Runs a line in the running VE's shell; returns what it wrote, errors too. */
    String sh(String line) throws IOException {
        return sh(ID, line);
    }

    /** The same in another VE. */
    String sh(CtId id, String line) throws IOException {
        VeHost host = host();
        try (RunningVe ve = Objects.requireNonNull(RunningVe.open(host, id), "not running");
                PipeEnds pipe = host.linux().pipe()) {
            ExecList.Program shell = new ExecList.Program(
                    List.of("/bin/sh"),
                    List.of("sh", "-c", line),
                    GuestEnvironment.PLAIN,
                    null,
                    pipe.write(),
                    pipe.write(),
                    false);
            try (Spawned command = ve.exec(shell)) {
                pipe.write().close();
                String text = new String(host.linux().readFully(pipe.read(), 1 << 20), StandardCharsets.UTF_8);
                command.waitExit();
                return text;
            }
        }
    }

    @Override
    public Lease acquire(String ostemplate, VeEvents listener) {
        return new Lease() {
            @Override
            public String digest() {
                return "sha256:" + DIGEST;
            }

            @Override
            public Path rootfs() {
                return rootfs;
            }

            @Override
            public long unpackedBytes() {
                return 2 << 20;
            }

            @Override
            public long inodes() {
                return 64;
            }

            @Override
            public void close() {}
        };
    }

    /**
     * Everything VEs leave to see on this host: mounts below the prefix, cgroups and processes in them, and files. Left
     * out are lock files without an owner, the cache of compiled filters, the retired files of destroyed VEs, and empty
     * directories, which are made once and stay.
     */
    Set<String> traces() throws IOException {
        Set<String> traces = new TreeSet<>();
        String prefix = paths.prefix().toString();
        for (String line : Files.readAllLines(Path.of("/proc/thread-self/mountinfo"))) {
            String point = line.split(" ")[4];
            if (point.startsWith(prefix)) {
                traces.add("mount " + point.substring(prefix.length()));
            }
        }
        for (Path dir : host().cgroup(ID).directories()) {
            Path parent = dir.getParent();
            if (parent != null && Files.exists(parent)) {
                traces.add("cgroup " + parent);
                for (String pid : members(dir)) {
                    traces.add("process " + pid);
                }
            }
        }
        for (String dir : List.of("etc", "run", "var", "vz/private", "vz/root", "vz/lock", "vz/dump")) {
            addFiles(paths.prefix().resolve(dir), traces);
        }
        return traces;
    }

    /** Waits until the VE has booted: until its processes are the same for a while. */
    void awaitBooted() throws IOException {
        Set<String> last = Set.of();
        int same = 0;
        for (int tries = 0; tries < 500 && same < 5; tries++) {
            Set<String> now = traces();
            same = now.equals(last) ? same + 1 : 0;
            last = now;
            LockSupport.parkNanos(20_000_000);
        }
    }

    private void addFiles(Path dir, Set<String> traces) throws IOException {
        if (!Files.exists(dir)) {
            return;
        }
        int prefix = paths.prefix().toString().length();
        try (Stream<Path> files = Files.walk(dir)) {
            files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.toString().substring(prefix))
                    .filter(TinyHost::isTrace)
                    .forEach(file -> traces.add("file " + file));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static List<String> members(Path dir) throws IOException {
        try {
            return Files.readAllLines(dir.resolve("cgroup.procs"), StandardCharsets.US_ASCII);
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static boolean isTrace(String file) {
        return !file.startsWith("/var/lib/jvz/seccomp/")
                && !file.equals("/vz/lock/.stale")
                && !file.endsWith(".lock")
                && !file.endsWith(".destroyed");
    }

    /** The message chain of a failure, as a user sees it. */
    static String messages(@Nullable Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            text.append(cause.getMessage()).append('\n');
        }
        return text.toString();
    }
}
