package org.jvz.cli;

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
        List<VeRow> rows = new ArrayList<>(ids.size());
        for (CtId id : ids) {
            VeRow row = row(id, running.contains(id));
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

    /** The row of a VE, or null if it is to be hidden: neither running nor with anything to run. */
    private @Nullable VeRow row(CtId id, boolean runs) throws IOException {
        VeConf veConf = read(id);
        if (runs) {
            return new VeRow(id, veConf, VeRow.State.RUNNING, probe.live(id));
        }
        String area = VeRow.privateArea(veConf);
        if (area == null || !Files.exists(Path.of(area))) {
            return null;
        }
        return new VeRow(id, veConf, restingState(id, veConf), null);
    }

    private VeRow.State restingState(CtId id, VeConf veConf) throws IOException {
        try {
            Path root = veConf.root();
            if (root != null && probe.mounted(root)) {
                return VeRow.State.MOUNTED;
            }
            Path dumps = veConf.dumpDir();
            if (dumps != null && Files.exists(dumps.resolve("Dump." + id))) {
                return VeRow.State.SUSPENDED;
            }
        } catch (BadConfException badPath) {
            warnings.add("Warning: " + badPath.getMessage());
        }
        return VeRow.State.STOPPED;
    }

    private VeConf read(CtId id) {
        try {
            return VeConf.read(conf, id);
        } catch (IOException unreadable) {
            if (Files.exists(paths.conf(id))) {
                warnings.add("Warning: " + Failures.message(unreadable));
            }
            return VeConf.empty(conf, id);
        }
    }
}
