package org.jvz.runtime.ve;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.cgroup.HostCgroups;
import org.jvz.runtime.cgroup.VeCgroup;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.config.VzKey;
import org.jvz.runtime.linux.JffiLinux;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.linux.LinuxSource;
import org.jvz.runtime.linux.spawn.Faults;
import org.jvz.runtime.undo.StepObserver;

/**
 * The host as operations see it: where things are and what the kernel offers. What costs time to find or load, such as the
 * native port, is made when it is first asked for, so that a command pays only for what it uses. Holds no state of any VE
 * and may serve many operations at once.
 */
public final class VeHost implements LinuxSource {
    private final VzConf conf;
    private final @Nullable TemplateSource templates;
    private final boolean skipLock;
    private final StepObserver observer;
    private final Faults faults;
    private volatile @Nullable Linux linux;
    private volatile @Nullable HostCgroups cgroups;

    /**
     * @param templates where {@code create} takes root file systems from; null if it will not be asked
     * @param skipLock whether the caller holds the VEs' locks already ({@code --skiplock})
     */
    public VeHost(VzConf conf, @Nullable TemplateSource templates, boolean skipLock) {
        this(conf, templates, skipLock, StepObserver.NONE, Faults.NONE);
    }

    /**
     * A host on which things fail, for tests.
     *
     * @param observer told of every step of an operation, which it can make fail
     * @param faults says which system calls on the way into a VE fail
     */
    public VeHost(
            VzConf conf, @Nullable TemplateSource templates, boolean skipLock, StepObserver observer, Faults faults) {
        this.conf = conf;
        this.templates = templates;
        this.skipLock = skipLock;
        this.observer = observer;
        this.faults = faults;
    }

    /** The places of jvz's own files. */
    public HostPaths paths() {
        return conf.paths();
    }

    /** vz.conf. */
    public VzConf conf() {
        return conf;
    }

    /** The system-call port. */
    @Override
    public Linux linux() {
        Linux port = linux;
        return port == null ? firstLinux() : port;
    }

    private synchronized Linux firstLinux() {
        Linux port = linux;
        if (port == null) {
            port = new JffiLinux();
            linux = port;
        }
        return port;
    }

    TemplateSource templates() {
        TemplateSource source = templates;
        if (source == null) {
            throw new IllegalStateException("this host was made without templates");
        }
        return source;
    }

    StepObserver observer() {
        return observer;
    }

    Faults faults() {
        return faults;
    }

    boolean skipLock() {
        return skipLock;
    }

    HostCgroups cgroups() throws IOException {
        HostCgroups found = cgroups;
        if (found == null) {
            found = HostCgroups.detect();
            cgroups = found;
        }
        return found;
    }

    /**
     * The cgroups of a VE. Below a prefix the common parent is not {@code vz} but has a name of that prefix's own, so that
     * VEs of tests and of the host do not meet.
     */
    VeCgroup cgroup(CtId id) throws IOException {
        return new VeCgroup(cgroups(), cgroupParent(), id.toString());
    }

    String cgroupParent() {
        if (!paths().isPrefixed()) {
            return "vz";
        }
        return "vz-" + Integer.toHexString(paths().prefix().toString().hashCode());
    }

    /** Where an unfinished change of this VE is noted; survives a reboot. */
    Path journal(CtId id) {
        return paths().stateDir().resolve("journal").resolve(id.toString());
    }

    /** Where lxcfs is mounted if it runs; null if the administrator wants none. */
    @Nullable
    Path lxcfs() throws IOException {
        return "no".equals(conf.text(VzKey.LXCFS)) ? null : conf.path(VzKey.LXCFS);
    }

    /** Where compiled system-call filters are kept. */
    Path filterCache() {
        return paths().stateDir().resolve("seccomp");
    }

    /**
     * The directory of locks.
     *
     * @throws VeException if LOCKDIR is set to nothing
     */
    Path lockDir() throws IOException {
        Path dir = conf.path(VzKey.LOCKDIR);
        if (dir == null) {
            throw new VeException(VzError.LOCKDIR_NOT_SET, VeEvent.of(VeEvent.Kind.KEY_NOT_SET, "LOCKDIR"));
        }
        return dir;
    }
}
