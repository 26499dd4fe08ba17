package org.jvz.runtime.ve;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.linux.ProjectQuota;
import org.jvz.runtime.linux.QuotaCalls.ProjectAccounting;
import org.jvz.runtime.rootfs.AreaProject;
import org.jvz.runtime.rootfs.QuotaAdvice;
import org.jvz.runtime.rootfs.RootMount;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/**
 * Switches the disk quota of one VE on or off, or counts its files anew. A start does the first and, if need be, the last.
 *
 * <p>A host that cannot keep the limits is told of, as a start tells it, and is no failure: what moves a VE to another node
 * calls these commands on the way, and the VE runs there all the same.
 */
public final class QuotaVe {
    private final VeHost host;

    /** For VEs of this host. */
    public QuotaVe(VeHost host) {
        this.host = host;
    }

    /**
     * Gives the VE the limits of its configuration.
     *
     * @throws VeException with {@link VzError#QUOTA_ON} if quota is disabled; with {@link VzError#DISKSPACE_NOT_SET} or {@link VzError#DISKINODES_NOT_SET}
     */
    public void on(CtId id, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "", events)) {
            Ve ve = checked(session, VzError.QUOTA_ON);
            requireKey(ve, "DISKSPACE", VzError.DISKSPACE_NOT_SET);
            requireKey(ve, "DISKINODES", VzError.DISKINODES_NOT_SET);
            if (isPrevented(ve, DiskQuota.obstacle(host, ve), events)) {
                return;
            }
            AreaProject project = DiskQuota.project(host, ve);
            try (Transaction transaction = session.begin()) {
                if (!project.isWhole()) {
                    requireUnmounted(session, ve, VzError.QUOTA_ON);
                    project.putAll(transaction, DiskQuota.counting(events));
                }
                project.limit(transaction, DiskLimits.of(ve.conf()));
                transaction.commit();
            } catch (IOException e) {
                throw new VeException(VzError.QUOTA_ON, "Unable to switch disk quota on", e);
            }
        }
    }

    /**
     * Takes the VE's limits away until the next start, running or not; its files are counted all the same.
     *
     * @throws VeException with {@link VzError#QUOTA_OFF}
     */
    public void off(CtId id, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "", events)) {
            Ve ve = checked(session, VzError.QUOTA_OFF);
            if (isPrevented(ve, uncounted(ve), events)) {
                return;
            }
            try (Transaction transaction = session.begin()) {
                DiskQuota.project(host, ve).limit(transaction, ProjectQuota.Limits.NONE);
                transaction.commit();
            } catch (IOException e) {
                throw new VeException(VzError.QUOTA_OFF, "Unable to switch disk quota off", e);
            }
        }
    }

    /**
     * Puts every file of the unmounted VE into its quota project, as is needed for one that was copied file by file into an
     * area that others had files in.
     *
     * @throws VeException with {@link VzError#QUOTA_INIT}
     */
    public void init(CtId id, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "", events)) {
            Ve ve = checked(session, VzError.QUOTA_INIT);
            if (isPrevented(ve, uncounted(ve), events)) {
                return;
            }
            requireUnmounted(session, ve, VzError.QUOTA_INIT);
            try {
                long moved = DiskQuota.project(host, ve)
                        .putAll(new ForwardSteps(host.observer()), DiskQuota.counting(events));
                events.event(VeEvent.Kind.DETAIL, "Disk quota initialised: " + moved + " files");
            } catch (IOException e) {
                throw new VeException(VzError.QUOTA_INIT, "Unable to initialise disk quota", e);
            }
        }
    }

    private Ve checked(VeSession session, VzError error) throws IOException {
        Ve ve = session.ve();
        if (!DiskLimits.wanted(ve.conf())) {
            throw new VeException(error, VeEvent.of(VeEvent.Kind.QUOTA_DISABLED));
        }
        ve.needPrivateArea();
        return ve;
    }

    /** Whether the host cannot do it, which is then told by {@link VeEvent.Kind#NOT_ENFORCED}. */
    private static boolean isPrevented(Ve ve, @Nullable String obstacle, VeEvents events) {
        if (obstacle == null) {
            return false;
        }
        events.event(VeEvent.Kind.NOT_ENFORCED, "disk quota of container " + ve.id() + " (" + obstacle + ")");
        return true;
    }

    /** Why the VE's files are not counted here; null if they are. */
    private @Nullable String uncounted(Ve ve) throws IOException {
        AreaProject project = DiskQuota.project(host, ve);
        ProjectAccounting accounting = project.accounting();
        if (accounting == ProjectAccounting.NONE) {
            return QuotaAdvice.of(ve.privateArea(), accounting);
        }
        return project.isHosts() ? "its private area belongs to a quota project of the host's own" : null;
    }

    private static void requireKey(Ve ve, String key, VzError error) {
        if (ve.conf().text(key) == null) {
            throw new VeException(error, VeEvent.of(VeEvent.Kind.KEY_NOT_SET, key));
        }
    }

    private static void requireUnmounted(VeSession session, Ve ve, VzError error) throws IOException {
        if (session.running() != null || RootMount.isMounted(ve.root())) {
            throw new VeException(
                    error, "Unable to count the files of container " + ve.id() + " while it is mounted; stop it first");
        }
    }
}
