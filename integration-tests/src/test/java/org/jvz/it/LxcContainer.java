package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A container of LXC's with the root file system of one of our templates, to measure against. Privileged and without a network. */
final class LxcContainer {
    private static final String NAME = "jvz-bench";

    private final Path dir;

    private LxcContainer(Path dir) {
        this.dir = dir;
    }

    /** An overlay as ours: {@code root} stays as it is, changes go below {@code dir}. */
    static LxcContainer over(Path root, Path dir) throws IOException {
        Files.createDirectories(dir.resolve(NAME));
        Path upper = Files.createDirectory(dir.resolve("upper"));
        Files.write(
                dir.resolve("config"),
                List.of(
                        "lxc.uts.name = " + NAME,
                        "lxc.rootfs.path = overlay:" + root + ":" + upper,
                        "lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed",
                        "lxc.net.0.type = empty",
                        "lxc.init.cmd = /sbin/init",
                        "lxc.signal.halt = SIGRTMIN+3"));
        return new LxcContainer(dir);
    }

    void start() throws IOException, InterruptedException {
        lxc("lxc-start", "-f", dir.resolve("config").toString(), "-d");
    }

    String init() throws IOException, InterruptedException {
        return lxc("lxc-info", "-pH").stdout().strip();
    }

    void stop() throws IOException, InterruptedException {
        lxc("lxc-stop");
    }

    private Outcome lxc(String command, String... arguments) throws IOException, InterruptedException {
        List<String> words = new java.util.ArrayList<>(List.of("-P", dir.toString(), "-n", NAME));
        words.addAll(List.of(arguments));
        return new VzctlProcess(Path.of("/usr/bin", command), words).run().exits(0);
    }
}
