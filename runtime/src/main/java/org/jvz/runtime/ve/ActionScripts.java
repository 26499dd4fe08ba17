package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;

/**
 * The administrator's scripts beside the configuration files: {@code vps.STAGE} for every VE and {@code CTID.STAGE} for
 * one. Those run here are the host's; {@code start} and {@code stop} run inside the VE ({@link InsideScript}).
 */
final class ActionScripts {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final HostPaths paths;
    private final CtId id;

    ActionScripts(HostPaths paths, CtId id) {
        this.paths = paths;
        this.id = id;
    }

    /** Runs the stage for all VEs and then for this one: the order on the way up. */
    void runGlobalFirst(String stage) throws IOException {
        run(stage, paths.confDir().resolve("vps." + stage));
        run(stage, paths.confSibling(id, stage));
    }

    /** Runs the stage for this VE and then for all: the order on the way down. */
    void runGlobalLast(String stage) throws IOException {
        run(stage, paths.confSibling(id, stage));
        run(stage, paths.confDir().resolve("vps." + stage));
    }

    /** The same where a failing script changes nothing: each is run, whatever becomes of the others. */
    void tryGlobalLast(String stage) throws IOException {
        for (Path script :
                new Path[] {paths.confSibling(id, stage), paths.confDir().resolve("vps." + stage)}) {
            try {
                run(stage, script);
            } catch (VeException failed) {
                // It has said so itself, on the caller's streams.
            }
        }
    }

    /** Runs only the script for all VEs. */
    void runGlobal(String stage) throws IOException {
        run(stage, paths.confDir().resolve("vps." + stage));
    }

    /** Whether there is a script to run: an absent or not executable file is none. */
    static boolean isScript(Path file) {
        return Files.isExecutable(file) && !Files.isDirectory(file);
    }

    /**
     * Runs one script with the caller's streams and the environment the contract gives it.
     *
     * @throws VeException with {@link VzError#ACTION_SCRIPT} if it does not end with 0
     */
    private void run(String stage, Path script) throws IOException {
        if (!isScript(script)) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(script.toString())).inheritIO();
        builder.environment().clear();
        builder.environment().put("VEID", id.toString());
        builder.environment().put("VE_CONFFILE", paths.conf(id).toString());
        builder.environment().put("HOME", "/");
        builder.environment().put("TERM", "linux");
        builder.environment().put("PATH", PATH);
        int status;
        Process process = builder.start();
        try {
            status = process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while " + script + " ran");
        }
        if (status != 0) {
            throw new VeException(
                    VzError.ACTION_SCRIPT,
                    VeEvent.of(VeEvent.Kind.ACTION_SCRIPT_FAILED, stage, script.toString()),
                    new IOException(script + " ended with status " + status));
        }
    }
}
