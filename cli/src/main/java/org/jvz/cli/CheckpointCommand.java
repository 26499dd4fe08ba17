package org.jvz.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.config.CtId;
import org.jvz.runtime.ve.CheckpointVe;
import org.jvz.runtime.ve.RestoreVe;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VzError;

/** {@code chkpnt} (also called {@code suspend}) and {@code restore} ({@code resume}), whole or one stage of them. */
final class CheckpointCommand implements Command {
    private final Verb verb;
    private String stage = "";
    private @Nullable Path dumpFile;
    private String meaningless = "";

    CheckpointCommand(Verb verb) {
        this.verb = verb;
    }

    @Override
    public void parse(String[] args, int from) throws UsageException {
        OptionTable table = verb == Verb.CHKPNT ? Options.chkpnt() : Options.restore();
        int syntax = VzError.INVALID_SYNTAX.exitStatus();
        OptionReader reader = new OptionReader("vzctl", table, args, from, syntax);
        while (reader.next()) {
            switch (reader.name()) {
                case "suspend", "dump", "undump", "resume", "kill" -> {
                    if (!stage.isEmpty()) {
                        throw new UsageException(syntax, Words.ONE_STAGE);
                    }
                    stage = reader.name();
                }
                case "dumpfile" -> dumpFile = path(reader.value());
                case "flags", "context" -> {
                    number(reader);
                    meaningless = reader.shown();
                }
                // No address is probed here, and overlay and simfs have nothing to check or to mount anew.
                case "skip_arpdetect", "skip-fsck", "skip-remount" -> {}
                default -> throw new IllegalStateException(reader.shown());
            }
        }
        Commands.requireNoOperands(reader);
    }

    private static Path path(String text) throws UsageException {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new UsageException(VzError.INVALID_VALUE.exitStatus(), Words.BAD_PARAMETER + "--dumpfile: " + text);
        }
        return Path.of(text).toAbsolutePath();
    }

    /** A context is hexadecimal; flags are whatever strtoul(3) reads. */
    private static void number(OptionReader reader) throws UsageException {
        String text = reader.value();
        int from = text.startsWith("0x") || text.startsWith("0X") ? 2 : 0;
        boolean good = text.length() > from;
        for (int i = from; i < text.length(); i++) {
            good &= Character.digit(text.charAt(i), 16) >= 0;
        }
        if (!good) {
            throw new UsageException(
                    VzError.INVALID_VALUE.exitStatus(), Words.BAD_PARAMETER + reader.shown() + ": " + text);
        }
    }

    @Override
    public int run(Call call) throws IOException {
        if (!meaningless.isEmpty()) {
            call.output()
                    .event(
                            VeEvent.Kind.WARNING,
                            meaningless + " is for the checkpoints of OpenVZ kernels and has no effect");
        }
        CtId id = call.id();
        if (verb == Verb.CHKPNT) {
            call.operations().checkpoint(id, checkpointStage(), call.output());
        } else {
            call.operations().restore(id, restoreStage(), dumpFile, call.output());
        }
        return 0;
    }

    private CheckpointVe.Stage checkpointStage() {
        return switch (stage) {
            case "suspend" -> CheckpointVe.Stage.SUSPEND;
            case "dump" -> CheckpointVe.Stage.DUMP;
            case "resume" -> CheckpointVe.Stage.RESUME;
            case "kill" -> CheckpointVe.Stage.KILL;
            default -> CheckpointVe.Stage.ALL;
        };
    }

    private RestoreVe.Stage restoreStage() {
        return switch (stage) {
            case "undump" -> RestoreVe.Stage.UNDUMP;
            case "resume" -> RestoreVe.Stage.RESUME;
            case "kill" -> RestoreVe.Stage.KILL;
            default -> RestoreVe.Stage.ALL;
        };
    }
}
