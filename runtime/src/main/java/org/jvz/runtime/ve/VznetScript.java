package org.jvz.runtime.ve;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;

/**
 * The administrator's program for veth devices, EXTERNAL_SCRIPT of /etc/vz/vznet.conf: {@code SCRIPT init veth DEVICE} when a device of the
 * host has been made, {@code SCRIPT down veth DEVICE} before it is deleted, with the id of the VE in VEID.
 */
public final class VznetScript {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final HostPaths paths;
    private final CtId id;

    /** @param id whose device it is */
    public VznetScript(HostPaths paths, CtId id) {
        this.paths = paths;
        this.id = id;
    }

    /** The program; null if there is none. */
    private @Nullable String script() throws IOException {
        try {
            String script = ConfFile.read(paths.etc().resolve("vznet.conf")).get("EXTERNAL_SCRIPT");
            return script == null || script.isEmpty() ? null : script;
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    /**
     * Runs the program, if there is one, with the caller's streams.
     *
     * @param action {@code init} or {@code down}
     * @throws IOException if it cannot be run or does not end with 0
     */
    public void run(String action, String device) throws IOException {
        String script = script();
        if (script == null) {
            return;
        }
        if (!Files.isExecutable(Path.of(script))) {
            throw new IOException("EXTERNAL_SCRIPT of vznet.conf is no program: " + script);
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(script, action, "veth", device)).inheritIO();
        builder.environment().clear();
        builder.environment().putAll(Map.of("VEID", id.toString(), "HOME", "/", "TERM", "linux", "PATH", PATH));
        Process process = builder.start();
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(script + " " + action + " veth " + device + " ended with status " + status);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + script + " ran");
        }
    }

    /** The same for a device that goes in any case: a failure is only told. */
    void runDown(String device, VeEvents events) throws IOException {
        try {
            run("down", device);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            events.event(VeEvent.Kind.WARNING, String.valueOf(e.getMessage()));
        }
    }
}
