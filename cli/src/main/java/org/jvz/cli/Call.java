package org.jvz.cli;

import org.jvz.runtime.config.CtId;
import org.jvz.runtime.config.HostPaths;
import org.jvz.runtime.config.VzConf;

/**
 * What a command works with.
 *
 * @param id the VE
 * @param paths where the files are
 * @param conf the global configuration
 * @param operations what can be done to VEs
 * @param output where to say it
 */
record Call(CtId id, HostPaths paths, VzConf conf, VeOperations operations, Output output) {}
