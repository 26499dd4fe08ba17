package org.jvz.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of vzlist: what it is called, how wide it is, where its value comes from. The one table is {@link #all()}, in
 * the order in which {@code -L} and JSON show it.
 *
 * @param name what {@code -o} takes
 * @param header the column's header
 * @param width at least so many characters; negative: left aligned
 * @param kind how the value is found and shown
 * @param key the configuration key it comes from, where it comes from one; of pressure, the resource
 * @param index which of several numbers: for a UBC 0 held, 1 maxheld, 2 barrier, 3 limit, 4 failcnt; for disk space 0
 *     usage, 1 soft limit, 2 hard limit. JSON knows the fields with index 0 only, with all numbers within
 */
record Field(String name, String header, int width, Kind kind, String key, int index) {

    /** How a value is found and shown. */
    enum Kind {
        CTID,
        ROOT,
        PRIVATE,
        NAME,
        SMART_NAME,
        TEXT,
        LIST,
        /** What the VE has, which may be other than what it is configured to have. */
        ADDRESSES,
        STATUS,
        UBC,
        DISK,
        LAVERAGE,
        UPTIME,
        CPU,
        CPUS,
        IOPRIO,
        IO,
        ONBOOT,
        BOOTORDER,
        LAYOUT,
        VSWAP,
        DISABLED,
        VM_OVERCOMMIT,
        NETFILTER,
        NAT,
        SWITCHES,
        PRESSURE
    }

    /** What is held of a UBC. */
    static final int HELD = 0;

    /** The most that was held of a UBC. */
    static final int MAX_HELD = 1;

    /** Barrier of a UBC. */
    static final int BARRIER = 2;

    /** Limit of a UBC. */
    static final int LIMIT = 3;

    /** How often more of a UBC was refused. */
    static final int FAILURES = 4;

    private static final String[] UBC_SUFFIXES = {"", ".m", ".b", ".l", ".f"};
    private static final String[] DISK_SUFFIXES = {"", ".s", ".h"};

    /** Whether JSON can have it. */
    boolean inJson() {
        return index == 0;
    }

    /** Whether it is a field of jvz alone: shown where it is asked for only, since clients know what all fields are. */
    boolean isOurs() {
        return kind == Kind.PRESSURE || kind == Kind.NAT || key.equals("PORTFORWARD");
    }

    /** Whether a value that is too long is cut where another column follows. */
    boolean cuts() {
        return switch (kind) {
            case ROOT, PRIVATE, NAME, SMART_NAME, TEXT, LIST, ADDRESSES, SWITCHES -> true;
            default -> false;
        };
    }

    /** All fields. */
    static List<Field> all() {
        List<Field> fields = new ArrayList<>(150);
        add(fields, "ctid", "CTID", 10, Kind.CTID, "");
        add(fields, "veid", "CTID", 10, Kind.CTID, "");
        add(fields, "vpsid", "CTID", 10, Kind.CTID, "");
        add(fields, "private", "PRIVATE", -32, Kind.PRIVATE, "VE_PRIVATE");
        add(fields, "root", "ROOT", -32, Kind.ROOT, "VE_ROOT");
        add(fields, "mount_opts", "MOUNT_OPTS", -16, Kind.TEXT, "MOUNT_OPTS");
        add(fields, "origin_sample", "ORIGIN_SAMPLE", -32, Kind.TEXT, "ORIGIN_SAMPLE");
        add(fields, "hostname", "HOSTNAME", -32, Kind.TEXT, "HOSTNAME");
        add(fields, "name", "NAME", -32, Kind.NAME, "NAME");
        add(fields, "smart_name", "SMARTNAME", 10, Kind.SMART_NAME, "NAME");
        add(fields, "description", "DESCRIPTION", -32, Kind.TEXT, "DESCRIPTION");
        add(fields, "ostemplate", "OSTEMPLATE", -32, Kind.TEXT, "OSTEMPLATE");
        add(fields, "ip", "IP_ADDR", -15, Kind.ADDRESSES, "IP_ADDRESS");
        add(fields, "nameserver", "NAMESERVER", -15, Kind.LIST, "NAMESERVER");
        add(fields, "searchdomain", "SEARCHDOMAIN", -15, Kind.LIST, "SEARCHDOMAIN");
        add(fields, "status", "STATUS", -9, Kind.STATUS, "");
        addUbc(fields);
        addNumbers(fields, "diskspace", "DSPACE", Kind.DISK, "DISKSPACE", DISK_SUFFIXES);
        addNumbers(fields, "diskinodes", "DINODES", Kind.DISK, "DISKINODES", DISK_SUFFIXES);
        add(fields, "laverage", "LAVERAGE", 14, Kind.LAVERAGE, "");
        add(fields, "uptime", "UPTIME", 15, Kind.UPTIME, "");
        add(fields, "cpulimit", "CPULIM", 7, Kind.CPU, "CPULIMIT");
        add(fields, "cpuunits", "CPUUNI", 7, Kind.CPU, "CPUUNITS");
        add(fields, "cpus", "CPUS", 5, Kind.CPUS, "CPUS");
        add(fields, "ioprio", "IOP", 3, Kind.IOPRIO, "IOPRIO");
        add(fields, "iolimit", "IOLIMIT", 10, Kind.IO, "IOLIMIT");
        add(fields, "iopslimit", "IOPS", 4, Kind.IO, "IOPSLIMIT");
        add(fields, "onboot", "ONBOOT", 6, Kind.ONBOOT, "ONBOOT");
        add(fields, "bootorder", "BOOTORDER", 10, Kind.BOOTORDER, "BOOTORDER");
        add(fields, "layout", "LAYOUT", -6, Kind.LAYOUT, "VE_LAYOUT");
        add(fields, "features", "FEATURES", -15, Kind.SWITCHES, "FEATURES");
        add(fields, "vswap", "VSWAP", 5, Kind.VSWAP, "PHYSPAGES");
        add(fields, "disabled", "DISABL", 6, Kind.DISABLED, "DISABLED");
        add(fields, "vm_overcommit", "VM_OVC", 6, Kind.VM_OVERCOMMIT, "VM_OVERCOMMIT");
        add(fields, "netfilter", "NETFILTER", -9, Kind.NETFILTER, "NETFILTER");
        add(fields, "capability", "CAPABILITY", -15, Kind.SWITCHES, "CAPABILITY");
        add(fields, "nat", "NAT", -3, Kind.NAT, "NAT");
        add(fields, "portforward", "PORTFORWARD", -15, Kind.LIST, "PORTFORWARD");
        add(fields, "psi_cpu", "PSI_CPU", 7, Kind.PRESSURE, "CPU");
        add(fields, "psi_mem", "PSI_MEM", 7, Kind.PRESSURE, "MEMORY");
        add(fields, "psi_io", "PSI_IO", 7, Kind.PRESSURE, "IO");
        return fields;
    }

    /** The field of that name, or null. */
    static @Nullable Field named(List<Field> fields, String name) {
        for (Field field : fields) {
            if (field.name.equals(name)) {
                return field;
            }
        }
        return null;
    }

    private static void addUbc(List<Field> fields) {
        String[] ubc = {
            "kmemsize KMEMSIZE",
            "lockedpages LOCKEDP",
            "privvmpages PRIVVMP",
            "shmpages SHMP",
            "numproc NPROC",
            "physpages PHYSP",
            "vmguarpages VMGUARP",
            "oomguarpages OOMGUARP",
            "numtcpsock NTCPSOCK",
            "numflock NFLOCK",
            "numpty NPTY",
            "numsiginfo NSIGINFO",
            "tcpsndbuf TCPSNDB",
            "tcprcvbuf TCPRCVB",
            "othersockbuf OTHSOCKB",
            "dgramrcvbuf DGRAMRB",
            "numothersock NOTHSOCK",
            "dcachesize DCACHESZ",
            "numfile NFILE",
            "numiptent NIPTENT",
            "swappages SWAPP"
        };
        for (String entry : ubc) {
            int blank = entry.indexOf(' ');
            String name = entry.substring(0, blank);
            String key = name.toUpperCase(java.util.Locale.ROOT);
            addNumbers(fields, name, entry.substring(blank + 1), Kind.UBC, key, UBC_SUFFIXES);
        }
    }

    private static void addNumbers(
            List<Field> fields, String name, String header, Kind kind, String key, String[] suffixes) {
        for (int i = 0; i < suffixes.length; i++) {
            String suffix = suffixes[i].toUpperCase(java.util.Locale.ROOT);
            fields.add(new Field(name + suffixes[i], header + suffix, 10, kind, key, i));
        }
    }

    private static void add(List<Field> fields, String name, String header, int width, Kind kind, String key) {
        fields.add(new Field(name, header, width, kind, key, 0));
    }
}
