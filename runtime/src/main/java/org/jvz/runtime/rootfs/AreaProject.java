package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.linux.Fd;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.OpenFlag;
import org.jvz.runtime.linux.ProjectQuota;
import org.jvz.runtime.linux.QuotaCalls.FileProject;
import org.jvz.runtime.linux.QuotaCalls.ProjectAccounting;
import org.jvz.runtime.undo.ForwardSteps;
import org.jvz.runtime.undo.Transaction;

/**
 * A private area as a quota project of its file system: all its files carry the VE's number, what is made in it gets the same
 * from its directory, and the file system counts and limits them. See docs/adr/0012.
 *
 * <p>The top directory is the last to get the number, so that a walk that was cut short is not taken for a whole one.
 */
public final class AreaProject {
    private final Linux linux;
    private final Path area;
    private final FileProject project;

    /**
     * @param area the private area; nothing of it is looked at yet
     * @param id the number of the VE's project
     */
    public AreaProject(Linux linux, Path area, long id) {
        this.linux = linux;
        this.area = area;
        this.project = new FileProject(id, true);
    }

    /** Puts a new, empty area into the project, as a step; where the file system has no projects nothing happens. */
    static void begin(Transaction transaction, Linux linux, Path area, long id) throws IOException {
        if (id != 0) {
            transaction.step("set project", id + " of " + area, null, () -> {
                try (Fd top = linux.open(area, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
                    FileProject given = linux.projectOrNull(top);
                    // The directory above belongs to a project of the host's own, and an area of another could not be
                    // renamed into it.
                    return given != null && !isHosts(given) && linux.setProject(top, new FileProject(id, true));
                }
            });
        }
    }

    /**
     * Whether the area and, of an overlay, its layers are in the project. Files below are not looked at: a kernel puts new
     * ones where their directory is.
     */
    public boolean isWhole() throws IOException {
        try (Fd top = linux.open(area, OpenFlag.DIRECTORY)) {
            return has(top) && layerHas(top, OverlayLayout.UPPER) && layerHas(top, OverlayLayout.WORK);
        }
    }

    /** Whether the area belongs to a project that is no VE's: the administrator's, to be left alone. */
    public boolean isHosts() throws IOException {
        try (Fd top = linux.open(area, OpenFlag.DIRECTORY)) {
            FileProject now = linux.projectOrNull(top);
            return now != null && isHosts(now);
        }
    }

    private static boolean isHosts(FileProject project) {
        return project.id() != 0 && !ProjectId.isVes(project.id());
    }

    private boolean layerHas(Fd top, String name) throws IOException {
        if (linux.statOrNull(top, name) == null) {
            return true;
        }
        // In a simfs area this is the VE's: a link, or a device to be opened, is not for us.
        try (Fd pinned = linux.openAt(top, name, OpenFlag.PATH, OpenFlag.NOFOLLOW)) {
            if (!linux.stat(pinned).isDirectory()) {
                return true;
            }
        }
        try (Fd layer = linux.openAt(top, name, OpenFlag.DIRECTORY, OpenFlag.NOFOLLOW)) {
            return has(layer);
        }
    }

    private boolean has(Fd directory) throws IOException {
        return project.equals(linux.projectOrNull(directory));
    }

    /** What the file system does about projects. */
    public ProjectAccounting accounting() throws IOException {
        try (Fd top = linux.open(area, OpenFlag.PATH)) {
            return linux.projectAccounting(top);
        }
    }

    /**
     * Puts every file of the area into the project, whatever it was in before. Nothing of it may be mounted.
     *
     * @param seen told now and then how many files and directories have been looked at
     * @return how many files and directories were moved
     */
    public long putAll(ForwardSteps steps, LongConsumer seen) throws IOException {
        return steps.step(
                "set project", project.id() + " of " + area, () -> ProjectWalk.run(linux, area, project, seen));
    }

    /** The same within a transaction. Not to be taken back: a file's project has no effect but on quota. */
    public long putAll(Transaction transaction, LongConsumer seen) throws IOException {
        return transaction.step(
                "set project", project.id() + " of " + area, null, () -> ProjectWalk.run(linux, area, project, seen));
    }

    /** Limits and use; null where the file system does not count. */
    public @Nullable ProjectQuota quota() throws IOException {
        try (Fd top = linux.open(area, OpenFlag.PATH)) {
            return linux.projectQuotaOrNull(top, project.id());
        }
    }

    /** Sets the limits, as a step that puts the former ones back, unless they are so already. */
    public void limit(Transaction transaction, ProjectQuota.Limits limits) throws IOException {
        ProjectQuota before = quota();
        if (before == null || before.limits().equals(limits)) {
            return;
        }
        transaction.step(
                "set disk quota",
                project.id() + " of " + area,
                RootfsUndo.quota(area, project.id(), before.limits()),
                () -> {
                    set(linux, area, project.id(), limits);
                    return limits;
                });
    }

    static void set(Linux linux, Path area, long id, ProjectQuota.Limits limits) throws IOException {
        try (Fd top = linux.open(area, OpenFlag.PATH)) {
            linux.setProjectLimits(top, id, limits);
        }
    }

    /** Seconds above a soft limit that this file system allows to all projects alike. */
    public long graceSeconds() throws IOException {
        try (Fd top = linux.open(area, OpenFlag.PATH)) {
            return linux.projectGraceSeconds(top);
        }
    }
}
