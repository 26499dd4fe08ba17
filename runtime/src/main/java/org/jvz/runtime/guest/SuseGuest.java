package org.jvz.runtime.guest;

import java.util.List;

/** SUSE: hostname(5), and /etc/HOSTNAME where a release has it, today a link to the other. */
final class SuseGuest extends GuestPlugin {
    @Override
    List<FileEdit> hostname(String hostname) {
        return List.of(
                FileEdit.line("/etc/hostname", FileEdit.Absent.CREATE, hostname),
                FileEdit.line("/etc/HOSTNAME", FileEdit.Absent.SKIP, hostname));
    }

    @Override
    List<String> crontabs() {
        return List.of("/etc/crontab");
    }
}
