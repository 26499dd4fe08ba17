package org.jvz.runtime.ve;

import java.io.IOException;
import java.util.Set;
import org.jvz.runtime.linux.spawn.CallList;

/**
 * A part of a VE's environment that some keys of its configuration decide about: what a start does for it, and how a
 * running VE takes a change of it. {@link VeParts} lists them. A part is made anew for every operation, so it may keep what
 * one hook found for a later one of the same operation.
 *
 * <p>A start calls the hooks in this order, each for all parts: {@link #prepare}, {@link #take} and {@link #inside}, then,
 * with the child at its gate, {@link #admit}, and {@link #started} at the end. A part that changes the host does so in steps
 * of the transaction, each with its undo.
 */
interface VePart {
    /** Names of the keys whose change a running VE takes from this part at once. */
    Set<String> liveKeys();

    /**
     * Those of them that are applied whenever they are asked for, even if the configuration has that value already: the VE
     * may have another one, from a change that was not saved or by its own doing.
     */
    default Set<String> keysToRepeat() {
        return Set.of();
    }

    /** On the host, before the child is cloned: the VE's root is mounted, its cgroups are made and empty. */
    default void prepare(Starting start) throws IOException {}

    /** Adds records made in the VE's new mount namespace while paths are still the host's: what is to be taken along. */
    default void take(Starting start, CallList list) throws IOException {}

    /**
     * Adds records made when the VE's root is {@code /} and its /proc, /sys and /dev are there, with the rights of its root.
     * The host's root is still attached, out of the reach of paths.
     */
    default void inside(Starting start, CallList list) throws IOException {}

    /** On the host, while the child waits at its gate in its namespaces: what only the host's root may do for it. */
    default void admit(Starting start, int pid) throws IOException {}

    /** When init runs: what does not concern the VE itself. */
    default void started(Starting start) throws IOException {}

    /**
     * Makes a running VE what its changed configuration says, in steps of the change's transaction: what follows may fail,
     * and all steps are then undone.
     */
    default void change(Changing change) throws IOException {}

    /** When every part has changed, and before that is saved: says what {@link #afterChange} will do. */
    default void announce(Changing change) throws IOException {}

    /** After everything is changed and saved: what only goes forward. */
    default void afterChange(Changing change) throws IOException {}

    /** Releases what the part holds, once the operation is over, however it ended. */
    default void close() {}

    /** The exit status that tells of a failed {@link #change}. */
    VzError changeError(IOException failure);
}
