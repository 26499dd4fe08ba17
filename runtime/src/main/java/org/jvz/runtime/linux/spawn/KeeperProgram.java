package org.jvz.runtime.linux.spawn;

import java.util.List;
import org.jvz.runtime.linux.Fd;

/**
 * What a keeper becomes once its child is started: a program in a session of its own, with /dev/null as its streams, {@code /} as its
 * directory and default signals.
 *
 * @param file the program, no script: the file is closed by the time it runs
 * @param argv its arguments, its own name first
 * @param environment entries {@code NAME=VALUE}
 * @param descriptors what it finds open from {@link #DESCRIPTORS} on
 */
public record KeeperProgram(Fd file, List<String> argv, List<String> environment, List<Fd> descriptors) {
    /** A pidfd of the child that it keeps. */
    public static final int CHILD = 4;

    /** The number of the first one of {@link #descriptors}. */
    public static final int DESCRIPTORS = 5;

    public KeeperProgram {
        descriptors = List.copyOf(descriptors);
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
    }
}
