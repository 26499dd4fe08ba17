package org.jvz.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jvz.runtime.linux.CloneFlag;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;

/** A host made of a network namespace, which lives as long as this object's descriptor of it. */
public final class NetHost implements AutoCloseable {
    private static final Linux LINUX = new JffiLinux();
    private static final Path OWN = Path.of("/proc/thread-self/ns/net");

    private final Fd namespace;

    private NetHost(Fd namespace) {
        this.namespace = namespace;
    }

    /** A new one: nothing in it but a loopback device, which is down. */
    public static NetHost create() throws Exception {
        return new NetHost(onThread(() -> {
            LINUX.unshare(EnumSet.of(CloneFlag.NEWNET));
            return LINUX.open(OWN);
        }));
    }

    /** The calling thread's own. */
    public static NetHost here() throws IOException {
        return new NetHost(LINUX.open(OWN));
    }

    /** The namespace. */
    public Fd namespace() {
        return namespace;
    }

    /** Does {@code work} on a thread inside. */
    public <T> T inside(Callable<T> work) throws Exception {
        return onThread(() -> {
            LINUX.setNamespace(namespace, EnumSet.of(CloneFlag.NEWNET));
            return work.call();
        });
    }

    private static <T> T onThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task, "net host").start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Runs a command inside, given as words separated by blanks, and returns what it prints; fails if it fails. */
    public String run(String command) throws Exception {
        Result result = attempt(command);
        if (result.status != 0) {
            throw new AssertionError(command + ": status " + result.status + "\n" + result.output);
        }
        return result.output;
    }

    /** Makes a bridge that is up and has an address, given with its prefix. */
    public void addBridge(String name, String address) throws Exception {
        run("ip link add " + name + " type bridge");
        run("ip addr add " + address + " dev " + name);
        run("ip link set " + name + " up");
    }

    /** Starts a process inside that does nothing until it is ended, as it is with this JVM at the latest. */
    public Process resident() throws Exception {
        Process process = new ProcessBuilder(words("cat")).start();
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        if (process.getInputStream().read() != '\n') {
            throw new AssertionError("no process inside " + namespace);
        }
        return process;
    }

    private List<String> words(String command) {
        List<String> words =
                new ArrayList<>(List.of("nsenter", "--net=/proc/" + LINUX.pid() + "/fd/" + namespace.number(), "--"));
        words.addAll(List.of(command.split(" ")));
        return words;
    }

    /** Runs a command inside. */
    public Result attempt(String command) throws Exception {
        Process process = new ProcessBuilder(words(command))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** How a command ended and what it printed. */
    public record Result(int status, String output) {}

    @Override
    public void close() {
        namespace.close();
    }
}
