package org.jvz.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jvz.runtime.ve.VzError;

/**
 * {@code exec}, {@code exec2} and {@code exec3}. The words of the first two are joined and read again by the VE's shell,
 * so a caller's quoting is interpreted twice: callers depend on that. {@code exec3} takes its words as they are.
 */
final class ExecCommand implements Command {
    private final Verb verb;
    private List<String> words = List.of();

    ExecCommand(Verb verb) {
        this.verb = verb;
    }

    @Override
    public void parse(String[] args, int from) throws UsageException {
        if (from == args.length) {
            throw new UsageException(VzError.INVALID_SYNTAX.exitStatus(), Words.NO_COMMAND_LINE);
        }
        // Whatever follows is the command's, "--" and options too.
        words = Arrays.asList(args).subList(from, args.length);
    }

    @Override
    public int run(Call call) throws IOException {
        int status = execute(call);
        return verb == Verb.EXEC && status != 0 ? VzError.COMMAND_EXECUTION.exitStatus() : status;
    }

    private int execute(Call call) throws IOException {
        if (verb == Verb.EXEC3) {
            return call.operations().program(call.id(), words, call.output());
        }
        if (words.get(0).equals("-")) {
            return call.operations().shellFromStdin(call.id(), call.output());
        }
        return call.operations().shell(call.id(), line(words), call.output());
    }

    /** Every word followed by a blank; an empty word would vanish unless quoted. */
    static String line(List<String> words) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            line.append(word.isEmpty() ? "''" : word).append(' ');
        }
        return line.toString();
    }
}
