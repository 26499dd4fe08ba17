package org.jvz.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import org.jvz.runtime.config.ConfFile;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;

/** What the small tools have in common: whatever fails, they say it and end with status 1, and nobody sees a stack trace. */
final class Tool {
    private static final int FAILED = 1;

    private Tool() {}

    /** What a tool does; it returns the exit status. */
    @FunctionalInterface
    interface Body {
        int run() throws UsageException, IOException;
    }

    /**
     * Runs a tool.
     *
     * @param prefix before the line that says what failed, with a blank behind it; empty for none
     */
    static int run(PrintStream err, String prefix, Body body) {
        try {
            return body.run();
        } catch (UsageException e) {
            err.println(e.text());
            return e.exitStatus();
        } catch (IOException | RuntimeException | LinkageError e) {
            err.print(prefix);
            Failures.tell(e, err);
            return FAILED;
        }
    }

    /** vz.conf, or its defaults where there is none. */
    static VzConf conf(HostPaths paths) throws IOException {
        return Files.exists(paths.vzConf()) ? VzConf.read(paths) : VzConf.of(paths, ConfFile.empty(paths.vzConf()));
    }
}
