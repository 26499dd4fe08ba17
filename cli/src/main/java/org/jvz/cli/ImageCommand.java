package org.jvz.cli;

import org.jvz.runtime.ve.VeException;
import org.jvz.runtime.ve.VzError;

/**
 * The commands about ploop images: snapshots, {@code convert} and {@code compact}. No layout of jvz has an image, so what
 * they answer is what vzctl answers for a VE without one; nothing is touched.
 */
final class ImageCommand implements Command {
    private final Verb verb;

    ImageCommand(Verb verb) {
        this.verb = verb;
    }

    @Override
    public void parse(String[] args, int from) throws UsageException {
        OptionTable table =
                switch (verb) {
                    case CONVERT -> Options.convert();
                    case COMPACT -> Options.none();
                    default -> Options.snapshot();
                };
        OptionReader reader = new OptionReader("vzctl", table, args, from, VzError.INVALID_SYNTAX.exitStatus());
        boolean hasId = false;
        while (reader.next()) {
            hasId |= reader.name().equals("id");
        }
        Commands.requireNoOperands(reader);
        if (!hasId && needsId()) {
            throw new UsageException(VzError.INVALID_SYNTAX.exitStatus(), Words.NO_SNAPSHOT_ID);
        }
    }

    private boolean needsId() {
        return switch (verb) {
            case SNAPSHOT_SWITCH, SNAPSHOT_DELETE, SNAPSHOT_MOUNT, SNAPSHOT_UMOUNT -> true;
            default -> false;
        };
    }

    @Override
    public int run(Call call) {
        if (verb == Verb.COMPACT) {
            call.output().say(0, Words.NO_IMAGE_TO_COMPACT);
            return 0;
        }
        if (verb == Verb.CONVERT) {
            throw new VeException(VzError.CONVERT_IMAGE, Words.NO_CONVERT);
        }
        throw new VeException(error(), Words.NO_SNAPSHOTS);
    }

    private VzError error() {
        return switch (verb) {
            case SNAPSHOT_SWITCH -> VzError.SWITCH_SNAPSHOT;
            case SNAPSHOT_DELETE -> VzError.DELETE_SNAPSHOT;
            case SNAPSHOT_MOUNT -> VzError.MOUNT_SNAPSHOT;
            case SNAPSHOT_UMOUNT -> VzError.UMOUNT_SNAPSHOT;
            case SNAPSHOT_LIST -> VzError.LIST_SNAPSHOTS;
            default -> VzError.CREATE_SNAPSHOT;
        };
    }
}
