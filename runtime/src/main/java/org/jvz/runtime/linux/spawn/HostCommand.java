package org.jvz.runtime.linux.spawn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;

/**
 * A program of the host, executed with exactly this environment, default signals, and no descriptor but the three.
 *
 * @param argv the first is an absolute path and is what gets executed
 * @param environment entries {@code NAME=VALUE}
 * @param directory working directory; null for the JVM's
 * @param in null for /dev/null, as are {@code out} and {@code err}
 * @param newSession whether it gets a session of its own, so that terminal signals for jvz do not reach it
 */
public record HostCommand(
        List<String> argv,
        List<String> environment,
        @Nullable String directory,
        @Nullable Fd in,
        @Nullable Fd out,
        @Nullable Fd err,
        boolean newSession) {
    public HostCommand {
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
        if (argv.isEmpty() || !argv.get(0).startsWith("/")) {
            throw new IllegalArgumentException("no absolute path: " + argv);
        }
    }

    void addTo(CallList list) {
        if (newSession) {
            list.newSession();
        }
        list.stdio(source(in), source(out), source(err));
        if (directory != null) {
            list.changeDirectory("change directory", directory);
        }
        list.exec("execute", argv.get(0), argv, environment);
    }

    private static @Nullable FdSource source(@Nullable Fd fd) {
        return fd == null ? null : FdSource.of(fd);
    }
}
