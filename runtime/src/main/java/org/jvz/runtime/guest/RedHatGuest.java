package org.jvz.runtime.guest;

import java.util.List;

/** RHEL and its relatives: hostname(5) since 7, HOSTNAME in /etc/sysconfig/network before. */
final class RedHatGuest extends GuestPlugin {
    @Override
    List<FileEdit> hostname(String hostname) {
        return List.of(
                FileEdit.line("/etc/hostname", FileEdit.Absent.CREATE, hostname),
                FileEdit.assignment("/etc/sysconfig/network", "HOSTNAME", hostname));
    }

    @Override
    List<NetworkFiles> networkFiles() {
        return List.of(new Ifcfg(), new NetworkManager(), new Networkd());
    }

    @Override
    List<String> crontabs() {
        return List.of("/etc/crontab", "/etc/cron.d/0hourly");
    }
}
