package org.jvz.runtime.ve;

/**
 * Why an operation failed, as the exit status that vzctl's callers know.
 *
 * <p>The numbers are an external contract (vzctl(8), EXIT STATUS): they never change meaning, and a new cause takes an
 * existing number before it takes a free one. Constants are in numeric order; gaps are codes that no program sends any
 * more.
 */
public enum VzError {
    /** A beancounter (UBC) limit could not be applied. */
    SET_UBC(1),
    /** CPU weight or limit could not be applied. */
    SET_CPU(2),
    /** A system call failed and nothing more specific fits. */
    SYSTEM(3),
    /** The kernel lacks something that VEs need. */
    BAD_KERNEL(5),
    /** A resource (memory, descriptors, ids) is not available. */
    RESOURCE(6),
    /** The VE's environment (namespaces, init) could not be made. */
    ENV_CREATE(7),
    /** {@code exec}: the command did not end with 0, or could not be run at all. */
    COMMAND_EXECUTION(8),
    /** Another process holds the VE's lock. */
    LOCKED(9),
    /** vz.conf is absent or unreadable. */
    NO_CONFIG(10),
    /** A script file is absent. */
    NO_SCRIPT(11),
    /** The caller may not do this. */
    NO_ACCESS(12),
    /** Capabilities could not be set. */
    SET_CAPABILITY(13),
    /** CTID.conf is absent. */
    NO_VE_CONFIG(14),
    /** A command inside the VE ran out of time. */
    EXEC_TIMEOUT(15),
    /** Checkpointing failed. */
    CHECKPOINT(16),
    /** Restoring failed. */
    RESTORE(17),
    /** The login user id could not be set. */
    SET_LUID(18),
    /** The command line makes no sense. */
    INVALID_SYNTAX(20),
    /** An option's value makes no sense. */
    INVALID_VALUE(21),
    /** VE_ROOT is not set. */
    VE_ROOT_NOT_SET(22),
    /** VE_PRIVATE is not set. */
    VE_PRIVATE_NOT_SET(23),
    /** TEMPLATE is not set. */
    TEMPLATE_NOT_SET(24),
    /** A required parameter is absent. */
    NOT_ENOUGH_PARAMETERS(27),
    /** A required beancounter is absent. */
    NOT_ENOUGH_UBC(28),
    /** No OS template is named anywhere. */
    OSTEMPLATE_NOT_SET(29),
    /** A rate of traffic could not be set. */
    SET_RATE(30),
    /** The VE is not running. */
    NOT_RUNNING(31),
    /** The VE is running. */
    RUNNING(32),
    /** The VE could not be stopped. */
    STOP(33),
    /** An IP address could not be added. */
    CANT_ADD_IP(34),
    /** The configuration is not valid. */
    VALIDATE(35),
    /** The host would be overcommitted. */
    OVERCOMMIT(36),
    /** The VE's file system is not mounted. */
    FS_NOT_MOUNTED(40),
    /** The VE's file system is mounted. */
    FS_MOUNTED(41),
    /** The private area is absent. */
    NO_PRIVATE(43),
    /** The private area is there already. */
    PRIVATE_EXISTS(44),
    /** Not enough free disk space. */
    NO_DISK_SPACE(46),
    /** The template lacks an init or a shell. */
    BAD_TEMPLATE(47),
    /** The private area could not be made. */
    NEW_PRIVATE(48),
    /** The mount point could not be made. */
    MOUNT_POINT(49),
    /** Mounting failed. */
    CANT_MOUNT(50),
    /** Unmounting failed. */
    CANT_UMOUNT(51),
    /** The private area could not be deleted. */
    DELETE_PRIVATE(52),
    /** The kind of mount is unknown. */
    UNKNOWN_MOUNT_TYPE(53),
    /** A directory could not be made. */
    CANT_CREATE_DIR(54),
    /** Quota limits are absent. */
    NOT_ENOUGH_QUOTA_LIMITS(55),
    /** Disk quota could not be switched on. */
    QUOTA_ON(60),
    /** Disk quota could not be initialised. */
    QUOTA_INIT(61),
    /** A disk quota limit could not be set. */
    QUOTA_SET(62),
    /** DISKSPACE is not set. */
    DISKSPACE_NOT_SET(63),
    /** DISKINODES is not set. */
    DISKINODES_NOT_SET(64),
    /** Quota of users inside the VE could not be set. */
    SET_USER_QUOTA(65),
    /** Disk quota could not be switched off. */
    QUOTA_OFF(66),
    /** Quota of users inside the VE was not initialised. */
    USER_QUOTA_NOT_INITIALIZED(67),
    /** Quota usage could not be read. */
    GET_QUOTA_USAGE(68),
    /** The host name is not valid. */
    BAD_HOSTNAME(70),
    /** The IP address is not valid. */
    BAD_IP(71),
    /** The name server is not valid. */
    BAD_NAMESERVER(72),
    /** The search domain is not valid. */
    BAD_SEARCHDOMAIN(73),
    /** A password could not be changed. */
    CHANGE_PASSWORD(74),
    /** LOCKDIR is not set. */
    LOCKDIR_NOT_SET(77),
    /** The IP address is used by somebody else. */
    IP_IN_USE(78),
    /** An action script failed. */
    ACTION_SCRIPT(79),
    /** The sample configuration could not be copied. */
    COPY_CONFIG(82),
    /** The configuration file is broken. */
    INVALID_CONFIG(85),
    /** Device permissions could not be set. */
    SET_DEVICES(86),
    /** The IP address is not available. */
    IP_NOT_AVAILABLE(89),
    /** The OS template is in neither cache nor store. */
    OSTEMPLATE_NOT_FOUND(91),
    /** The ploop layout is impossible here. */
    PLOOP_UNSUPPORTED(99),
    /** The VE's addresses could not be read. */
    GET_IP(100),
    /** A network device could not be moved. */
    NETDEV(104),
    /** DISABLED=yes. */
    START_DISABLED(105),
    /** Packet filter modules could not be set. */
    SET_IPTABLES(106),
    /** No configuration for the distribution. */
    NO_DISTRIBUTION_CONFIG(107),
    /** No action script for the distribution. */
    NO_DISTRIBUTION_SCRIPT(108),
    /** The sample of {@code --applyconfig} is absent. */
    APPLY_CONFIG(109),
    /** Memory information could not be set. */
    SET_MEMINFO(129),
    /** A veth device could not be set up. */
    VETH(130),
    /** The name is not valid, or another VE's. */
    SET_NAME(131),
    /** {@code start --wait} ran out of time. */
    WAIT_FAILED(133),
    /** The configuration could not be saved. */
    CONFIG_SAVE(139),
    /** The VE's kernel release could not be set. */
    SET_OSRELEASE(144),
    /** I/O limits could not be set. */
    SET_IO(148),
    /** The image is absent. */
    IMAGE_NOT_FOUND(150),
    /** The image could not be made. */
    CREATE_IMAGE(151),
    /** The image could not be mounted. */
    MOUNT_IMAGE(152),
    /** The image could not be unmounted. */
    UMOUNT_IMAGE(153),
    /** The image could not be resized. */
    RESIZE_IMAGE(154),
    /** The image could not be converted. */
    CONVERT_IMAGE(155),
    /** The snapshot could not be made. */
    CREATE_SNAPSHOT(156),
    /** The snapshot could not be merged. */
    MERGE_SNAPSHOT(157),
    /** The snapshot could not be deleted. */
    DELETE_SNAPSHOT(158),
    /** The snapshot could not be switched to. */
    SWITCH_SNAPSHOT(159),
    /** The snapshot could not be mounted. */
    MOUNT_SNAPSHOT(160),
    /** The snapshot could not be unmounted. */
    UMOUNT_SNAPSHOT(161),
    /** The image could not be compacted. */
    COMPACT_IMAGE(166),
    /** The snapshots could not be listed. */
    LIST_SNAPSHOTS(167);

    private final int exitStatus;

    VzError(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    /** The status a command that failed so exits with, 1..255. */
    public int exitStatus() {
        return exitStatus;
    }
}
