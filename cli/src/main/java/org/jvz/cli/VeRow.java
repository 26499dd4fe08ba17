package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Beancounter;
import org.jvz.runtime.cgroup.Pressure;
import org.jvz.runtime.config.BarrierLimit;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.ve.Bounds;
import org.jvz.runtime.ve.DiskUse;

/** One VE as vzlist sees it. Most of it is read from its configuration when a column asks for it. */
final class VeRow {
    private final CtId id;
    private final VeConf conf;
    private final VeRow.State state;
    /** Null for a VE that does not run. */
    private final @Nullable Live live;

    private boolean diskAsked;
    private @Nullable DiskUse diskUse;

    /** vzlist's words for a state, in the order in which they are sorted. */
    enum State {
        RUNNING("running"),
        MOUNTED("mounted"),
        STOPPED("stopped"),
        SUSPENDED("suspended");

        private final String word;

        State(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** What only a running VE can tell. */
    interface Live {
        /** Seconds since the VE's init started, or -1. */
        double uptimeSeconds();

        /** Whether it stands still for a checkpoint. */
        boolean frozen();

        /** What it holds of a resource, or -1 if that cannot be told. */
        long held(Beancounter counter);

        /** The most that it held, or -1. */
        long maxHeld(Beancounter counter);

        /** How often it was refused more, or -1. */
        long failures(Beancounter counter);

        /** Barrier and limit in force. */
        BarrierLimit bounds(Beancounter counter, VeConf conf);

        /** The addresses it has, separated by blanks; null if it never had one. */
        @Nullable
        String addresses();

        /** How much it waits for a resource, or null if that cannot be told. */
        @Nullable
        Pressure pressure(Pressure.Of resource);
    }

    VeRow(CtId id, VeConf conf, State state, @Nullable Live live) {
        this.id = id;
        this.conf = conf;
        this.state = state;
        this.live = live;
    }

    CtId id() {
        return id;
    }

    State state() {
        return state;
    }

    boolean running() {
        return state == State.RUNNING;
    }

    /** Whether it runs, but stands still for a checkpoint. */
    boolean frozen() {
        return live != null && live.frozen();
    }

    /** Seconds since the VE's init started, or -1. */
    double uptimeSeconds() {
        return live == null ? -1 : live.uptimeSeconds();
    }

    /** How much the VE waits for a resource, or null if it does not run, or the host does not tell. */
    @Nullable
    Pressure pressure(Pressure.Of resource) {
        return live == null ? null : live.pressure(resource);
    }

    /**
     * A number of a beancounter.
     *
     * @param index see {@link Field#index}
     * @return -1 if it cannot be told; barrier and limit of a VE that does not run are what is configured, or 0
     */
    long ubc(Beancounter counter, int index) {
        if (index == Field.BARRIER || index == Field.LIMIT) {
            BarrierLimit bounds = live == null ? Bounds.configured(conf, counter) : live.bounds(counter, conf);
            return bounds == null ? 0 : index == Field.BARRIER ? bounds.barrier() : bounds.limit();
        }
        if (live == null) {
            return -1;
        }
        return switch (index) {
            case Field.HELD -> live.held(counter);
            case Field.MAX_HELD -> live.maxHeld(counter);
            default -> live.failures(counter);
        };
    }

    /** Whether the VE has an end to its memory. */
    boolean vswap() {
        BarrierLimit memory = Bounds.configured(conf, Beancounter.PHYSPAGES);
        return memory != null && !memory.isUnlimited();
    }

    /** What it has on disk, running or not; null if its file system does not count it. Asked for once. */
    @Nullable
    DiskUse diskUse() {
        if (!diskAsked) {
            diskAsked = true;
            diskUse = DiskUse.of(conf);
        }
        return diskUse;
    }

    /** The value of a key, or null where it is unset or empty. */
    @Nullable
    String text(String key) {
        return conf.text(key);
    }

    /**
     * The addresses of the VE: those of its configuration, as written there, unless it has others now, from a change that was not saved.
     */
    @Nullable
    String addresses() {
        String configured = conf.text("IP_ADDRESS");
        String own = live == null ? null : live.addresses();
        if (own == null) {
            return configured;
        }
        Set<String> plain = new HashSet<>();
        for (String each : FieldText.words(configured)) {
            plain.add(each.replaceFirst("/.*", ""));
        }
        List<String> now = FieldText.words(own);
        return plain.size() == now.size() && plain.containsAll(now) ? configured : own;
    }

    /** A path with the id filled in, or null. */
    @Nullable
    String root() {
        try {
            Path root = conf.root();
            return root == null ? null : root.toString();
        } catch (IOException bad) {
            return null;
        }
    }

    /** A path with the id filled in, or null. */
    @Nullable
    String privateArea() {
        return privateArea(conf);
    }

    static @Nullable String privateArea(VeConf conf) {
        try {
            Path area = conf.privateArea();
            return area == null ? null : area.toString();
        } catch (IOException bad) {
            return null;
        }
    }

    /** The VE's name, if the link of that name leads to this VE. */
    @Nullable
    String name() {
        String name = conf.text("NAME");
        if (name == null || !Names.isValid(name)) {
            return null;
        }
        try {
            Path target =
                    Files.readSymbolicLink(conf.global().paths().namesDir().resolve(name));
            return target.endsWith(id + ".conf") ? name : null;
        } catch (IOException | RuntimeException noLink) {
            return null;
        }
    }

    /**
     * The layout in vzctl's words, of which other programs know {@code ploop}, an image, and {@code simfs}, a directory of the host: an
     * overlay is one.
     */
    String layout() {
        return ownLayout().equals("overlay") ? "simfs" : ownLayout();
    }

    /** Layout of the private area; what an old configuration does not say is seen in the private area. */
    String ownLayout() {
        String layout = conf.file().get("VE_LAYOUT");
        if (layout != null && !layout.isEmpty()) {
            int colon = layout.indexOf(':');
            return colon < 0 ? layout : layout.substring(0, colon);
        }
        String area = privateArea();
        return area != null && Files.isDirectory(Path.of(area, "upper")) ? "overlay" : "simfs";
    }
}
