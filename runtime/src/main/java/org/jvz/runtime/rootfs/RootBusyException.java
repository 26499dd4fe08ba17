package org.jvz.runtime.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A VE root cannot be unmounted because something on the host uses it. The message names who, as far as it shows. */
public final class RootBusyException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int NAMED = 5;

    RootBusyException(Path root, List<String> users, IOException cause) {
        super(message(root, users), cause);
    }

    private static String message(Path root, List<String> users) {
        if (users.isEmpty()) {
            return root + " is in use, by no process that shows (a loop device, swap file or kernel NFS export?)";
        }
        List<String> named = users.subList(0, Math.min(NAMED, users.size()));
        int more = users.size() - named.size();
        return root + " is in use by " + String.join(", ", named) + (more > 0 ? " and " + more + " more" : "");
    }
}
