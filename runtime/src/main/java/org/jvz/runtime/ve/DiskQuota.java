package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.Unenforced;
import org.jvz.runtime.config.ConfKey;
import org.jvz.runtime.config.VeConf;
import org.jvz.runtime.linux.ProjectQuota;
import org.jvz.runtime.linux.QuotaCalls.ProjectAccounting;
import org.jvz.runtime.rootfs.AreaProject;
import org.jvz.runtime.rootfs.ProjectId;
import org.jvz.runtime.rootfs.QuotaAdvice;
import org.jvz.runtime.undo.Transaction;

/** Disk space and inodes, which the file system of the private area limits by project. */
final class DiskQuota implements VePart {
    private static final Set<String> KEYS = Set.of("DISKSPACE", "DISKINODES", "QUOTATIME");

    @Override
    public Set<String> liveKeys() {
        return KEYS;
    }

    /** The private area of a VE as a project. */
    static AreaProject project(VeHost host, Ve ve) {
        return new AreaProject(host.linux(), ve.privateArea(), ProjectId.of(host.paths(), ve.id()));
    }

    /**
     * Before the root is mounted: an area that was brought here, or was here before the file system had quota, is put into its
     * project. One that was made here is in it, which takes a look at three directories.
     */
    static void gather(VeSession session, Ve ve, Transaction transaction) throws IOException {
        AreaProject project = project(session.host(), ve);
        if (project.accounting() == ProjectAccounting.NONE || project.isHosts() || project.isWhole()) {
            return;
        }
        long moved = project.putAll(transaction, counting(session.events()));
        session.events().event(VeEvent.Kind.DETAIL, "Disk quota initialised: " + moved + " files");
    }

    /** Shows how many files a walk through a private area has come to. How many there are nobody knows before it. */
    static LongConsumer counting(VeEvents events) {
        return files -> events.progress("Putting its files into its disk quota ... " + files);
    }

    /** Why the VE's limits have no effect here; null if they have. */
    static @Nullable String obstacle(VeHost host, Ve ve) throws IOException {
        AreaProject project = project(host, ve);
        ProjectAccounting accounting = project.accounting();
        if (accounting != ProjectAccounting.LIMITS) {
            return QuotaAdvice.of(ve.privateArea(), accounting);
        }
        long id = ProjectId.of(host.paths(), ve.id());
        if (project.isHosts() || ProjectId.isHosts(id)) {
            return "its private area belongs to a quota project of the host's own, or the host has a project " + id;
        }
        return null;
    }

    @Override
    public void prepare(Starting start) throws IOException {
        limit(start.session().host(), start.ve(), start.transaction(), start.unenforced());
    }

    private static void limit(VeHost host, Ve ve, Transaction transaction, List<Unenforced> unenforced)
            throws IOException {
        ProjectQuota.Limits limits = DiskLimits.of(ve.conf());
        String obstacle = obstacle(host, ve);
        if (obstacle == null) {
            AreaProject project = project(host, ve);
            project.limit(transaction, limits);
            checkGrace(project, ve, limits, unenforced);
            return;
        }
        if (limits.softKib() != 0 || limits.hardKib() != 0) {
            unenforced.add(new Unenforced("DISKSPACE", obstacle));
        }
        if (limits.softInodes() != 0 || limits.hardInodes() != 0) {
            unenforced.add(new Unenforced("DISKINODES", obstacle));
        }
    }

    /** A file system has one grace time for all its projects. It is the host's, and not changed for one VE's sake. */
    private static void checkGrace(AreaProject project, Ve ve, ProjectQuota.Limits limits, List<Unenforced> unenforced)
            throws IOException {
        long wanted = ve.conf().get(ConfKey.QUOTATIME).orElse(0L);
        if (wanted == 0 || !DiskLimits.haveGrace(limits)) {
            return;
        }
        long seconds = project.graceSeconds();
        if (seconds != wanted) {
            Path area = ve.privateArea();
            unenforced.add(new Unenforced(
                    "QUOTATIME",
                    "the file system of " + area + " allows all containers " + seconds + " s; setquota -P -t " + wanted
                            + " " + wanted + " changes it for all of them"));
        }
    }

    @Override
    public void change(Changing change) throws IOException {
        VeHost host = change.host();
        VeConf conf = change.result().after();
        Ve ve = Ve.of(conf);
        if (!DiskLimits.wanted(conf)) {
            for (String key : KEYS) {
                if (change.concerns(key)) {
                    change.unenforced().add(new Unenforced(key, "DISK_QUOTA is no"));
                }
            }
            return;
        }
        limit(host, ve, change.transaction(), change.unenforced());
        tellIfFull(project(host, ve), change);
    }

    /** Limits below the use are no error: files stay, and nothing can be added until enough is gone. */
    private static void tellIfFull(AreaProject project, Changing change) throws IOException {
        ProjectQuota quota = project.quota();
        if (quota == null) {
            return;
        }
        ProjectQuota.Limits limits = quota.limits();
        if (change.concerns("DISKSPACE") && limits.hardKib() != 0 && quota.kib() > limits.hardKib()) {
            full(change, quota.kib() + " KiB", limits.hardKib());
        }
        if (change.concerns("DISKINODES") && limits.hardInodes() != 0 && quota.inodes() > limits.hardInodes()) {
            full(change, quota.inodes() + " inodes", limits.hardInodes());
        }
    }

    private static void full(Changing change, String use, long limit) {
        change.events()
                .event(
                        VeEvent.Kind.WARNING,
                        "the container uses " + use + " of now " + limit
                                + "; it cannot use more until it has removed some");
    }

    @Override
    public VzError changeError(IOException failure) {
        return VzError.QUOTA_SET;
    }

    /** Takes the limits away before the area goes; what is still on disk then is counted until it is deleted. */
    static void release(VeSession session, Ve ve, Transaction transaction) throws IOException {
        project(session.host(), ve).limit(transaction, ProjectQuota.Limits.NONE);
    }
}
