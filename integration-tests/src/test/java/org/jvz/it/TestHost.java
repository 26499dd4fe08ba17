package org.jvz.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A host of its own below a directory: jvz as {@code ./install --destdir} puts it there, and the templates that tests need. {@code ./verify}
 * names one with the system property {@code ve.host}; otherwise the first test makes one in {@code integration-tests/target/host}.
 */
public final class TestHost {
    /** Ids that the tests use; nobody else's, and as long as ids in use, so that columns line up. */
    private static final AtomicInteger NEXT_ID = new AtomicInteger(910_001);

    private final Path dir;

    private TestHost(Path dir) {
        this.dir = dir;
    }

    private static final class Holder {
        static final TestHost INSTANCE = make();
    }

    /** The one host of this run. */
    public static TestHost get() {
        return Holder.INSTANCE;
    }

    /** The source tree. */
    static Path top() {
        return Path.of(System.getProperty("basedir", "integration-tests"))
                .toAbsolutePath()
                .normalize()
                .resolve("..")
                .normalize();
    }

    /** Why there can be no test host here, or an empty string. */
    static String obstacle() throws IOException {
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            return "needs root";
        }
        boolean ready = !System.getProperty("ve.host", "").isEmpty();
        return ready || Files.exists(top().resolve("cli/target/classpath")) ? "" : "cli is not built";
    }

    private static TestHost make() {
        try {
            String ready = System.getProperty("ve.host", "");
            TestHost host;
            if (ready.isEmpty()) {
                host = new TestHost(top().resolve("integration-tests/target/host"));
                host.tool(top().resolve("install").toString(), "--destdir", host.dir.toString());
                if (!host.hasTemplate("tiny")) {
                    host.vztmpl("build", "tiny").run().exits(0);
                }
            } else {
                host = new TestHost(Path.of(ready));
            }
            Runtime.getRuntime().addShutdownHook(new Thread(host::removeCgroups));
            host.liveOnce();
            return host;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the first VE of a host makes and later ones find, such as directories and cached filters, is no leftover of a test. */
    private void liveOnce() throws IOException, InterruptedException {
        int id = newId();
        vzctl("create", id, "--ostemplate", "tiny").run().exits(0);
        vzctl("start", id).run().exits(0);
        vzctl("exec", id, "true").run().exits(0);
        vzproc("refresh").run().exits(0);
        vzctl("stop", id, "--fast").run().exits(0);
        vzctl("destroy", id).run().exits(0);
        Files.delete(path("etc/vz/conf", id + ".conf.destroyed"));
        // The same of the first VE with an address, which cannot be made here: it would change this machine's network.
        Files.createDirectories(path("var/lib/vzctl/veip"));
        // The same of the first VE that reboots.
        Files.createDirectories(path("var/lib/vzctl/vzreboot"));
        Path lock = Files.createDirectories(path("var/lib/jvz/net")).resolve("lock");
        if (!Files.exists(lock)) {
            Files.createFile(lock);
        }
    }

    /** Those above all VEs, which jvz keeps for the next one. One that is not empty stays: a test has left a VE there. */
    private void removeCgroups() {
        try {
            for (Path hierarchy : HostSnapshot.hierarchies()) {
                Files.deleteIfExists(hierarchy.resolve(cgroupName()));
            }
        } catch (IOException e) {
            System.err.println("TestHost: " + e);
        }
    }

    private void tool(String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("jvz-it", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException(List.of(command) + " failed:\n" + Files.readString(log));
        }
        Files.delete(log);
    }

    /** The directory that stands for {@code /}. */
    public Path dir() {
        return dir;
    }

    /** A path of this host: {@code path("vz", "private")}. */
    public Path path(String first, String... more) {
        return dir.resolve(Path.of(first, more));
    }

    /** The name that this host's cgroups lie below, in each hierarchy; see {@code ve.VeHost}. */
    public String cgroupName() {
        return "vz-" + Integer.toHexString(dir.toString().hashCode());
    }

    /** An id that no other test of this run gets. */
    public int newId() {
        return NEXT_ID.getAndIncrement();
    }

    public VzctlProcess vzctl(Object... arguments) {
        return command("vzctl", arguments);
    }

    public VzctlProcess vzlist(Object... arguments) {
        return command("vzlist", arguments);
    }

    public VzctlProcess vzubc(Object... arguments) {
        return command("vzubc", arguments);
    }

    public VzctlProcess vzproc(Object... arguments) {
        return command("vzproc", arguments);
    }

    public VzctlProcess vztmpl(Object... arguments) {
        return command("vztmpl", arguments);
    }

    /** Whether a template is there, unpacked or not. */
    public boolean hasTemplate(String name) throws IOException, InterruptedException {
        Outcome list = vztmpl("list").run().exits(0);
        return list.stdout().lines().anyMatch(line -> line.equals(name) || line.startsWith(name + " "));
    }

    /** Another command of the installation. */
    public VzctlProcess command(String name, Object... arguments) {
        List<String> words = new java.util.ArrayList<>();
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        return new VzctlProcess(dir.resolve("usr/local/sbin").resolve(name), words);
    }
}
