package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.OpenFlag;

/**
 * Gives running VEs a living lxcfs again after the one they had has died: its files stay dead for who sees them (ENOTCONN),
 * whatever takes its place on the host. Done by whoever meets a new lxcfs first: a start of any VE, or the program that
 * lxcfs's unit runs. Takes no VE's lock: a VE that ends meanwhile is passed over.
 */
public final class RefreshViews {
    private final VeHost host;

    /** Refreshes what VEs of this host see. */
    public RefreshViews(VeHost host) {
        this.host = host;
    }

    /**
     * Starts lxcfs if it does not run, and shows its files to every VE that does not see them.
     *
     * @return how many VEs were in need of it
     */
    public int run(VeEvents events) throws IOException {
        Path stamp = stamp();
        Files.createDirectories(host.paths().runDir());
        try (Fd lock = host.linux().openAt(Fd.CWD, stamp.toString(), Set.of(OpenFlag.RDWR, OpenFlag.CREAT), 0600)) {
            host.linux().lock(lock, true, true);
            return refresh(stamp, events);
        }
    }

    /** The same if {@code instance} is not the lxcfs that all running VEs were given last. */
    void afterRestart(String instance, VeEvents events) throws IOException {
        if (!instance.equals(known(stamp()))) {
            run(events);
        }
    }

    /** Names the lxcfs that running VEs see. */
    private Path stamp() {
        return host.paths().runDir().resolve("lxcfs");
    }

    private static String known(Path stamp) throws IOException {
        try {
            return Files.readString(stamp, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException none) {
            return "";
        }
    }

    private int refresh(Path stamp, VeEvents events) throws IOException {
        String instance;
        try (VeView any = VeView.begin(host)) {
            instance = any.connect();
        }
        int refreshed = 0;
        boolean all = true;
        for (CtId id : LiveVes.look(host).ids()) {
            try {
                refreshed += refresh(id, instance) ? 1 : 0;
            } catch (IOException | VeException e) {
                all = false;
                events.event(
                        VeEvent.Kind.WARNING, "Unable to show container " + id + " its own size: " + e.getMessage());
            }
        }
        if (all) {
            Files.writeString(stamp, instance, StandardCharsets.US_ASCII);
        }
        return refreshed;
    }

    private boolean refresh(CtId id, String instance) throws IOException {
        try (RunningVe ve = RunningVe.open(host, id)) {
            if (ve == null || instance.equals(ShownFiles.instance(ve))) {
                return false;
            }
            try (VeView view = VeView.begin(host)) {
                Path stage = host.paths().runDir().resolve("stage/view");
                view.finish(Ve.load(host.conf(), id).conf(), host.cgroup(id), stage);
                ShownFiles.attach(host, ve, view.trees());
            }
            return true;
        }
    }
}
