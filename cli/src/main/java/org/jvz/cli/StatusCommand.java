package org.jvz.cli;

import java.io.IOException;
import org.jvz.runtime.ve.StatusVe;

/** {@code status}: one line of five or six words, exit status 0 whatever the state. */
final class StatusCommand implements Command {
    @Override
    public void parse(String[] args, int from) throws UsageException {
        // Monitors call this command dozens of times in a row: the reader is loaded only to complain.
        if (from < args.length) {
            Commands.parseNothing(args, from);
        }
    }

    @Override
    public int run(Call call) throws IOException {
        StatusVe.Status status = call.operations().status(call.id());
        call.output()
                .answer("CTID " + call.id().value()
                        + (status.exists() ? " exist" : " deleted")
                        + (status.mounted() ? " mounted" : " unmounted")
                        + (status.running() ? " running" : " down")
                        + (status.suspended() ? " suspended" : ""));
        return 0;
    }
}
