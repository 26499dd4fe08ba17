package org.jvz.cli;

import java.io.IOException;
import org.jvz.runtime.ve.VzError;

/** {@code mount} and {@code umount}. */
final class MountCommand implements Command {
    private final Verb verb;

    MountCommand(Verb verb) {
        this.verb = verb;
    }

    @Override
    public void parse(String[] args, int from) throws UsageException {
        OptionTable table = verb == Verb.MOUNT ? Options.mount() : Options.none();
        OptionReader reader = new OptionReader("vzctl", table, args, from, VzError.INVALID_SYNTAX.exitStatus());
        // --skip-fsck and --skip-remount concern layouts with a file system of their own: mount of a mounted VE never
        // remounts, and overlay and simfs have nothing to check.
        reader.readAll();
        Commands.requireNoOperands(reader);
    }

    @Override
    public int run(Call call) throws IOException {
        if (verb == Verb.MOUNT) {
            call.operations().mount(call.id(), call.output());
        } else {
            call.operations().umount(call.id(), call.output());
        }
        return 0;
    }
}
