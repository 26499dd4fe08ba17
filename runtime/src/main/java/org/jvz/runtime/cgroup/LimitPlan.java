package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jvz.runtime.linux.Linux;

/**
 * The values of a VE's interface files, made by {@link Limits#plan}. Immutable.
 *
 * <p>A plan is whole: it also names the files that get the kernel's default, so that applying it makes the cgroups what
 * the configuration says, whatever was in them. What is so already is not written.
 */
public final class LimitPlan {
    private final List<LimitWrite> writes;
    private final Set<Knob> asked;
    private final List<Unenforced> unenforced;

    /** @param asked the rows of the table that a new cgroup does not have as they are to be */
    LimitPlan(List<LimitWrite> writes, Set<Knob> asked, List<Unenforced> unenforced) {
        this.writes = List.copyOf(writes);
        this.asked = Set.copyOf(asked);
        this.unenforced = List.copyOf(unenforced);
    }

    List<LimitWrite> writes() {
        return writes;
    }

    /** What this host does not keep. Tell it in one line: {@link Unenforced#summary}. */
    public List<Unenforced> unenforced() {
        return unenforced;
    }

    /**
     * The part of the plan that depends on some keys: what a live {@code set} of them changes. Other limits that were set
     * live without {@code --save} stay so.
     *
     * @param keys names of keys of CTID.conf; those the table does not know, such as HOSTNAME, are nothing to do
     */
    public LimitPlan only(Collection<String> keys) {
        List<LimitWrite> some = new ArrayList<>();
        for (LimitWrite write : writes) {
            for (String key : write.knob().keys()) {
                if (keys.contains(key)) {
                    some.add(write);
                    break;
                }
            }
        }
        List<Unenforced> told = new ArrayList<>();
        for (Unenforced one : unenforced) {
            if (keys.contains(one.key())) {
                told.add(one);
            }
        }
        return new LimitPlan(some, asked, told);
    }

    /**
     * Writes what is not so yet: all of it or nothing. Lowering memory takes pages back from the VE first and is refused
     * (EBUSY) if there is not enough to take; no process is killed for it.
     *
     * @return what was there before, to be put back if another part of the same change fails
     * @throws LimitException naming key, file, value and errno; then the values are as they were
     */
    public AppliedLimits apply(Linux linux) throws IOException {
        return apply(new KernelFiles(linux));
    }

    /**
     * The same for cgroups that {@link VeCgroup#create} has just made and nobody has used: looks at no file and writes what is asked for.
     *
     * @throws LimitException naming key, file, value and errno; then some of the values are written and the cgroups are to be removed
     */
    public void applyToNew(Linux linux) throws IOException {
        applyToNew(new KernelFiles(linux));
    }

    void applyToNew(InterfaceFiles files) throws IOException {
        List<LimitWrite> some = new ArrayList<>();
        for (LimitWrite write : writes) {
            if (asked.contains(write.knob())) {
                some.add(write);
            }
        }
        new LimitApply(files).applyToNew(some);
    }

    /** What {@link #apply} would replace now, to be noted before it is made. */
    public AppliedLimits before(Linux linux) throws IOException {
        return new LimitApply(new KernelFiles(linux)).before(writes);
    }

    AppliedLimits apply(InterfaceFiles files) throws IOException {
        return new LimitApply(files).apply(writes);
    }

    /** The files and what is to be in them, one a line; for tests and debugging. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (LimitWrite write : writes) {
            Path name = write.file().getFileName();
            text.append(name).append(" = ").append(write.text()).append('\n');
        }
        return text.toString();
    }
}
