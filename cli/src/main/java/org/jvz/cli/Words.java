package org.jvz.cli;

import org.jvz.runtime.ve.VeEvent;

/**
 * The literal words of vzctl. Other programs match them byte by byte, so every one of them is here and nowhere else;
 * tests compare this table with the contract.
 */
final class Words {
    static final String VERSION = "vzctl version 4.11.1";
    static final String CTID_MISSING = "CT ID missing";
    static final String BAD_COMMAND = "Bad command: ";
    static final String BAD_CTID = "Bad CT ID ";
    static final String EXTRA_ARGUMENTS = "Invalid extra arguments:";
    static final String BAD_PARAMETER = "Bad parameter for ";
    static final String ONLY_SET_FOR_0 = "Only set actions are allowed for CT0";
    static final String NO_COMMAND_LINE = "No command line given for exec";
    static final String TOO_MANY_PARAMETERS = "Invalid syntax: too many parameters!";
    static final String BAD_TTY = "Invalid tty number: ";
    static final String NO_COMMAND_LINE_ENTER = "No command line given for --exec";
    static final String ONE_STAGE = "Invalid syntax: only one sub command may be used";
    static final String NO_SNAPSHOT_ID = "Invalid syntax: snapshot id is missing";
    static final String NO_SNAPSHOTS = "Snapshot feature is only available for ploop-based CTs";
    static final String NO_CONVERT = "Layout ploop is not available here, nothing is converted";
    static final String NO_IMAGE_TO_COMPACT = "Container has no ploop image, nothing to compact";
    static final String NO_SCRIPT = "Script not specified";
    static final String APPLY_FAILED = "Error: failed to apply some parameters, not saving configuration file!";
    static final String ROOT_ONLY = "This program can only be run under root.";

    private Words() {}

