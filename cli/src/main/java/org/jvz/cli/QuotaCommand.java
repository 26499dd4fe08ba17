package org.jvz.cli;

import java.io.IOException;

/** {@code quotaon}, {@code quotaoff} and {@code quotainit}. */
final class QuotaCommand implements Command {
    private final Verb verb;

    QuotaCommand(Verb verb) {
        this.verb = verb;
    }

    @Override
    public void parse(String[] args, int from) throws UsageException {
        Commands.parseNothing(args, from);
    }

    @Override
    public int run(Call call) throws IOException {
        switch (verb) {
            case QUOTAON -> call.operations().quotaOn(call.id(), call.output());
            case QUOTAOFF -> call.operations().quotaOff(call.id(), call.output());
            case QUOTAINIT -> call.operations().quotaInit(call.id(), call.output());
            default -> throw new IllegalStateException(verb.name());
        }
        return 0;
    }
}
