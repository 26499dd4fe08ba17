package org.jvz.cli;

import org.jspecify.annotations.Nullable;

/** The sub-commands of vzctl. */
enum Verb {
    CREATE,
    START,
    STOP,
    RESTART,
    DESTROY,
    MOUNT,
    UMOUNT,
    STATUS,
    INFO,
    SET,
    EXEC,
    EXEC2,
    EXEC3,
    ENTER,
    CONSOLE,
    RUNSCRIPT,
    CHKPNT,
    RESTORE,
    QUOTAON,
    QUOTAOFF,
    QUOTAINIT,
    SNAPSHOT,
    SNAPSHOT_SWITCH,
    SNAPSHOT_DELETE,
    SNAPSHOT_MOUNT,
    SNAPSHOT_UMOUNT,
    SNAPSHOT_LIST,
    CONVERT,
    COMPACT;

    /** The verb a word stands for, or null. */
    static @Nullable Verb of(String word) {
        return switch (word) {
            case "create" -> CREATE;
            case "start" -> START;
            case "stop" -> STOP;
            case "restart" -> RESTART;
            case "destroy", "delete" -> DESTROY;
            case "mount" -> MOUNT;
            case "umount" -> UMOUNT;
            case "status" -> STATUS;
            case "info" -> INFO;
            case "set" -> SET;
            case "exec" -> EXEC;
            case "exec2" -> EXEC2;
            case "exec3" -> EXEC3;
            case "enter" -> ENTER;
            case "console" -> CONSOLE;
            case "runscript" -> RUNSCRIPT;
            case "chkpnt", "suspend" -> CHKPNT;
            case "restore", "resume" -> RESTORE;
            case "quotaon" -> QUOTAON;
            case "quotaoff" -> QUOTAOFF;
            case "quotainit" -> QUOTAINIT;
            case "snapshot" -> SNAPSHOT;
            case "snapshot-switch" -> SNAPSHOT_SWITCH;
            case "snapshot-delete" -> SNAPSHOT_DELETE;
            case "snapshot-mount" -> SNAPSHOT_MOUNT;
            case "snapshot-umount" -> SNAPSHOT_UMOUNT;
            case "snapshot-list" -> SNAPSHOT_LIST;
            case "convert" -> CONVERT;
            case "compact" -> COMPACT;
            default -> null;
        };
    }
}