    /** The text of an event, without line end. */
    static String of(VeEvent event) {
        String arg = event.arg(0);
        return switch (event.kind()) {
            case CREATING_PRIVATE -> "Creating container private area (" + arg + ")";
            case POSTCREATE -> "Performing postcreate actions";
            case CONFIG_SAVED -> "CT configuration saved to " + arg;
            case PRIVATE_CREATED -> "Container private area was created";
            case NAME_ASSIGNED -> "Name " + arg + " assigned";
            case SAMPLE_NOT_APPLIED -> "Warning: CT config file already exists, not applying a default config sample.";

            case STARTING -> "Starting container...";
            case MOUNTED -> "Container is mounted";
            case UNMOUNTED -> "Container is unmounted";
            case ADDING_IPS -> "Adding IP address(es): " + arg;
            case DELETING_IPS -> "Deleting " + (event.arg(1).isEmpty() ? "" : "all ") + "IP address(es): " + arg;
            case CPU_LIMIT -> "Setting CPU limit: " + arg;
            case CPU_UNITS -> "Setting CPU units: " + arg;
            case CPUS -> "Setting CPUs: " + arg;
            case IO_LIMIT -> "Setting iolimit: " + arg + " bytes/sec";
            case IOPS_LIMIT -> "Setting iopslimit: " + arg + " iops";
            case CONFIGURING_VETH -> "Configure veth devices: " + arg;
            case DELETING_VETH -> "Deleting veth devices: " + arg;
            case START_IN_PROGRESS -> "Container start in progress...";
            case START_WAITING -> "Container start in progress, waiting ...";
            case STARTED -> "Container started successfully";
            case WAIT_FAILED -> "Container wait failed" + (arg.isEmpty() ? "" : " - timeout expired");

            case STOPPING -> "Stopping container ...";
            case KILLING -> "Killing container ...";
            case STOPPED -> "Container was stopped";
            case RESTARTING -> "Restarting container";

            case DESTROYING_PRIVATE -> "Destroying container private area: " + arg;
            case PRIVATE_DESTROYED -> "Container private area was destroyed";
            case PRIVATE_IS_SYMLINK ->
                "Warning: container private area " + arg + " is a symlink to " + event.arg(1)
                        + ". Not removing link destination, you have to do it manually.";

            case CHECKPOINTING -> "Setting up checkpoint...";
            case SUSPENDING -> "\tsuspend...";
            case RESUMING -> "Resuming...";
            case KILLING_SUSPENDED -> "Killing...";
            case RESTORING -> "Restoring container ...";

            case CONFIG_UNCHANGED -> "No changes in CT configuration, not saving";
            case NOT_SAVED ->
                "WARNING: Settings were not saved to config "
                        + (arg.isEmpty() ? "" : "and will be lost after CT restart ")
                        + "(use --save flag)";
            case CONFIG_IS_NEW -> "WARNING: " + arg + " not found";
            case NOT_APPLIED ->
                "WARNING: Some of the parameters could not be applied to a running container: " + arg
                        + ". Please consider using --setmode option";
            case RECORDED_ONLY -> "Note: only recorded, there is nothing on this kernel to apply it to: " + arg;

            case ENTERED -> "entered into CT " + arg;
            case EXITED -> "exited from CT " + arg;
            case GOT_SIGNAL -> "Got signal " + arg;
            case ATTACHED -> "Attached to CT " + arg + " (ESC . to detach)";
            case DETACHED -> "Detached from CT " + arg;

            case LOCKED_BY -> "Locked by: pid " + arg + ", cmdline " + event.arg(1);
            case STALE_LOCK -> "Removing stale lock file " + arg;

            case DUMP_FILE_FOUND -> "Dump file " + arg + " exists, trying to restore from it";
            case CANT_RESTORE_DUMP -> "Restore failed: " + arg;
            case WARNING -> "Warning: " + arg;
            case NOT_ENFORCED -> "Warning: settings without effect on this host: " + arg;
            case DETAIL, REPAIRED -> arg;

            case ALREADY_MOUNTED -> "Container is already mounted";
            case STOP_NOT_RUNNING -> "Unable to stop: container is not running";

            case ALREADY_RUNNING -> "Container is already running";
            case START_IS_DISABLED -> "Container start disabled";
            case PRIVATE_MISSING -> "Container private area " + arg + " does not exist";
            case UBC_NOT_SET -> "Error: required UB parameter " + arg + " not set";
            case NO_INIT -> "Unable to start init, probably incorrect template";
            case START_FAILED -> "Container start failed (try to check kernel messages, e.g. \"dmesg | tail\")";
            case CANT_STOP -> "Unable to stop container" + (arg.isEmpty() ? "" : ": operation timed out");
            case DESTROY_RUNNING -> "Container is currently running. Stop it first.";
            case DESTROY_MOUNTED -> "Container is currently mounted (umount first)";
            case NOT_MOUNTED -> "CT is not mounted";
            case UMOUNT_RUNNING -> "Container is running -- stop it first";
            case NOT_RUNNING -> "Container is not running";
            case CANT_CHECKPOINT_STOPPED -> "Unable to setup checkpointing: container is not running";
            case CHECKPOINT_FAILED -> "Checkpointing failed";
            case CANT_RESUME -> "Can not resume container";
            case CANT_KILL -> "Can not kill container";
            case CANT_RESTORE_RUNNING -> "Unable to perform restore: container already running";
            case CANT_OPEN_DUMP -> "Unable to open " + arg;
            case IS_SUSPENDED -> "Container is suspended: nothing runs in it before vzctl chkpnt " + arg + " --resume";
            case ALREADY_LOCKED -> "Container already locked";
            case NO_VE_CONFIG -> "Container config file does not exist";
            case SAMPLE_NOT_FOUND -> "Sample config " + arg + " not found";
            case CONFIG_EXISTS ->
                "Error: container config file " + arg + " already exists, can not use --config option";
            case PRIVATE_EXISTS -> "Private area already exists in " + arg;
            case PRIVATE_IS_MOUNT_POINT ->
                "Can't create: private dir (" + arg + ") is a mount point. Suggestion: use --private " + arg
                        + "/private";
            case NO_OSTEMPLATE -> "OS template is not specified";
            case OSTEMPLATE_NOT_FOUND -> "Cached OS template " + arg + ".tar[.gz|.bz2|.xz] not found";
            case LAYOUT_UNSUPPORTED ->
                "Layout " + arg
                        + " is not available here: add --layout simfs option, or set VE_LAYOUT=simfs in vz.conf";
            case KEY_NOT_SET -> arg + " is not set";
            case QUOTA_DISABLED -> "Disk quota is not enabled, skipping operation";
            case ACTION_SCRIPT_FAILED -> "Error executing " + arg + " script " + event.arg(1);
            case SCRIPT_NOT_FOUND -> "Script not found: " + arg;
            case NAME_NOT_FOUND -> "Unable to find container by name " + arg;
            case NAME_CONFLICT -> "Conflict: name " + arg + " already used by container " + event.arg(1);
            case BAD_NAME -> "Error: invalid name " + arg;
            case CANT_APPLY_STOPPED -> cantApply(arg) + ": container is not running";
            case CANT_APPLY_RUNNING ->
                "Unable to apply to a running container: " + arg + " (with --save it is kept for the next start)";
            case CANT_CHANGE_DIRECTORY -> "Unable to change " + arg + " on a " + event.arg(1) + " container";
            case PASSWORD_NOT_CHANGED -> "Password change failed for user " + arg;
            case PRIVATE_WRONG_OWNER ->
                "Container private area is owned by " + arg + ":" + event.arg(1)
                        + ", but configuration file says otherwise. Refusing to run.";
        };
    }

