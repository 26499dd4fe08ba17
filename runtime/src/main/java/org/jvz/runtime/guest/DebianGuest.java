package org.jvz.runtime.guest;

import java.util.List;

/** Debian, Ubuntu: hostname(5), and an own entry in /etc/hosts, which sudo and mail servers look up. */
final class DebianGuest extends GuestPlugin {
    @Override
    List<FileEdit> hostname(String hostname) {
        return List.of(
                FileEdit.line("/etc/hostname", FileEdit.Absent.CREATE, hostname), FileEdit.ownHostsEntry(hostname));
    }

    @Override
    List<NetworkFiles> networkFiles() {
        return List.of(new Netplan(), new Ifupdown(true), new Networkd(), new NetworkManager());
    }

    @Override
    List<String> crontabs() {
        return List.of("/etc/crontab");
    }
}
