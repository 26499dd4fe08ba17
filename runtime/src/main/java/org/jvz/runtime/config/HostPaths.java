package org.jvz.runtime.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where jvz's own files lie on this host. Everything lies at its usual place below {@code /}, or below the directory that
 * the environment variable {@value #PREFIX_VARIABLE} names, which is how tests get a host of their own. What vz.conf can
 * move (private areas, templates, locks, dumps) is not here but in {@link VzConf}.
 *
 * <p>The host's own files, such as {@code /etc/subuid}, are not moved by the prefix.
 */
public final class HostPaths {

    /** The environment variable that moves everything below another directory. */
    public static final String PREFIX_VARIABLE = "JVZ_PREFIX";

    private final Path prefix;
    private final Path etc;
    private final Path confDir;
    private final Path runDir;

    private HostPaths(Path prefix) {
        this.prefix = prefix;
        this.etc = prefix.resolve("etc/vz");
        this.confDir = etc.resolve("conf");
        this.runDir = prefix.resolve("run/jvz");
    }

    /**
     * Reads the prefix from an environment, usually {@code System.getenv()}. An unset or empty variable means {@code /}.
     *
     * @throws IllegalArgumentException if the prefix is not an absolute path
     */
    public static HostPaths of(Map<String, String> environment) {
        @Nullable String prefix = environment.get(PREFIX_VARIABLE);
        return prefix == null || prefix.isEmpty() ? new HostPaths(Path.of("/")) : under(Path.of(prefix));
    }

    /**
     * The paths below a given directory.
     *
     * @throws IllegalArgumentException if the directory is not an absolute path
     */
    public static HostPaths under(Path prefix) {
        if (!prefix.isAbsolute()) {
            throw new IllegalArgumentException(PREFIX_VARIABLE + " is not an absolute path: " + prefix);
        }
        return new HostPaths(prefix.normalize());
    }

    /** {@code /}, or the prefix. */
    public Path prefix() {
        return prefix;
    }

    /** Whether the files lie below a prefix, not at their usual places. */
    public boolean isPrefixed() {
        return prefix.getNameCount() > 0;
    }

    /** {@code /etc/vz}. */
    public Path etc() {
        return etc;
    }

    /** {@code /etc/vz/vz.conf}, the global configuration. */
    public Path vzConf() {
        return etc.resolve("vz.conf");
    }

    /** {@code /etc/vz/conf}: VE configurations, samples and action scripts. */
    public Path confDir() {
        return confDir;
    }

    /** {@code /etc/vz/conf/ID.conf}. */
    public Path conf(CtId id) {
        return confDir.resolve(id + ".conf");
    }

    /** {@code /etc/vz/conf/ID.SUFFIX}, such as the action script {@code 101.mount}. */
    public Path confSibling(CtId id, String suffix) {
        return confDir.resolve(id + "." + suffix);
    }

    /** {@code /etc/vz/names}: one symbolic link per VE that has a name. */
    public Path namesDir() {
        return etc.resolve("names");
    }

    /** {@code /etc/vz/dists}: what to run in the guests of each distribution. */
    public Path distsDir() {
        return etc.resolve("dists");
    }

    /** {@code /vz}, the default of VZDIR in vz.conf. */
    public Path vzDir() {
        return prefix.resolve("vz");
    }

    /** {@code /run/jvz}: the state of running VEs, gone after a reboot. */
    public Path runDir() {
        return runDir;
    }

    /** {@code /run/jvz/ID.json}, what the running VE consists of. */
    public Path state(CtId id) {
        return runDir.resolve(id + ".json");
    }

    /** {@code /run/jvz/proc}: what OpenVZ has in /proc, as of the last look. */
    public Path procDir() {
        return runDir.resolve("proc");
    }

    /** {@code /run/jvz/proc/bc/ID}: what OpenVZ has in /proc/bc/ID. */
    public Path procBc(CtId id) {
        return procDir().resolve("bc").resolve(id.toString());
    }

    /** {@code /run/jvz/beancounters}: what has been seen of beancounters since VEs started. */
    public Path keptCounters() {
        return runDir.resolve("beancounters");
    }

    /** {@code /run/jvz/stage/ID}, where layers are attached for the moment of mounting. */
    public Path stage(CtId id) {
        return runDir.resolve("stage").resolve(id.toString());
    }

    /** {@code /var/lib/jvz}: what must survive a reboot. */
    public Path stateDir() {
        return prefix.resolve("var/lib/jvz");
    }

    /** {@code /var/lib/vzctl/veip}: one file per address, holding its VE. */
    public Path veipDir() {
        return prefix.resolve("var/lib/vzctl/veip");
    }

    /** {@code /var/lib/vzctl/vepid}: one file per running VE, holding the host pid of its init. */
    public Path vepidDir() {
        return prefix.resolve("var/lib/vzctl/vepid");
    }

    /** {@code /var/lib/vzctl/vzreboot}: one file per VE that asked for a reboot from inside. */
    public Path vzrebootDir() {
        return prefix.resolve("var/lib/vzctl/vzreboot");
    }

    /** {@code /var/lib/lxcfs}, the default of LXCFS in vz.conf: Debian's place. */
    public Path lxcfs() {
        return prefix.resolve("var/lib/lxcfs");
    }

    /** {@code /var/log/vzctl.log}, the default of LOGFILE in vz.conf. */
    public Path logFile() {
        return prefix.resolve("var/log/vzctl.log");
    }

    @Override
    public String toString() {
        return "HostPaths[" + prefix + "]";
    }
}