    private static String cantApply(String group) {
        return switch (group) {
            case "network devices" -> "Unable to setup network devices";
            case "device" -> "Unable to apply devperm";
            case "PCI" -> "Unable to configure PCI devices";
            default -> "Unable to apply " + group + " parameters";
        };
    }

    /**
     * How loud an event is, in vzctl's scale: -1 goes to stderr and is never silenced, 0 goes to stdout, 1 goes to stdout
     * under {@code --verbose} only.
     */
    static int level(VeEvent.Kind kind) {
        return switch (kind) {
            case DETAIL, REPAIRED -> 1;
            case CREATING_PRIVATE,
                    POSTCREATE,
                    CONFIG_SAVED,
                    PRIVATE_CREATED,
                    NAME_ASSIGNED,
                    SAMPLE_NOT_APPLIED,
                    STARTING,
                    MOUNTED,
                    UNMOUNTED,
                    ADDING_IPS,
                    DELETING_IPS,
                    CPU_LIMIT,
                    CPU_UNITS,
                    CPUS,
                    IO_LIMIT,
                    IOPS_LIMIT,
                    CONFIGURING_VETH,
                    DELETING_VETH,
                    START_IN_PROGRESS,
                    START_WAITING,
                    STARTED,
                    WAIT_FAILED,
                    STOPPING,
                    KILLING,
                    STOPPED,
                    RESTARTING,
                    CHECKPOINTING,
                    SUSPENDING,
                    RESUMING,
                    KILLING_SUSPENDED,
                    RESTORING,
                    DESTROYING_PRIVATE,
                    PRIVATE_DESTROYED,
                    ENTERED,
                    EXITED,
                    STALE_LOCK,
                    DUMP_FILE_FOUND,
                    CANT_RESTORE_DUMP,
                    WARNING,
                    NOT_ENFORCED,
                    DESTROY_RUNNING,
                    QUOTA_DISABLED,
                    DESTROY_MOUNTED,
                    CONFIG_UNCHANGED,
                    NOT_SAVED,
                    RECORDED_ONLY -> 0;
            case PRIVATE_IS_SYMLINK,
                    GOT_SIGNAL,
                    ATTACHED,
                    DETACHED,
                    LOCKED_BY,
                    ALREADY_MOUNTED,
                    STOP_NOT_RUNNING,
                    ALREADY_RUNNING,
                    START_IS_DISABLED,
                    PRIVATE_MISSING,
                    UBC_NOT_SET,
                    NO_INIT,
                    START_FAILED,
                    CANT_STOP,
                    NOT_MOUNTED,
                    UMOUNT_RUNNING,
                    NOT_RUNNING,
                    CANT_CHECKPOINT_STOPPED,
                    CHECKPOINT_FAILED,
                    CANT_RESUME,
                    CANT_KILL,
                    CANT_RESTORE_RUNNING,
                    CANT_OPEN_DUMP,
                    IS_SUSPENDED,
                    ALREADY_LOCKED,
                    NO_VE_CONFIG,
                    SAMPLE_NOT_FOUND,
                    CONFIG_EXISTS,
                    PRIVATE_EXISTS,
                    PRIVATE_IS_MOUNT_POINT,
                    NO_OSTEMPLATE,
                    OSTEMPLATE_NOT_FOUND,
                    LAYOUT_UNSUPPORTED,
                    KEY_NOT_SET,
                    ACTION_SCRIPT_FAILED,
                    SCRIPT_NOT_FOUND,
                    NAME_NOT_FOUND,
                    NAME_CONFLICT,
                    PRIVATE_WRONG_OWNER,
                    CONFIG_IS_NEW,
                    NOT_APPLIED,
                    BAD_NAME,
                    CANT_APPLY_STOPPED,
                    CANT_APPLY_RUNNING,
                    CANT_CHANGE_DIRECTORY,
                    PASSWORD_NOT_CHANGED -> -1;
        };
    }
}
