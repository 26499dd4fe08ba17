package org.jvz.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jvz.runtime.ve.VzError;

/** {@code enter CTID [--exec COMMAND [ARG...]]}: a terminal inside. */
final class EnterCommand implements Command {
    private List<String> command = List.of();

    @Override
    public void parse(String[] args, int from) throws UsageException {
        if (from == args.length) {
            return;
        }
        int syntax = VzError.INVALID_SYNTAX.exitStatus();
        if (!args[from].equals("--exec")) {
            throw new UsageException(syntax, "Invalid option '" + args[from] + "'");
        }
        if (from + 1 == args.length || args[from + 1].isEmpty()) {
            throw new UsageException(syntax, Words.NO_COMMAND_LINE_ENTER);
        }
        command = Arrays.asList(args).subList(from + 1, args.length);
    }

    @Override
    public int run(Call call) throws IOException {
        return call.operations().enter(call.id(), command, call.output());
    }
}
