package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.VzConf;
import org.jvz.runtime.ve.CheckpointVe;
import org.jvz.runtime.ve.CreateOptions;
import org.jvz.runtime.ve.RestoreVe;
import org.jvz.runtime.ve.SetOptions;
import org.jvz.runtime.ve.StartOptions;
import org.jvz.runtime.ve.StatusVe;
import org.jvz.runtime.ve.StopOptions;
import org.jvz.runtime.ve.VeEvents;
import org.jvz.runtime.ve.VeProcess;

/**
 * What the commands ask of the host: the port between command lines and {@code org.jvz.runtime.ve}. All failures are
 * {@link org.jvz.runtime.ve.VeException}s.
 */
interface VeOperations {

    /** Makes the operations of one command. */
    @FunctionalInterface
    interface Factory {
        /**
         * @param skipLock the caller holds the VE's lock already
         * @param output where to say what belongs to no operation
         */
        VeOperations open(VzConf conf, boolean skipLock, Output output);
    }

    /** Whether the caller may do anything at all. */
    boolean isRoot() throws IOException;

    /** Puts right what a killed command may have left of a VE. */
    void repair(CtId id) throws IOException;

    /** What {@code status} shows; takes no lock, needs no configuration. */
    StatusVe.Status status(CtId id) throws IOException;

    /** What vzlist would ask; takes no lock. */
    VeProbe probe();

    /** The processes of a running VE; takes no lock. */
    List<VeProcess> processes(CtId id) throws IOException;

    void create(CtId id, CreateOptions options, VeEvents events) throws IOException;

    /** Changes the configuration. */
    void set(CtId id, SetOptions options, VeEvents events) throws IOException;

    /** Applies the configuration's limits anew. */
    void resetLimits(CtId id, VeEvents events) throws IOException;

    void start(CtId id, StartOptions options, VeEvents events) throws IOException;

    void stop(CtId id, StopOptions options, VeEvents events) throws IOException;

    void restart(CtId id, StartOptions start, StopOptions stop, VeEvents events) throws IOException;

    void destroy(CtId id, VeEvents events) throws IOException;

    void mount(CtId id, VeEvents events) throws IOException;

    void umount(CtId id, VeEvents events) throws IOException;

    void checkpoint(CtId id, CheckpointVe.Stage stage, VeEvents events) throws IOException;

    /** @param dumpFile where the processes are, null for the usual file */
    void restore(CtId id, RestoreVe.Stage stage, @Nullable Path dumpFile, VeEvents events) throws IOException;

    /** Gives the VE its disk limits. */
    void quotaOn(CtId id, VeEvents events) throws IOException;

    /** Takes the VE's disk limits away until its next start. */
    void quotaOff(CtId id, VeEvents events) throws IOException;

    /** Counts the files of a stopped VE anew. */
    void quotaInit(CtId id, VeEvents events) throws IOException;

    /** Runs a line in the VE's shell; returns its exit status. Standard streams are the caller's own. */
    int shell(CtId id, String line, VeEvents events) throws IOException;

    /** Runs the script on stdin in the VE's shell; returns its exit status. */
    int shellFromStdin(CtId id, VeEvents events) throws IOException;

    /** Runs a program without a shell; returns its exit status. */
    int program(CtId id, List<String> argv, VeEvents events) throws IOException;

    /** Gives the caller a terminal inside; returns the shell's exit status. */
    int enter(CtId id, List<String> command, VeEvents events) throws IOException;

    /** Attaches the caller to a console, by its number, until it detaches. */
    void console(CtId id, int tty, VeEvents events) throws IOException;

    /** Runs a script of the host inside; returns its exit status. */
    int runScript(CtId id, Path script, VeEvents events) throws IOException;
}
