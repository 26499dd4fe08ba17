package org.jvz.runtime.guest;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jvz.runtime.rootfs.InsideRoot;

/** interfaces(5): Debian's ifupdown, and that of busybox and Alpine, which knows no aliases. */
final class Ifupdown extends NetworkFiles {
    private static final String INTERFACES = "/etc/network/interfaces";

    private final boolean aliases;

    /** @param aliases whether each address is an interface {@code venet0:N} of its own in the file */
    Ifupdown(boolean aliases) {
        this.aliases = aliases;
    }

    @Override
    boolean isUsed(InsideRoot root) throws IOException {
        // busybox has an ifup everywhere, Alpine a directory for it.
        return aliases ? isProgram(root, "/sbin/ifup", "/usr/sbin/ifup") : root.exists("/etc/network");
    }

    @Override
    List<FileEdit> edits(InsideRoot root, GuestNetwork network) throws IOException {
        String head = Guest.text(root, INTERFACES + ".head");
        String tail = Guest.text(root, INTERFACES + ".tail");
        FileEdit.Absent absent = network.hasDevice() ? FileEdit.Absent.CREATE : FileEdit.Absent.SKIP;
        return List.of(new FileEdit(INTERFACES, absent) {
            @Override
            @Nullable
            String edit(String text) {
                return InterfacesFile.change(text, head, tail, network, aliases);
            }
        });
    }
}
