package org.jvz.runtime.config;

import static org.jvz.runtime.config.Applies.AT_ONCE;
import static org.jvz.runtime.config.Applies.AT_START;
import static org.jvz.runtime.config.Applies.NEEDS_RESTART;
import static org.jvz.runtime.config.Applies.NEVER_APPLIED;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one table of the keys of CTID.conf: how each is read and written, which options change it, when a change takes
 * effect. Defining a key registers it, in the order of the manual.
 *
 * <p>Commands that need VE_ROOT and VE_PRIVATE only use {@link VeConf#root} and {@link VeConf#privateArea}, which do not
 * load this table.
 *
 * @param <T> the type of the values; immutable
 */
public final class ConfKey<T> {

    private static final Map<String, ConfKey<?>> TABLE = new LinkedHashMap<>(192);
    private static final Map<String, ConfOption> OPTIONS = new LinkedHashMap<>(192);

    private static final ValueType<Boolean> YES_NO = new ScalarTypes.YesNo();
    private static final ValueType<Long> NUMBER = new ScalarTypes.Whole(0, Integer.MAX_VALUE);

    // What the VE is.
    public static final ConfKey<Boolean> ONBOOT =
            define("ONBOOT", YES_NO, AT_START, "Whether the boot service starts the container.", "onboot yes|no");
    public static final ConfKey<Long> BOOTORDER =
            define("BOOTORDER", NUMBER, AT_START, "Containers with a higher number start earlier.", "bootorder N");
    public static final ConfKey<Boolean> DISABLED =
            define("DISABLED", YES_NO, AT_START, "Whether to refuse to start the container.", "disabled yes|no");
    public static final ConfKey<String> NAME =
            text("NAME", TextType.Kind.NAME, AT_ONCE, "Name that can stand for the id; empty removes it.", "name NAME");
    public static final ConfKey<String> DESCRIPTION =
            text("DESCRIPTION", TextType.Kind.LINES, AT_START, "Free text, for people.", "description TEXT");
    public static final ConfKey<String> OSTEMPLATE =
            text("OSTEMPLATE", TextType.Kind.BASENAME, AT_START, "OS template it was made from.", "ostemplate NAME");
    public static final ConfKey<String> ORIGIN_SAMPLE =
            text("ORIGIN_SAMPLE", TextType.Kind.BASENAME, AT_START, "Sample it was configured from.");
    public static final ConfKey<Long> VEID =
            define("VEID", new ScalarTypes.Whole(0, CtId.MAX), NEVER_APPLIED, "The id, as other programs recorded it.");
    public static final ConfKey<Long> STOP_TIMEOUT =
            define("STOP_TIMEOUT", NUMBER, AT_START, "Seconds to shut down in before it is killed.", "stop-timeout S");

    // Where it lies.
    public static final ConfKey<String> VE_ROOT =
            text("VE_ROOT", TextType.Kind.PATH, AT_START, "Where it is mounted; $VEID is its id.", "root PATH");
    public static final ConfKey<String> VE_PRIVATE =
            text("VE_PRIVATE", TextType.Kind.PATH, AT_START, "Its private area; $VEID is its id.", "private PATH");
    public static final ConfKey<VeLayout> VE_LAYOUT = define(
            "VE_LAYOUT",
            new ScalarTypes.Layout(),
            AT_START,
            "How the private area is laid out.",
            "layout overlay|simfs|ploop[:expanded|plain|raw]",
            "ve_layout LAYOUT",
            "velayout LAYOUT");
    public static final ConfKey<String> TEMPLATE_DIGEST =
            text("TEMPLATE_DIGEST", TextType.Kind.DIGEST, AT_START, "Content of the template below an overlay.");
    public static final ConfKey<String> MOUNT_OPTS = text(
            "MOUNT_OPTS",
            TextType.Kind.LINE,
            NEEDS_RESTART,
            "Flags of the root's mount: noatime, nodiratime, strictatime, nosuid, noexec, nosymfollow.",
            "mount_opts OPT[,OPT]");
    public static final ConfKey<Long> LOCAL_UID = define(
            "LOCAL_UID",
            new ScalarTypes.IdBase(),
            NEEDS_RESTART,
            "First of its 65536 user ids on the host; 0 for none of its own.",
            "local_uid UID");
    public static final ConfKey<Long> LOCAL_GID = define(
            "LOCAL_GID",
            new ScalarTypes.IdBase(),
            NEEDS_RESTART,
            "First of its 65536 group ids on the host; 0 for none of its own.",
            "local_gid GID");

    // Network.
    public static final ConfKey<List<VeAddress>> IP_ADDRESS = list(
            "IP_ADDRESS",
            new ListTypes.Addresses(),
            AT_ONCE,
            "Addresses on venet0.",
            "+ipadd ADDR",
            "+ip ADDR",
            "-ipdel ADDR|all");
    public static final ConfKey<String> HOSTNAME =
            text("HOSTNAME", TextType.Kind.HOSTNAME, AT_ONCE, "Host name.", "hostname NAME");
    public static final ConfKey<List<String>> NAMESERVER = list(
            "NAMESERVER",
            new ListTypes.Nameservers(),
            AT_ONCE,
            "Name servers; inherit copies the host's.",
            "nameserver ADDR");
    public static final ConfKey<List<String>> SEARCHDOMAIN = list(
            "SEARCHDOMAIN",
            new ListTypes.SearchDomains(),
            AT_ONCE,
            "Search domains; inherit copies the host's.",
            "searchdomain NAME");
    public static final ConfKey<List<NetIf>> NETIF = list(
            "NETIF",
            new ListTypes.NetIfs(),
            AT_ONCE,
            "Virtual Ethernet interfaces.",
            "+netif_add IFNAME[,MAC,HOST_IFNAME,HOST_MAC,BRIDGE]",
            "-netif_del IFNAME|all",
            ".ifname IFNAME",
            ".mac MAC",
            ".host_ifname NAME",
            ".host_mac MAC",
            ".bridge NAME",
            ".mac_filter on|off",
            ".isolated on|off",
            ".vlan ID",
            ".ips ADDR[,ADDR]|all");
    public static final ConfKey<List<String>> NETDEV = list(
            "NETDEV",
            new ListTypes.NetDevs(),
            AT_ONCE,
            "Devices of the host that are given to the container.",
            "+netdev_add NAME",
            "-netdev_del NAME");
    public static final ConfKey<List<TrafficRate>> RATE = list(
            "RATE",
            new ListTypes.TrafficRates(),
            AT_ONCE,
            "What it may send, in kbit/s: of all devices together, class 1; 0 for no limit. `docs/network.md`.",
            "rate [[*:]1:]KBITS");
    public static final ConfKey<List<TrafficRate>> RATE_IN = list(
            "RATE_IN",
            new ListTypes.TrafficRates(),
            AT_ONCE,
            "What it may receive, in the same form. Not known to OpenVZ.",
            "rate_in [[*:]1:]KBITS");
    public static final ConfKey<Boolean> RATEBOUND = define(
            "RATEBOUND",
            YES_NO,
            AT_ONCE,
            "Whether RATE is a limit; yes if unset. With no it would be a guarantee, which is not given.",
            "ratebound yes|no");
    public static final ConfKey<Boolean> NAT = define(
            "NAT",
            YES_NO,
            AT_ONCE,
            "Whether the host replaces its private addresses, NAT_NETWORKS of vz.conf. Not known to OpenVZ.",
            "nat yes|no");
    public static final ConfKey<List<PortForward>> PORTFORWARD = list(
            "PORTFORWARD",
            new ListTypes.PortForwards(),
            AT_ONCE,
            "Ports of the host that lead to it, tcp unless udp is said. Not known to OpenVZ.",
            "+portforward [ADDR:]PORT[-PORT][/tcp|udp]:VEPORT",
            "-portforward_del [ADDR:]PORT[-PORT][/tcp|udp]|all");

    // Memory and processes.
    public static final ConfKey<BarrierLimit> NUMPROC =
            count("NUMPROC", AT_ONCE, "Processes and threads.", "numproc,p");
    public static final ConfKey<BarrierLimit> PHYSPAGES =
            pages("PHYSPAGES", AT_ONCE, "RAM, in pages; --ram takes bytes.", "ram BYTES", "physpages PAGES[:PAGES]");
    public static final ConfKey<BarrierLimit> SWAPPAGES = pages(
            "SWAPPAGES", AT_ONCE, "Swap space, in pages; --swap takes bytes.", "swap BYTES", "swappages PAGES[:PAGES]");
    public static final ConfKey<BigDecimal> VM_OVERCOMMIT = define(
            "VM_OVERCOMMIT",
            new ScalarTypes.Ratio(),
            NEVER_APPLIED,
            "Address space per byte of RAM and swap space.",
            "vm_overcommit RATIO");
    public static final ConfKey<BarrierLimit> PRIVVMPAGES =
            pages("PRIVVMPAGES", AT_ONCE, "Private address space, in pages.", "privvmpages");
    public static final ConfKey<BarrierLimit> VMGUARPAGES =
            pages("VMGUARPAGES", AT_ONCE, "Memory it is guaranteed, in pages.", "vmguarpages");
    public static final ConfKey<BarrierLimit> OOMGUARPAGES =
            pages("OOMGUARPAGES", AT_ONCE, "Memory up to which it is spared when memory runs out.", "oomguarpages");
    public static final ConfKey<BarrierLimit> KMEMSIZE =
            bytes("KMEMSIZE", NEVER_APPLIED, "Memory of the kernel, in bytes; accounted only.", "kmemsize,k");
    public static final ConfKey<BarrierLimit> LOCKEDPAGES =
            pages("LOCKEDPAGES", AT_ONCE, "Memory locked by mlock, in pages.", "lockedpages,l");
    public static final ConfKey<BarrierLimit> SHMPAGES =
            pages("SHMPAGES", AT_ONCE, "Shared memory, in pages.", "shmpages");
    public static final ConfKey<BarrierLimit> NUMFILE = count("NUMFILE", AT_ONCE, "Open files.", "numfile,n");
    public static final ConfKey<BarrierLimit> NUMFLOCK = count("NUMFLOCK", AT_ONCE, "File locks.", "numflock,f");
    public static final ConfKey<BarrierLimit> NUMPTY = count("NUMPTY", AT_ONCE, "Pseudo-terminals.", "numpty,t");
    public static final ConfKey<BarrierLimit> NUMSIGINFO =
            count("NUMSIGINFO", AT_ONCE, "Queued signals.", "numsiginfo,i");
    public static final ConfKey<BarrierLimit> NUMTCPSOCK =
            count("NUMTCPSOCK", NEVER_APPLIED, "TCP sockets; accounted only.", "numtcpsock");
    public static final ConfKey<BarrierLimit> NUMOTHERSOCK =
            count("NUMOTHERSOCK", NEVER_APPLIED, "Other sockets; accounted only.", "numothersock");
    public static final ConfKey<BarrierLimit> TCPSNDBUF =
            bytes("TCPSNDBUF", NEVER_APPLIED, "Buffers for sending by TCP, in bytes; accounted only.", "tcpsndbuf");
    public static final ConfKey<BarrierLimit> TCPRCVBUF =
            bytes("TCPRCVBUF", NEVER_APPLIED, "Buffers for receiving by TCP, in bytes; accounted only.", "tcprcvbuf,b");
    public static final ConfKey<BarrierLimit> OTHERSOCKBUF =
            bytes("OTHERSOCKBUF", NEVER_APPLIED, "Buffers of other sockets, in bytes; accounted only.", "othersockbuf");
    public static final ConfKey<BarrierLimit> DGRAMRCVBUF =
            bytes("DGRAMRCVBUF", NEVER_APPLIED, "Buffers for datagrams, in bytes; accounted only.", "dgramrcvbuf");
    public static final ConfKey<BarrierLimit> DCACHESIZE = bytes(
                    "DCACHESIZE", NEVER_APPLIED, "Caches of file systems, in bytes; accounted only.", "dcachesize,x")
            .alias("DCACHE");
    public static final ConfKey<BarrierLimit> NUMIPTENT = define(
                    "NUMIPTENT",
                    new ScalarTypes.Ubc(BarrierLimit.Unit.COUNT, 16),
                    NEVER_APPLIED,
                    "Rules of netfilter, at least 16; accounted only.",
                    "numiptent,e N[:N]")
            .alias("IPTENTRIES");
    public static final ConfKey<BarrierLimit> AVNUMPROC =
            count("AVNUMPROC", NEVER_APPLIED, "Expected number of processes; obsolete.", "avnumproc");
    public static final ConfKey<MemInfo> MEMINFO = define(
            "MEMINFO",
            new ScalarTypes.Memory(),
            AT_ONCE,
            "Total of /proc/meminfo: none for the host's, N pages, N times PRIVVMPAGES; the limit if unset.",
            "meminfo none|pages:N|privvmpages:N");

    // CPU and input/output.
    public static final ConfKey<Long> CPUUNITS = define(
            "CPUUNITS", new ScalarTypes.Whole(8, 500_000), AT_ONCE, "CPU weight, 1000 by default.", "cpuunits N");
    public static final ConfKey<Long> CPUUWEIGHT =
            define("CPUUWEIGHT", NUMBER, NEVER_APPLIED, "CPU weight of old; obsolete.", "cpuweight N");
    public static final ConfKey<Long> CPULIMIT = define(
            "CPULIMIT",
            new ScalarTypes.CpuLimit(),
            AT_ONCE,
            "CPU time in percent of one CPU, or with N% of the host; 0 for no limit.",
            "cpulimit N[%]");
    public static final ConfKey<Long> CPUS =
            define("CPUS", new ScalarTypes.Whole(0, CpuList.MAX + 1L), AT_ONCE, "Number of CPUs; 0 for all.", "cpus N");
    public static final ConfKey<CpuList> CPUMASK =
            define("CPUMASK", new ScalarTypes.Cpus(true), AT_ONCE, "CPUs it may run on.", "cpumask N[-N][,N]|all|auto");
    public static final ConfKey<CpuList> NODEMASK = define(
            "NODEMASK", new ScalarTypes.Cpus(false), AT_ONCE, "Memory nodes it may use.", "nodemask N[-N][,N]|all");
    public static final ConfKey<Long> IOPRIO = define(
            "IOPRIO",
            new ScalarTypes.Whole(0, 7),
            AT_ONCE,
            "Priority of input and output, 4 by default.",
            "ioprio 0-7");
    public static final ConfKey<Long> IOLIMIT = define(
            "IOLIMIT",
            new ScalarTypes.Rate(Amount.MEBIBYTES),
            AT_ONCE,
            "Bytes read and written per second, on the command line in MB; 0 for no limit.",
            "iolimit MB");
    public static final ConfKey<Long> IOPSLIMIT = define(
            "IOPSLIMIT",
            new ScalarTypes.Rate(Amount.COUNT),
            AT_ONCE,
            "Operations of input and output per second; 0 for no limit.",
            "iopslimit N");

    // Disk.
    public static final ConfKey<Boolean> DISK_QUOTA =
            define("DISK_QUOTA", YES_NO, NEEDS_RESTART, "Whether disk limits are enforced.", "diskquota yes|no");
    public static final ConfKey<DiskLimit> DISKSPACE = define(
            "DISKSPACE", new ScalarTypes.Disk(Amount.BLOCKS), AT_ONCE, "Disk space, in KiB.", "diskspace KIB[:KIB]");
    public static final ConfKey<DiskLimit> DISKINODES =
            define("DISKINODES", new ScalarTypes.Disk(Amount.INODES), AT_ONCE, "Number of inodes.", "diskinodes N[:N]");
    public static final ConfKey<Long> QUOTATIME =
            define("QUOTATIME", NUMBER, AT_ONCE, "Seconds the soft limits may be exceeded.", "quotatime S");
    public static final ConfKey<Long> QUOTAUGIDLIMIT = define(
            "QUOTAUGIDLIMIT",
            NUMBER,
            NEEDS_RESTART,
            "Users and groups with a quota inside; 0 for no quota inside.",
            "quotaugidlimit N");

    // What it may do.
    public static final ConfKey<Switches> CAPABILITY = list(
            "CAPABILITY",
            new ListTypes.Switched(KnownNames.capabilities()),
            NEEDS_RESTART,
            "Capabilities that differ from the default; `docs/isolation.md`.",
            "+capability NAME:on|off");
    public static final ConfKey<Switches> FEATURES = list(
            "FEATURES",
            new ListTypes.Switched(KnownNames.features()),
            NEEDS_RESTART,
            "Features that differ from the default; `docs/isolation.md`.",
            "+features NAME:on|off");
    public static final ConfKey<List<DeviceRule>> DEVICES = list(
            "DEVICES",
            new ListTypes.Devices(),
            AT_ONCE,
            "Devices it may open, by number, and for what; none takes one away.",
            "+devices b|c:MAJOR:MINOR|all:[r][w][q]|none");
    public static final ConfKey<List<DeviceNode>> DEVNODES = list(
            "DEVNODES",
            new ListTypes.DeviceNodes(),
            AT_ONCE,
            "Devices it may open, by name below /dev of the host.",
            "+devnodes NAME:[r][w][q]|none");
    public static final ConfKey<List<PciAddress>> PCI = list(
            "PCI",
            new ListTypes.PciAddresses(),
            NEVER_APPLIED,
            "PCI devices it may use.",
            "+pci_add [DOMAIN:]BUS:SLOT.FUNCTION",
            "-pci_del [DOMAIN:]BUS:SLOT.FUNCTION");
    public static final ConfKey<List<String>> IPTABLES = list(
            "IPTABLES",
            new ListTypes.Modules(),
            NEEDS_RESTART,
            "Modules of netfilter it may use; obsolete.",
            "iptables NAME");
    public static final ConfKey<Netfilter> NETFILTER = define(
            "NETFILTER",
            new ScalarTypes.Filtering(),
            NEEDS_RESTART,
            "Whether it may filter packets: not if disabled; the others are told apart by no kernel but OpenVZ's.",
            "netfilter disabled|stateless|stateful|full");

    private final String name;
    private final ValueType<T> type;
    private final Applies applies;
    private final String help;
    private final boolean list;
    private final List<ConfOption> options = new ArrayList<>(2);
    private @Nullable String alias;

    private ConfKey(String name, ValueType<T> type, Applies applies, String help, boolean list) {
        this.name = name;
        this.type = type;
        this.applies = applies;
        this.help = help;
        this.list = list;
    }

    private static <T> ConfKey<T> define(
            String name, ValueType<T> type, Applies applies, String help, String... options) {
        return register(new ConfKey<>(name, type, applies, help, false), options);
    }

    private static <T> ConfKey<T> list(
            String name, ValueType<T> type, Applies applies, String help, String... options) {
        return register(new ConfKey<>(name, type, applies, help, true), options);
    }

    private static ConfKey<String> text(
            String name, TextType.Kind kind, Applies applies, String help, String... options) {
        return define(name, new TextType(kind), applies, help, options);
    }

    private static ConfKey<BarrierLimit> count(String name, Applies applies, String help, String option) {
        return define(name, new ScalarTypes.Ubc(BarrierLimit.Unit.COUNT, 0), applies, help, option + " N[:N]");
    }

    private static ConfKey<BarrierLimit> bytes(String name, Applies applies, String help, String option) {
        return define(name, new ScalarTypes.Ubc(BarrierLimit.Unit.BYTES, 0), applies, help, option + " BYTES[:BYTES]");
    }

    private static ConfKey<BarrierLimit> pages(String name, Applies applies, String help, String... options) {
        for (int i = 0; i < options.length; i++) {
            options[i] += options[i].indexOf(' ') < 0 ? " PAGES[:PAGES]" : "";
        }
        return define(name, new ScalarTypes.Ubc(BarrierLimit.Unit.PAGES, 0), applies, help, options);
    }

    private static <T> ConfKey<T> register(ConfKey<T> key, String... options) {
        TABLE.put(key.name, key);
        for (String spec : options) {
            ConfOption option = ConfOption.of(spec, key);
            key.options.add(option);
            OPTIONS.put(option.name(), option);
        }
        return key;
    }

    private ConfKey<T> alias(String otherName) {
        alias = otherName;
        return this;
    }

    /** All keys, in the order of the manual. */
    public static Collection<ConfKey<?>> all() {
        return Collections.unmodifiableCollection(TABLE.values());
    }

    /** The key of a name or an old name, or null. */
    public static @Nullable ConfKey<?> named(String name) {
        @Nullable ConfKey<?> key = TABLE.get(name);
        if (key == null) {
            for (ConfKey<?> each : TABLE.values()) {
                if (name.equals(each.alias)) {
                    return each;
                }
            }
        }
        return key;
    }

    /** All options of {@code set} and {@code create} that change a key, in the order of the manual. */
    public static Collection<ConfOption> allOptions() {
        return Collections.unmodifiableCollection(OPTIONS.values());
    }

    /** The option of a full name without dashes, or null. */
    public static @Nullable ConfOption option(String optionName) {
        return OPTIONS.get(optionName);
    }

    /** The name in the file. */
    public String name() {
        return name;
    }

    /** The old name under which the key is read too, or null. */
    public @Nullable String alias() {
        return alias;
    }

    /** The options that change it; none if only jvz does. */
    public List<ConfOption> options() {
        return Collections.unmodifiableList(options);
    }

    /** When a change takes effect. */
    public Applies applies() {
        return applies;
    }

    /** One sentence for the manual. */
    public String help() {
        return help;
    }

    /** Whether repeated options add up, else the last one wins. */
    public boolean isList() {
        return list;
    }

    /**
     * Reads the form of the file.
     *
     * @throws IllegalArgumentException with the reason alone
     */
    public T parse(String text) {
        return type.parse(text);
    }

    /** As {@link #parse}, but null for what is no value. */
    public @Nullable T parseOrNull(String text) {
        try {
            return type.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Writes the form of the file, which {@link #parse} reads as an equal value. */
    public String show(T value) {
        return type.show(value);
    }

    /**
     * Reads the form of the command line.
     *
     * @param option the full name of one of its options, without dashes
     * @throws BadValueException if it is no value
     */
    public T parseOption(String option, String text, EditContext context) {
        try {
            return type.parseOption(option, text, context);
        } catch (IllegalArgumentException e) {
            throw new BadValueException(badValueKind(), option, text, String.valueOf(e.getMessage()));
        }
    }

    private BadValueException.Kind badValueKind() {
        return switch (name) {
            case "NAME" -> BadValueException.Kind.NAME;
            case "NETDEV" -> BadValueException.Kind.NETDEV;
            default -> BadValueException.Kind.VALUE;
        };
    }

    /** What an option that adds makes of the value before it. */
    T merge(T before, T given) {
        return type.merge(before, given);
    }

    /** What an option that removes makes of the value before it. */
    T remove(T before, T given) {
        return type.remove(before, given);
    }

    /** The name in the file. */
    @Override
    public String toString() {
        return name;
    }
}
