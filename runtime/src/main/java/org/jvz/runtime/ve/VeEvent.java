package org.jvz.runtime.ve;

import java.util.List;

/**
 * Something an operation on a VE tells its caller: a step reached, a remark, or (inside a {@link VeException}) the
 * refusal that ended it.
 *
 * <p>An event says <em>what</em>, never in which words or where to print them: a front end owns the words. It is one
 * record over an enum instead of a class per event because every class costs start-up time of a short-lived command.
 *
 * @param kind what happened
 * @param args the objects concerned, in the order that {@link Kind} documents
 */
public record VeEvent(Kind kind, List<String> args) {

    /** Makes an event. */
    public static VeEvent of(Kind kind, String... args) {
        return new VeEvent(kind, List.of(args));
    }

    /** Argument {@code index}, or the empty string where the event has fewer. */
    public String arg(int index) {
        return index < args.size() ? args.get(index) : "";
    }

    /** Kind and arguments, for logs and for front ends without words of their own. */
    public String text() {
        StringBuilder text = new StringBuilder(kind.name());
        for (String arg : args) {
            text.append(' ').append(arg);
        }
        return text.toString();
    }

    /** Every kind of event. Arguments are named in the comment; none where nothing is said. */
    public enum Kind {
        // --- create
        /** The private area is being made: template. */
        CREATING_PRIVATE,
        /** The distribution's actions after unpacking begin. */
        POSTCREATE,
        /** CTID.conf was written: its path. */
        CONFIG_SAVED,
        /** The private area is complete. */
        PRIVATE_CREATED,
        /** The VE got its name: name. */
        NAME_ASSIGNED,
        /** CTID.conf was there before, so no default sample is applied. */
        SAMPLE_NOT_APPLIED,

        // --- start, mount
        /** The start begins. */
        STARTING,
        /** The root is mounted. */
        MOUNTED,
        /** The root is unmounted. */
        UNMOUNTED,
        /** Addresses are added: all of them, joined by blanks. */
        ADDING_IPS,
        /** Addresses are removed: those, joined by blanks. */
        DELETING_IPS,
        /** A CPU limit is applied: percent. */
        CPU_LIMIT,
        /** A CPU weight is applied: units. */
        CPU_UNITS,
        /** A number of CPUs is applied: count. */
        CPUS,
        /** A disk bandwidth limit is applied: bytes per second. */
        IO_LIMIT,
        /** A disk operation limit is applied: operations per second. */
        IOPS_LIMIT,
        /** veth devices are made: host names joined by blanks. */
        CONFIGURING_VETH,
        /** veth devices are deleted: host names joined by blanks. */
        DELETING_VETH,
        /** init is running; nothing waits for it. */
        START_IN_PROGRESS,
        /** init is running; the start waits until the VE is up. */
        START_WAITING,
        /** The VE says it is up. */
        STARTED,
        /** Waiting for the VE ended in vain: "timeout" or empty. */
        WAIT_FAILED,

        /** Settings that this host cannot hold the VE to, with the reasons: text. */
        NOT_ENFORCED,

        // --- stop, restart
        /** A clean shutdown begins. */
        STOPPING,
        /** The VE's processes are killed. */
        KILLING,
        /** No process of the VE is left. */
        STOPPED,
        /** A restart begins. */
        RESTARTING,

        // --- destroy
        /** The private area is being deleted: path. */
        DESTROYING_PRIVATE,
        /** The private area is gone (or on its way, out of sight). */
        PRIVATE_DESTROYED,
        /** The private area is a symbolic link, only the link is removed: path, its target. */
        PRIVATE_IS_SYMLINK,

        // --- chkpnt, restore
        /** A checkpoint begins. */
        CHECKPOINTING,
        /** The VE is being frozen. */
        SUSPENDING,
        /** The VE is let go on. */
        RESUMING,
        /** A frozen VE is killed. */
        KILLING_SUSPENDED,
        /** A restore begins. */
        RESTORING,

        // --- set
        /** Nothing was to be saved. */
        CONFIG_UNCHANGED,
        /** What was set is not in CTID.conf: "running" or empty. */
        NOT_SAVED,
        /** There is no CTID.conf yet: its path. */
        CONFIG_IS_NEW,
        /** Options that only a restart makes effective were saved: their names, joined by blanks. */
        NOT_APPLIED,
        /** Options that this kernel has nothing for were recorded: their names, joined by blanks. */
        RECORDED_ONLY,

