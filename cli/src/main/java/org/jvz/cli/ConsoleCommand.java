package org.jvz.cli;

import java.io.IOException;
import org.jvz.runtime.ve.ConsoleVe;
import org.jvz.runtime.ve.VzError;

/** {@code console CTID [TTY]}: the VE's own terminal, whoever is logged in there. */
final class ConsoleCommand implements Command {
    private int tty = 1;

    @Override
    public void parse(String[] args, int from) throws UsageException {
        if (from + 1 < args.length) {
            throw new UsageException(VzError.INVALID_SYNTAX.exitStatus(), Words.TOO_MANY_PARAMETERS);
        }
        if (from < args.length) {
            tty = tty(args[from]);
        }
    }

    private static int tty(String text) throws UsageException {
        if (text.length() == 1 && text.charAt(0) >= '1' && text.charAt(0) < '1' + ConsoleVe.COUNT) {
            return text.charAt(0) - '0';
        }
        throw new UsageException(
                VzError.INVALID_VALUE.exitStatus(),
                Words.BAD_TTY + text,
                "1 is the container's /dev/console and /dev/tty1, 2 its /dev/tty2; there are no more");
    }

    @Override
    public int run(Call call) throws IOException {
        call.operations().console(call.id(), tty, call.output());
        return 0;
    }
}
