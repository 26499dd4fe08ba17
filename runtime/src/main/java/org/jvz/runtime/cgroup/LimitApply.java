package org.jvz.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CpuList;
import org.jvz.runtime.linux.Errno;

/** Writes a plan, all of it or nothing. */
final class LimitApply {
    private final InterfaceFiles files;

    LimitApply(InterfaceFiles files) {
        this.files = files;
    }

    /** The writes that change something, in the order in which the kernel takes them, and what they replace. */
    private record Change(List<LimitWrite> writes, List<LimitWrite> olds) {}

    private Change change(List<LimitWrite> plan) throws IOException {
        List<LimitWrite> writes = new ArrayList<>();
        List<LimitWrite> olds = new ArrayList<>();
        for (LimitWrite write : plan) {
            LimitWrite old = current(write);
            if (!write.isSo(old.value())) {
                writes.add(write);
                olds.add(old);
            }
        }
        swapFirstIfItMakesRoom(writes, olds);
        return new Change(writes, olds);
    }

    /** What applying the plan would replace. */
    AppliedLimits before(List<LimitWrite> plan) throws IOException {
        List<AppliedLimits.Value> before = new ArrayList<>();
        for (LimitWrite old : change(plan).olds()) {
            before.add(0, valueOf(old));
        }
        return new AppliedLimits(before);
    }

    AppliedLimits apply(List<LimitWrite> plan) throws IOException {
        Change change = change(plan);
        List<AppliedLimits.Value> before = new ArrayList<>();
        for (int i = 0; i < change.writes().size(); i++) {
            LimitWrite write = change.writes().get(i);
            try {
                write(write);
                before.add(0, valueOf(change.olds().get(i)));
                shareGuarantee(write.file());
            } catch (IOException e) {
                LimitException refused = new LimitException(write.key(), hint(write, e), e);
                try {
                    putBack(before);
                } catch (IOException stays) {
                    refused.addSuppressed(stays);
                }
                throw refused;
            }
        }
        return new AppliedLimits(before);
    }

    /** Writes all, in their order: a new cgroup has no limit that one of them could run into. */
    void applyToNew(List<LimitWrite> writes) throws IOException {
        for (LimitWrite write : writes) {
            try {
                write(write);
                shareGuarantee(write.file());
            } catch (IOException e) {
                throw new LimitException(write.key(), hint(write, e), e);
            }
        }
    }

    private static AppliedLimits.Value valueOf(LimitWrite write) {
        return new AppliedLimits.Value(write.file(), write.text());
    }

    private LimitWrite current(LimitWrite write) throws IOException {
        @Nullable String content = files.read(write.file());
        if (content == null) {
            throw new LimitException(write.key(), "there is no file " + write.file());
        }
        return write.current(content);
    }

    /**
     * On v1 RAM with swap may never be less than RAM, not for a moment. So RAM goes first if the new one fits into the old
     * sum, else the sum goes first; the new sum has room for both the old and the new RAM then.
     */
    private static void swapFirstIfItMakesRoom(List<LimitWrite> writes, List<LimitWrite> olds) {
        int ram = indexOf(writes, Knob.RAM);
        int sum = indexOf(writes, Knob.SWAP);
        if (ram < 0 || sum < 0 || writes.get(sum).file().endsWith("memory.swap.max")) {
            return;
        }
        if (bytes(writes.get(ram)) > bytes(olds.get(sum))) {
            Collections.swap(writes, ram, sum);
            Collections.swap(olds, ram, sum);
        }
    }

    private static int indexOf(List<LimitWrite> writes, Knob knob) {
        for (int i = 0; i < writes.size(); i++) {
            if (writes.get(i).knob() == knob) {
                return i;
            }
        }
        return -1;
    }

    private static long bytes(LimitWrite write) {
        return write.value().equals("-1") || write.value().equals("max")
                ? LimitValues.NONE
                : Long.parseLong(write.value());
    }

    private void write(LimitWrite write) throws IOException {
        if (write.knob() == Knob.RAM && write.file().endsWith("memory.max")) {
            takeBack(write);
        } else if (write.choose() > 0) {
            chooseCpus(write);
        } else {
            files.write(write.file(), write.text());
        }
    }

    /**
     * Writes memory.max. A write below what is in use makes the kernel kill (cgroup-v2.rst), whereas memory.high makes it
     * take pages back and no more: so that goes first, and memory.max only if it was enough.
     */
    private void takeBack(LimitWrite write) throws IOException {
        Path used = write.file().resolveSibling("memory.current");
        Path high = write.file().resolveSibling("memory.high");
        long wanted = bytes(write);
        if (usage(used) <= wanted) {
            files.write(write.file(), write.text());
            return;
        }
        @Nullable String before = files.read(high);
        try {
            files.write(high, write.text());
            long left = usage(used);
            if (left > wanted) {
                throw new IOException("write '" + write.text() + "' to " + write.file() + ": " + Errno.EBUSY + " ("
                        + left + " bytes are in use and cannot be taken back)");
            }
            files.write(write.file(), write.text());
        } finally {
            files.write(high, before == null ? "max" : before);
        }
    }

    /** Two VEs that choose at once would choose the same CPUs, so they do it one after the other. */
    private void chooseCpus(LimitWrite write) throws IOException {
        Path dir = parentOf(write.file());
        Path name = Objects.requireNonNull(write.file().getFileName());
        InterfaceFiles.Lock lock = files.lock(parentOf(dir));
        try {
            List<BitSet> others = new ArrayList<>();
            for (Path ve : files.children(parentOf(dir))) {
                if (!ve.equals(dir)) {
                    others.add(cpus(ve.resolve(name)));
                }
            }
            BitSet chosen =
                    CpuChoice.choose(CpuList.parseKernel(write.value()), write.choose(), cpus(write.file()), others);
            files.write(write.file(), new CpuList(CpuList.Kind.LIST, chosen).toString());
        } finally {
            lock.close();
        }
    }

    private BitSet cpus(Path file) throws IOException {
        @Nullable String text = files.read(file);
        return text == null ? new BitSet() : CpuList.parseKernel(text);
    }

    private static Path parentOf(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    private long usage(Path file) throws IOException {
        @Nullable String text = files.read(file);
        return text == null ? 0 : Long.parseLong(text);
    }

    private static String hint(LimitWrite write, IOException e) {
        boolean memory = write.knob() == Knob.RAM || write.knob() == Knob.SWAP;
        return memory && AppliedLimits.isInUse(e) ? ": more is in use and cannot be taken back" : "";
    }

    void putBack(List<AppliedLimits.Value> before) throws IOException {
        IOException failure = null;
        for (AppliedLimits.Value old : before) {
            try {
                files.write(old.file(), old.text());
                shareGuarantee(old.file());
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void shareGuarantee(Path file) throws IOException {
        if (file.endsWith("memory.low") || file.endsWith("memory.min")) {
            @Nullable Path dir = file.getParent();
            @Nullable Path parent = dir == null ? null : dir.getParent();
            if (parent != null) {
                new GuaranteeOfAll(files, parent).settle(String.valueOf(file.getFileName()));
            }
        }
    }
}
