package org.jvz.runtime.guest;

import java.util.ArrayList;
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
    List<NetworkFiles> networkFiles() {
        return List.of(new Wicked(), new NetworkManager(), new Networkd());
    }

    @Override
    List<FileEdit> dns(GuestNetwork network) {
        List<FileEdit> edits = new ArrayList<>(super.dns(network));
        // netconfig(8) writes resolv.conf anew from these.
        if (network.nameservers() != null) {
            edits.add(setting("NETCONFIG_DNS_STATIC_SERVERS", network.servers()));
        }
        if (network.searchDomains() != null) {
            edits.add(setting("NETCONFIG_DNS_STATIC_SEARCHLIST", network.domains()));
        }
        return edits;
    }

    private static FileEdit setting(String key, List<String> words) {
        return FileEdit.assignment("/etc/sysconfig/network/config", key, '"' + String.join(" ", words) + '"');
    }

    @Override
    List<String> crontabs() {
        return List.of("/etc/crontab");
    }
}
