package org.jvz.cli;

import java.io.IOException;

/**
 * One sub-command of vzctl: first it reads its arguments, then, once configuration and CT ID are known to be good, it
 * runs. Used once.
 */
interface Command {
    /**
     * Reads what follows the CT ID.
     *
     * @param from index of the first argument after the CT ID
     */
    void parse(String[] args, int from) throws UsageException;

    /**
     * Does it.
     *
     * @return the exit status
     * @throws org.jvz.runtime.ve.VeException if the operation failed
     */
    int run(Call call) throws IOException, UsageException;
}
