package org.jvz.runtime.guest;

import java.util.List;

/** Arch Linux: hostname(5); nss-myhostname answers for the own name. */
final class ArchGuest extends GuestPlugin {
    @Override
    List<FileEdit> hostname(String hostname) {
        return List.of(FileEdit.line("/etc/hostname", FileEdit.Absent.CREATE, hostname));
    }

    @Override
    List<NetworkFiles> networkFiles() {
        return List.of(new Networkd(), new NetworkManager());
    }

    @Override
    List<String> crontabs() {
        return List.of("/etc/cron.d/0hourly");
    }
}
