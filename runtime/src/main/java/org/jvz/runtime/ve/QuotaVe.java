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

/** Switches the disk quota of one VE on or off, or counts its files anew. A start does the first and, if need be, the last. */
public final class QuotaVe {
    private final VeHost host;

    /** For VEs of this host. */
    public QuotaVe(VeHost host) {
        this.host = host;
    }

    /**
     * Gives the VE the limits of its configuration.
     *
     * @throws VeException with {@link VzError#QUOTA_ON} if quota is disabled or the file system has none, saying how to
     *     enable it; with {@link VzError#DISKSPACE_NOT_SET} or {@link VzError#DISKINODES_NOT_SET}
     */
    public void on(CtId id, VeEvents events) throws IOException {
        try (VeSession session = VeSession.open(host, id, "", events)) {
            Ve ve = checked(session, VzError.QUOTA_ON);
            requireKey(ve, "DISKSPACE", VzError.DISKSPACE_NOT_SET);
            requireKey(ve, "DISKINODES", VzError.DISKINODES_NOT_SET);
            String obstacle = DiskQuota.obstacle(host, ve);
            if (obstacle != null) {
                throw new VeException(VzError.QUOTA_ON, "Unable to switch disk quota on: " + obstacle);
            }
            AreaProject project = DiskQuota.project(host, ve);
            try (Transaction transaction = session.begin()) {
                if (!project.isWhole()) {
                    requireUnmounted(session, ve, VzError.QUOTA_ON);
                    project.putAll(transaction);
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
            requireCounting(ve, VzError.QUOTA_OFF);
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
            requireCounting(ve, VzError.QUOTA_INIT);
            requireUnmounted(session, ve, VzError.QUOTA_INIT);
            try {
                long moved = DiskQuota.project(host, ve).putAll(new ForwardSteps(host.observer()));
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

    private void requireCounting(Ve ve, VzError error) throws IOException {
        AreaProject project = DiskQuota.project(host, ve);
        ProjectAccounting accounting = project.accounting();
        @Nullable
        String obstacle = accounting == ProjectAccounting.NONE
                ? QuotaAdvice.of(ve.privateArea(), accounting)
                : project.isHosts() ? "its private area belongs to a quota project of the host's own" : null;
        if (obstacle != null) {
            throw new VeException(error, "Unable to use disk quota: " + obstacle);
        }
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