        // --- exec, enter, console
        /** The caller's terminal is now the VE's: CTID. */
        ENTERED,
        /** The caller's terminal is its own again: CTID. */
        EXITED,
        /** The command was killed: signal number. */
        GOT_SIGNAL,
        /** The caller's terminal is a console of the VE: CTID. */
        ATTACHED,
        /** It is no more: CTID. */
        DETACHED,

        // --- lock
        /** Somebody holds the VE's lock: pid, command line. */
        LOCKED_BY,
        /** The owner of a lock is gone, the lock was removed: path. */
        STALE_LOCK,

        // --- remarks
        /** A dump file is there and is tried first: path. */
        DUMP_FILE_FOUND,
        /** The restore that start tries first is not possible: reason. */
        CANT_RESTORE_DUMP,
        /** Something the administrator should know, the operation goes on: text. */
        WARNING,
        /** A detail for {@code --verbose}: text. */
        DETAIL,
        /** What an interrupted command left behind was put right: text. */
        REPAIRED,

        // --- mild refusals: the operation ends, without failure
        /** Nothing to mount. */
        ALREADY_MOUNTED,
        /** Nothing to stop. */
        STOP_NOT_RUNNING,

        // --- refusals, carried by a VeException
        /** start: the VE is running. */
        ALREADY_RUNNING,
        /** start: DISABLED=yes. */
        START_IS_DISABLED,
        /** The private area is absent: path. */
        PRIVATE_MISSING,
        /** A required beancounter is absent: its name. */
        UBC_NOT_SET,
        /** There is no init inside. */
        NO_INIT,
        /** The VE could not be started, after its root was mounted. */
        START_FAILED,
        /** The VE did not stop: "timeout" or empty. */
        CANT_STOP,
        /** destroy: the VE is running. */
        DESTROY_RUNNING,
        /** destroy: the VE is mounted. */
        DESTROY_MOUNTED,
        /** umount: nothing is mounted. */
        NOT_MOUNTED,
        /** umount: the VE is running. */
        UMOUNT_RUNNING,
        /** exec, enter and others need a running VE. */
        NOT_RUNNING,
        /** chkpnt needs a running VE. */
        CANT_CHECKPOINT_STOPPED,
        /** The VE could not be frozen, or its processes not be written to a file. */
        CHECKPOINT_FAILED,
        /** chkpnt --resume and its like: the VE is not let go on. */
        CANT_RESUME,
        /** chkpnt --kill and its like: the VE is not killed. */
        CANT_KILL,
        /** restore: the VE is running. */
        CANT_RESTORE_RUNNING,
        /** restore: there is nothing to restore from: path. */
        CANT_OPEN_DUMP,
        /** exec, enter and others need a VE that is not frozen: CTID. */
        IS_SUSPENDED,
        /** The lock is somebody else's. */
        ALREADY_LOCKED,
        /** CTID.conf is absent. */
        NO_VE_CONFIG,
        /** create: a sample is absent: path. */
        SAMPLE_NOT_FOUND,
        /** create --config: CTID.conf exists: path. */
        CONFIG_EXISTS,
        /** create: the private area exists: path. */
        PRIVATE_EXISTS,
        /** create: the private area is a mount point: path. */
        PRIVATE_IS_MOUNT_POINT,
        /** create: no template is named. */
        NO_OSTEMPLATE,
        /** create: the template is not there: path of the archive without suffix. */
        OSTEMPLATE_NOT_FOUND,
        /** create: this layout is impossible here: layout. */
        LAYOUT_UNSUPPORTED,
        /** A key of vz.conf or CTID.conf that is needed is not set: key. */
        KEY_NOT_SET,
        /** quotaon, quotaoff, quotainit: DISK_QUOTA is no. */
        QUOTA_DISABLED,
        /** An action script failed: action (premount, mount, ...), path. */
        ACTION_SCRIPT_FAILED,
        /** runscript: no such script: path. */
        SCRIPT_NOT_FOUND,
        /** No such VE name: name. */
        NAME_NOT_FOUND,
        /** The name is another VE's: name, CTID. */
        NAME_CONFLICT,
        /** The text is no name: it. */
        BAD_NAME,
        /** set: settings cannot be applied because the VE does not run: group (UBC, network, CPU, ...). */
        CANT_APPLY_STOPPED,
        /** set: settings cannot be applied while the VE runs: their options, joined by blanks. */
        CANT_APPLY_RUNNING,
        /** set: a directory cannot be changed while the VE uses it: key, "running" or "mounted". */
        CANT_CHANGE_DIRECTORY,
        /** set --userpasswd: the password was not changed. */
        PASSWORD_NOT_CHANGED,
        /** The private area belongs to other ids than the configuration says: owner, group. */
        PRIVATE_WRONG_OWNER,
    }
}
