package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jvz.runtime.linux.Errno;
import org.jvz.runtime.linux.Linux;

/** What was in the interface files of a VE before a change, so that it can be put back, by another process if need be. */
public final class AppliedLimits {
    private final List<Value> before;

    /**
     * A value of a file.
     *
     * @param text as the file takes it
     */
    record Value(Path file, String text) {}

    /** @param before in the order in which it is to be put back */
    AppliedLimits(List<Value> before) {
        this.before = List.copyOf(before);
    }

    /** The inverse of {@link #toArgs}. */
    public static AppliedLimits ofArgs(List<String> args) {
        List<Value> before = new ArrayList<>();
        for (int i = 0; i + 1 < args.size(); i += 2) {
            before.add(new Value(Path.of(args.get(i)), args.get(i + 1)));
        }
        return new AppliedLimits(before);
    }

    /** Files and values in turn, for the arguments of an undo step. */
    public List<String> toArgs() {
        List<String> args = new ArrayList<>();
        for (Value value : before) {
            args.add(value.file().toString());
            args.add(value.text());
        }
        return args;
    }

    /** Whether the plan changes anything. */
    public boolean isEmpty() {
        return before.isEmpty();
    }

    /**
     * Puts everything back, going on after a failure.
     *
     * @throws IOException the first failure, the others suppressed
     */
    public void revert(Linux linux) throws IOException {
        revert(new KernelFiles(linux));
    }

    /** Whether a limit could not be set, or put back, because the VE uses more and cannot give it back. */
    public static boolean isInUse(IOException failure) {
        return failure instanceof KernelFiles.RefusedWriteException refused
                && refused.errno().equals(Errno.EBUSY);
    }

    void revert(InterfaceFiles files) throws IOException {
        new LimitApply(files).putBack(before);
    }
}
