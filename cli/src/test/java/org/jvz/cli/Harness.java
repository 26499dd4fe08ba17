package org.jvz.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.ve.StatusVe;
import org.jvz.runtime.ve.VeHost;

/** A host below a directory of its own, and commands run on it within this process. */
final class Harness {
    final Path root;
    final HostPaths paths;
    final FakeOperations ve = new FakeOperations();

    /** What a command said and returned. */
    record Result(int status, String out, String err) {}

    Harness(Path root) throws IOException {
        this.root = root;
        this.paths = HostPaths.under(root);
        Files.createDirectories(paths.confDir());
        Files.createDirectories(paths.namesDir());
        vzConf("");
    }

    /** Writes vz.conf with these lines on top of what every test needs. */
    void vzConf(String lines) throws IOException {
        Files.writeString(paths.vzConf(), lines + "LOGGING=\"no\"\nVZDIR=\"" + root + "/vz\"\n");
    }

    /** Writes CTID.conf. */
    Path conf(int id, String lines) throws IOException {
        return Files.writeString(paths.confDir().resolve(id + ".conf"), lines);
    }

    /** Makes a link of a name. */
    void name(String name, int id) throws IOException {
        Files.createSymbolicLink(paths.namesDir().resolve(name), Path.of("../conf/" + id + ".conf"));
    }

    void state(int id, boolean exists, boolean mounted, boolean running, boolean suspended) {
        ve.states.put(id, new StatusVe.Status(exists, mounted, running, suspended));
    }

    /** Makes a VE run, as far as its state tells: this very process is its init. */
    void runs(int id) throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String start = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
        Path file = paths.state(new CtId(id));
        Files.createDirectories(paths.runDir());
        Files.writeString(
                file,
                "{\"initPid\":" + ProcessHandle.current().pid() + ",\"initStart\":" + start
                        + ",\"idBase\":100000,\"root\":\"" + root + "/vz/root/" + id + "\"}");
        state(id, true, true, true, false);
    }

    /** Runs vzctl. */
    Result vzctl(String... args) {
        return capture((out, err) -> Vzctl.run(args, env(), out, err, (conf, skipLock, output) -> {
            ve.host = new VeHost(conf, null, skipLock);
            ve.skipLock = skipLock;
            return ve;
        }));
    }

    Map<String, String> env() {
        return Map.of(HostPaths.PREFIX_VARIABLE, root.toString());
    }

    /** A command's main function. */
    interface Body {
        int run(PrintStream out, PrintStream err);
    }

    static Result capture(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = body.run(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
