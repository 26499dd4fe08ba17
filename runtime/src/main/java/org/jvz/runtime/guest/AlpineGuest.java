package org.jvz.runtime.guest;

import java.util.List;

/** Alpine and plain busybox: no name service module answers for the own name, so /etc/hosts has to. */
final class AlpineGuest extends GuestPlugin {
    @Override
    List<FileEdit> hostname(String hostname) {
        return List.of(
                FileEdit.line("/etc/hostname", FileEdit.Absent.CREATE, hostname), FileEdit.ownHostsEntry(hostname));
    }

    @Override
    List<NetworkFiles> networkFiles() {
        return List.of(new Ifupdown(false));
    }

    @Override
    List<String> crontabs() {
        return List.of("/etc/crontabs/root", "/var/spool/cron/crontabs/root");
    }
}
