package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether a person reads what is written. Programs get the words of the contract and nothing else; people get hints and
 * colours besides.
 */
final class Terminal {
    /** Nobody reads. */
    static final Terminal NONE = new Terminal(Map.of(), "/dev/null", "/dev/null");

    private static final String STDOUT = "/proc/self/fd/1";
    private static final String STDERR = "/proc/self/fd/2";

    private final Map<String, String> env;
    private final String out;
    private final String err;

    private Terminal(Map<String, String> env, String out, String err) {
        this.env = env;
        this.out = out;
        this.err = err;
    }

    /** That of this process; looked for only when it is asked for. */
    static Terminal ofProcess(Map<String, String> env) {
        return new Terminal(env, STDOUT, STDERR);
    }

    /** One whose streams are these files, for tests. */
    static Terminal of(Map<String, String> env, Path out, Path err) {
        return new Terminal(env, out.toString(), err.toString());
    }

    /** Whether standard output goes to a terminal. */
    boolean readsAnswers() {
        return isTerminal(out);
    }

    /** Whether standard error goes to a terminal. */
    boolean readsErrors() {
        return isTerminal(err);
    }

    /** Whether to colour standard output: it goes to a terminal that knows colours, and NO_COLOR is not set (no-color.org). */
    boolean showsColours() {
        String no = env.getOrDefault("NO_COLOR", "");
        String type = env.getOrDefault("TERM", "dumb");
        return no.isEmpty() && !type.isEmpty() && !type.equals("dumb") && isTerminal(out);
    }

    /** As isatty(3), without native code: where the link of a descriptor leads is where a terminal's device is. */
    private static boolean isTerminal(String link) {
        try {
            String target = Files.readSymbolicLink(Path.of(link)).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.startsWith("/dev/hvc")
                    || target.equals("/dev/console");
        } catch (IOException | RuntimeException noLink) {
            return false;
        }
    }
}
