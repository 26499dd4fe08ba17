package org.jvz.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.BadConfException;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.config.VzConf;

/** Finds the VEs that vzlist is asked for. */
final class VeListing {
    private final VzConf conf;
    private final HostPaths paths;
    private final VeProbe probe;
    private final List<String> warnings = new ArrayList<>();
    private int found;

    VeListing(VzConf conf, VeProbe probe) {
        this.conf = conf;
        this.paths = conf.paths();
        this.probe = probe;
    }

    /** How many VEs there were before hidden ones and filters were taken away. */
    int found() {
        return found;
    }

    /** Configuration files that could not be read. */
    List<String> warnings() {
        return warnings;
    }

    /**
     * Lists VEs by rising id.
     *
     * @param targets only these, whatever their state; null for all
     * @param stoppedToo also those that do not run; targets imply it
     */
    List<VeRow> list(@Nullable Set<CtId> targets, boolean stoppedToo) throws IOException {
        Set<CtId> running = new HashSet<>(probe.running());
        Set<CtId> ids = new TreeSet<>(running);
        if (targets != null) {
            ids.retainAll(targets);
            for (CtId target : targets) {
                if (Files.exists(paths.conf(target))) {
                    ids.add(target);
                }
            }
        } else if (stoppedToo) {
            ids.addAll(configured());
        }
        found = ids.size();
        List<Look> looks = new ArrayList<>(ids.size());
        for (CtId id : ids) {
            looks.add(new Look(id, running.contains(id)));
        }
        TwoThreads.each(looks.size(), new Looking(looks));
        List<VeRow> rows = new ArrayList<>(looks.size());
        for (Look look : looks) {
            VeRow row = look.row();
            if (row != null) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** All VEs that have a configuration. CT 0 has one too, but is the host. */
    private List<CtId> configured() throws IOException {
        List<CtId> ids = new ArrayList<>();
        String[] names = paths.confDir().toFile().list();
        if (names == null) {
            return ids;
        }
        for (String name : names) {
            if (name.endsWith(".conf")) {
                String digits = name.substring(0, name.length() - 5);
                boolean plain = CtId.isNumber(digits) && digits.charAt(0) != '0' && digits.length() <= 10;
                if (plain && Long.parseLong(digits) <= CtId.MAX) {
                    ids.add(CtId.parse(digits));
                }
            }
        }
        return ids;
    }

    private record Looking(List<Look> looks) implements TwoThreads.Work {
        @Override
        public void on(int index) throws IOException {
            looks.get(index).run();
        }
    }

    /** What the files of one VE say; none needs another's, so that several threads may look. */
    private final class Look {
        private final CtId id;
        private final boolean runs;
        private VeRow.State state = VeRow.State.RUNNING;
        /** Its configuration; null if it is hidden. */
        private @Nullable VeConf veConf;

        private @Nullable String warning;

        Look(CtId id, boolean runs) {
            this.id = id;
            this.runs = runs;
        }

        void run() throws IOException {
            VeConf read = read();
            if (!runs) {
                String area = VeRow.privateArea(read);
                // Hidden is what neither runs nor has anything to run.
                if (area == null || !new File(area).exists()) {
                    return;
                }
                state = restingState(read);
            }
            veConf = read;
        }

        private VeConf read() {
            try {
                return VeConf.read(conf, id);
            } catch (IOException unreadable) {
                if (paths.conf(id).toFile().exists()) {
                    warn(unreadable);
                }
                return VeConf.empty(conf, id);
            }
        }

        private void warn(IOException reason) {
            String line = "Warning: " + Failures.message(reason);
            warning = warning == null ? line : warning + "\n" + line;
        }

        private VeRow.State restingState(VeConf read) throws IOException {
            try {
                Path root = read.root();
                if (root != null && probe.mounted(root)) {
                    return VeRow.State.MOUNTED;
                }
                Path dumps = read.dumpDir();
                if (dumps != null && new File(dumps.toFile(), "Dump." + id).exists()) {
                    return VeRow.State.SUSPENDED;
                }
            } catch (BadConfException badPath) {
                warn(badPath);
            }
            return VeRow.State.STOPPED;
        }

        /** The VE's row, or null if it is hidden; called when all have looked, one after the other. */
        @Nullable
        VeRow row() throws IOException {
            if (warning != null) {
                warnings.add(warning);
            }
            VeConf shown = veConf;
            return shown == null ? null : new VeRow(id, shown, state, runs ? probe.live(id) : null);
        }
    }
}
