package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jvz.runtime.ve.VzError;

/** {@code runscript CTID FILE}: a script of the host, run inside. */
final class RunScriptCommand implements Command {
    private String script = "";

    @Override
    public void parse(String[] args, int from) throws UsageException {
        int syntax = VzError.INVALID_SYNTAX.exitStatus();
        if (from == args.length) {
            throw new UsageException(syntax, Words.NO_SCRIPT);
        }
        if (from + 1 < args.length) {
            throw new UsageException(
                    syntax,
                    Words.EXTRA_ARGUMENTS + " "
                            + String.join(" ", Arrays.asList(args).subList(from + 1, args.length)));
        }
        script = args[from];
    }

    @Override
    public int run(Call call) throws IOException {
        return call.operations().runScript(call.id(), Path.of(script), call.output());
    }
}
