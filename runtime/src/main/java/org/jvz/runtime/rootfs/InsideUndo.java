package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jvz.runtime.linux.Linux;
import org.jvz.runtime.undo.UndoHandlers;
import org.jvz.runtime.undo.UndoStep;

/**
 * How changes of files inside a VE's mounted root are taken back. A VE that is not mounted any more keeps its files: the start that mounts it
 * again writes them from the configuration anyway.
 *
 * <table>
 *   <caption>Kinds: arguments ROOT UID GID PATH, then</caption>
 *   <tr><td>{@code inside-write TEXT MODE}</td><td>the file's former text, and its permissions in octal if it was removed</td></tr>
 *   <tr><td>{@code inside-link TARGET}</td><td>the link's former target</td></tr>
 *   <tr><td>{@code inside-remove}</td><td>there was nothing of that name</td></tr>
 * </table>
 */
public final class InsideUndo implements UndoHandlers {
    private static final String WRITE = "inside-write";
    private static final String LINK = "inside-link";
    private static final String REMOVE = "inside-remove";

    private final Linux linux;

    public InsideUndo(Linux linux) {
        this.linux = linux;
    }

    static UndoStep of(String root, IdShift owner, FileChange change) {
        String uid = Long.toString(owner.uid());
        String gid = Long.toString(owner.gid());
        String before = change.before();
        if (before == null) {
            return UndoStep.of(REMOVE, root, uid, gid, change.path());
        }
        if (change.wasLink()) {
            return UndoStep.of(LINK, root, uid, gid, change.path(), before);
        }
        return UndoStep.of(WRITE, root, uid, gid, change.path(), before, Integer.toString(change.mode(), 8));
    }

    /** Whether this class undoes steps of that kind. */
    public static boolean knows(String kind) {
        return switch (kind) {
            case WRITE, LINK, REMOVE -> true;
            default -> false;
        };
    }

    @Override
    public void undo(UndoStep step) throws IOException {
        List<String> args = step.args();
        Path top = Path.of(args.get(0));
        if (!RootMount.isMounted(top)) {
            return;
        }
        IdShift owner = new IdShift(Long.parseLong(args.get(1)), Long.parseLong(args.get(2)));
        String path = args.get(3);
        try (InsideRoot root = InsideRoot.open(linux, top, owner)) {
            switch (step.kind()) {
                case WRITE ->
                    root.write(
                            path, args.get(4).getBytes(StandardCharsets.ISO_8859_1), Integer.parseInt(args.get(5), 8));
                case LINK -> root.link(path, args.get(4));
                case REMOVE -> root.remove(path);
                default -> throw new IOException("Unknown kind of undo step: " + step.kind());
            }
        }
    }
}
