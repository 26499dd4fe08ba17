package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.util.List;
import org.jvz.runtime.linux.Linux;

/** What a plan changed, and what was there before. */
public final class AppliedLimits {
    private final List<LimitWrite> before;

    /** @param before in the order in which it is to be put back */
    AppliedLimits(List<LimitWrite> before) {
        this.before = List.copyOf(before);
    }

    /** Whether the plan changed anything. */
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

    void revert(InterfaceFiles files) throws IOException {
        new LimitApply(files).putBack(before);
    }
}
