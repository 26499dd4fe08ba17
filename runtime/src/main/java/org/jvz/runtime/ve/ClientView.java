package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.MountFlag;
import org.jvz.runtime.linux.OpenTreeFlag;
import org.jvz.runtime.undo.ForwardSteps;

/**
 * A /proc with what OpenVZ's kernel has there, for programs that read it (vzctl's contract, section 11): in a mount namespace of
 * the calling thread and of the processes that it starts, a tmpfs of links to the kernel's /proc, with {@code vz}, {@code bc} and
 * {@code user_beancounters} beside them. docs/adr/0034 tells why so.
 *
 * <p>The namespace ends with the last process in it. Nothing is changed on the host.
 */
public final class ClientView {
    /** Where the kernel's is mounted within. */
    private static final String KERNELS = ".kernel";

    /** A link to the mount namespace in which /proc is the kernel's: our own commands go there first. */
    private static final String NORMAL = ".jvz";

    private static final Path PROC = Path.of("/proc");

    private final VeHost host;
    private final Set<String> processes = new TreeSet<>();

    /** A view of this host, for one thread. */
    public ClientView(VeHost host) {
        this.host = host;
    }

    /**
     * Gives the calling thread the view. If that fails the thread may be in half a view: it is good for nothing then but to end.
     *
     * @param normal a process that is outside and outlives all that is started in the view
     */
    public void enter(long normal) throws IOException {
        Linux linux = host.linux();
        Path published = host.paths().procDir();
        ForwardSteps steps = new ForwardSteps(host.observer());
        steps.step("unshare mounts", PROC.toString(), () -> {
            linux.unshare(Set.of(CloneFlag.FS));
            linux.unshare(Set.of(CloneFlag.NEWNS));
            // What the host mounts comes in, and nothing goes out.
            linux.mount(null, "/", null, Set.of(MountFlag.REC, MountFlag.SLAVE), null);
            return PROC;
        });
        steps.step("put tmpfs over proc", PROC.toString(), () -> {
            try (Fd kernels =
                    linux.openTree(Fd.CWD, PROC.toString(), Set.of(OpenTreeFlag.CLONE, OpenTreeFlag.RECURSIVE))) {
                linux.mount(
                        "proc",
                        PROC,
                        "tmpfs",
                        Set.of(MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC),
                        "mode=0555");
                linux.attach(
                        kernels, Files.createDirectory(PROC.resolve(KERNELS)).toString());
            }
            return PROC;
        });
        steps.step("link proc", PROC.toString(), () -> {
            for (String name : list()) {
                if (!CtId.isNumber(name)) {
                    link(name, name);
                }
            }
            link(NORMAL, normal + "/ns/mnt");
            follow();
            return PROC;
        });
        steps.step("show what is published", published.toString(), () -> {
            // A file is replaced when it is written anew, and a directory is not.
            Files.createSymbolicLink(PROC.resolve("user_beancounters"), published.resolve("user_beancounters"));
            for (String dir : new String[] {"vz", "bc"}) {
                Path shown = Files.createDirectory(PROC.resolve(dir));
                linux.mount(published.resolve(dir).toString(), shown, null, Set.of(MountFlag.BIND), null);
            }
            return published;
        });
    }

    /**
     * A command line that runs a command in the view and has its process there from the beginning; {@link #follow} comes later. It
     * ends with 127 if there is no such command.
     */
    public static List<String> commandLine(List<String> command) {
        List<String> line = new ArrayList<>(
                List.of("/bin/sh", "-c", "ln -s " + KERNELS + "/$$ /proc/$$ 2>/dev/null; exec \"$@\"", "vzproc"));
        line.addAll(command);
        return line;
    }

    private String[] list() throws IOException {
        String @Nullable [] names = PROC.resolve(KERNELS).toFile().list();
        if (names == null) {
            throw new IOException("Unable to list " + PROC.resolve(KERNELS));
        }
        return names;
    }

    /** Makes the processes that are in the view, by their ids, those that there are now. Of the thread that is in it. */
    public void follow() throws IOException {
        Set<String> now = new TreeSet<>();
        for (String name : list()) {
            if (CtId.isNumber(name)) {
                now.add(name);
            }
        }
        for (String gone : processes) {
            if (!now.contains(gone)) {
                Files.deleteIfExists(PROC.resolve(gone));
            }
        }
        for (String pid : now) {
            if (!processes.contains(pid)) {
                link(pid, pid);
            }
        }
        processes.clear();
        processes.addAll(now);
    }

    private static void link(String name, String target) throws IOException {
        try {
            Files.createSymbolicLink(PROC.resolve(name), Path.of(KERNELS, target));
        } catch (FileAlreadyExistsException itself) {
            // A command's own process.
            return;
        }
    }
}
