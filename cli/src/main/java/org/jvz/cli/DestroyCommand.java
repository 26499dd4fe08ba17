package org.jvz.cli;

import java.io.IOException;

/** {@code destroy}, also called {@code delete}. */
final class DestroyCommand implements Command {
    @Override
    public void parse(String[] args, int from) throws UsageException {
        Commands.parseNothing(args, from);
    }

    @Override
    public int run(Call call) throws IOException {
        call.operations().destroy(call.id(), call.output());
        return 0;
    }
}
