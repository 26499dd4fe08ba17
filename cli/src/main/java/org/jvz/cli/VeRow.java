package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.Names;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.ve.DiskUse;

/** One VE as vzlist sees it. Most of it is read from its configuration when a column asks for it. */
final class VeRow {
    private final CtId id;
    private final VeConf conf;
    private final VeRow.State state;
    private final Live live;

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

    /** What only a running VE can tell. Asked for at most once per column. */
    interface Live {
        /** Seconds since the VE's init started, or -1. */
        double uptimeSeconds();

        /** Processes and threads in the VE, or -1 if that cannot be told. */
        long processes();

        /** A VE that does not run. */
        Live NONE = new Live() {
            @Override
            public double uptimeSeconds() {
                return -1;
            }

            @Override
            public long processes() {
                return -1;
            }
        };
    }

    VeRow(CtId id, VeConf conf, State state, Live live) {
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

    Live live() {
        return live;
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

    /** Layout of the private area; what an old configuration does not say is seen in the private area. */
    String layout() {
        String layout = conf.file().get("VE_LAYOUT");
        if (layout != null && !layout.isEmpty()) {
            int colon = layout.indexOf(':');
            return colon < 0 ? layout : layout.substring(0, colon);
        }
        String area = privateArea();
        return area != null && Files.isDirectory(Path.of(area, "upper")) ? "overlay" : "simfs";
    }
}
