package org.jvz.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * The keys of vz.conf with their defaults. Any key of a VE may stand in vz.conf too and is then the default of all VEs
 * (see {@link VeConf}); those that commonly do are here as well.
 *
 * <p>Two defaults differ from OpenVZ's: VZDIR is {@code /vz}, and VE_LAYOUT is {@code overlay} where old vzctl had
 * {@code simfs} or {@code ploop}.
 */
public enum VzKey {
    /** Not known to OpenVZ, where it was fixed at build time. */
    VZDIR("/vz", "Where templates, private areas, roots, locks and dumps lie unless set one by one."),
    VIRTUOZZO("yes", "Whether the boot service starts VEs: yes or no."),
    LOCKDIR("VZDIR/lock", "Directory of lock files."),
    DUMPDIR("VZDIR/dump", "Directory of memory dumps; $VEID is the id of the VE."),
    TEMPLATE("VZDIR/template", "Directory of OS templates; archives are in cache/ below it."),
    VE_ROOT("VZDIR/root/$VEID", "Where a VE is mounted; $VEID is its id."),
    VE_PRIVATE("VZDIR/private/$VEID", "Private area of a VE; $VEID is its id."),
    VE_LAYOUT("overlay", "Layout of new VEs: overlay or simfs."),
    LOCAL_UID(
            "100000",
            "First user id on the host of the pool that new VEs get their ranges from; 0 for privileged VEs."),
    LOCAL_GID("100000", "The same for group ids."),
    CONFIGFILE("vswap-256m", "Sample that new VEs are configured from: NAME of ve-NAME.conf-sample."),
    DEF_OSTEMPLATE(null, "OS template of new VEs, unless their sample names one."),
    NAMESERVER("inherit", "Name servers of VEs that set none; inherit copies the host's."),
    /** Not known to OpenVZ. */
    START_TIMEOUT("300", "Seconds that vzctl start --wait waits for a VE to say that it is up. Not known to OpenVZ."),
    STOP_TIMEOUT("120", "Seconds a VE gets to shut down before it is killed."),
    LXCFS(
            "/var/lib/lxcfs",
            "Where lxcfs is mounted, whose files show VEs their own memory, CPUs and uptime; no to do without. Not known to"
                    + " OpenVZ."),
    DISK_QUOTA("yes", "Whether disk limits are enforced: yes or no."),
    LOGGING("yes", "Whether to write a log file: yes or no."),
    LOGFILE("/var/log/vzctl.log", "Log file."),
    LOG_LEVEL("0", "Highest level of messages that go to the log file."),
    VERBOSE("0", "Highest level of messages that go to the terminal."),
    VE0CPUUNITS("1000", "CPU weight of the host itself: at 1000 it weighs twice as much as all VEs together."),
    VE_STOP_MODE(
            "suspend",
            "What the boot service does to VEs at shutdown: suspend or stop. No effect here: they are stopped in any case."),
    VE_PARALLEL(null, "How many VEs the boot service starts at a time."),
    VZFASTBOOT(
            "no",
            "Whether the boot service starts VEs before checking their quota: yes or no. No effect here: there is nothing to check."),
    VZWDOG(
            null,
            "Whether the boot service loads the watchdog module: yes or no. No effect here: a stock kernel has no such module."),
    MODULES_DISABLED(
            null, "Kernel modules not to load: yes for none at all. No effect here: the boot service loads none."),
    SKIP_SYSCTL_SETUP(null, "Whether the boot service leaves sysctls alone: yes or no. No effect here: it sets none."),
    VE_ROUTE_SRC_DEV(null, "Device whose address is the source of routes to VEs."),
    NEIGHBOUR_DEVS("detect", "Devices on which VE addresses are announced: detect, all or list:DEV DEV."),
    SKIP_ARPDETECT("no", "Whether to skip the search for other owners of an address: yes or no."),
    ERROR_ON_ARPFAIL("no", "Whether another owner of an address is an error (yes), or a warning (no)."),
    /** Not known to OpenVZ, which waits a second. */
    ARPDETECT_WAIT(
            "0",
            "Milliseconds that a start listens for other owners of an address at least; it listens from its beginning to its"
                    + " end in any case. Not known to OpenVZ."),
    FORCE_ROUTE(null, "Whether to replace a route to an address that is there already: yes or no. No effect here."),
    TRAFFIC_SHAPING("yes", "Whether RATE and RATE_IN of VEs are put into effect: yes or no."),
    BANDWIDTH(null, "Virtuozzo's capacity of the host's devices, DEV:KBITS; recorded only."),
    TOTALRATE(null, "Virtuozzo's sum of the guarantees of VEs, DEV:CLASS:KBITS; recorded only."),
    /** Not known to OpenVZ, as the next two. */
    NAT("no", "Whether VEs that do not say have NAT: yes or no. Not known to OpenVZ."),
    NAT_NETWORKS(
            "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7",
            "Networks whose addresses are replaced on the way out of the host, if a VE has NAT. Not known to OpenVZ."),
    NAT_SOURCE(
            null,
            "What they are replaced by, at most one address of IPv4 and one of IPv6; unset: that of the device they leave"
                    + " by. Not known to OpenVZ."),
    IPTABLES_MODULES(
            "ipt_REJECT ipt_tos ipt_limit ipt_multiport iptable_filter iptable_mangle ipt_TCPMSS ipt_tcpmss ipt_ttl"
                    + " ipt_length",
            "Filter modules for VEs that set none; obsolete, recorded only."),
    IP6TABLES(null, "The same for IPv6; obsolete, recorded only."),
    IPV6("yes", "Whether VEs may have IPv6 addresses: yes or no.");

    /** Stands for the value of VZDIR at the head of a default. */
    static final String VZDIR_MARK = "VZDIR/";

    private final @Nullable String defaultText;
    private final String help;

    VzKey(@Nullable String defaultText, String help) {
        this.defaultText = defaultText;
        this.help = help;
    }

    /** What counts if vz.conf does not set the key, or null for nothing; {@code VZDIR/} at its head is still to fill in. */
    public @Nullable String defaultText() {
        return defaultText;
    }

    /** One sentence for the manual. */
    public String help() {
        return help;
    }

    /** The key of that name, or null if it is not one of vz.conf's own. */
    static @Nullable VzKey named(String name) {
        for (VzKey key : values()) {
            if (key.name().equals(name)) {
                return key;
            }
        }
        return null;
    }
}
