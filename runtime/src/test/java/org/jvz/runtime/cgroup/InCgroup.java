package org.jvz.runtime.cgroup;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Starts processes in cgroups, for tests. */
final class InCgroup {
    private InCgroup() {}

    /**
     * Starts {@code script} in a shell that has entered the cgroups when this returns. The shell's standard input is a pipe from the
     * test, its output the pipe to the test behind the first line.
     *
     * @throws IOException if the shell could not enter, with what it said
     */
    static Process start(List<Path> dirs, String script) throws IOException {
        StringBuilder enter = new StringBuilder("set -e; ");
        for (Path dir : dirs) {
            enter.append("/bin/echo $$ > '").append(dir).append("/cgroup.procs'; ");
        }
        Process process = new ProcessBuilder("sh", "-c", enter + "echo in; set +e; " + script)
                .redirectErrorStream(true)
                .start();
        // Byte by byte: what follows belongs to the test.
        StringBuilder line = new StringBuilder();
        for (int c; (c = process.getInputStream().read()) >= 0 && c != '\n'; ) {
            line.append((char) c);
        }
        if (!line.toString().equals("in")) {
            process.destroyForcibly();
            throw new IOException("cannot enter " + dirs + ": " + line);
        }
        return process;
    }

    static BufferedReader output(Process process) {
        return process.inputReader(StandardCharsets.UTF_8);
    }
}
